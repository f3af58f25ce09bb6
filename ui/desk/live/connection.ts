/**
 * The state of the live connection as a pure step: (state, what happened) to
 * state. Whoever runs it opens the stream when the phase becomes "connecting"
 * and tells the time by ticking.
 *
 * A stream that is silent for longer than its heartbeat allows is taken for
 * broken: a laptop that slept, or a middlebox that forgot the connection, keeps
 * it open for ever without a word.
 */
export type Connection =
  | { phase: "connecting"; attempt: number; since: number }
  | { phase: "live"; heard: number }
  | { phase: "waiting"; attempt: number; retryAt: number };

export type Happening =
  | { what: "heard"; at: number } // the stream opened, or any byte came
  | { what: "broke"; at: number; random: number }
  | { what: "tick"; at: number; random: number }
  | { what: "hurry"; at: number }; // the person asks, or the network is back

/** The server sends a heartbeat every 10 s. */
export const silenceAllowed = 25_000;
export const answerAllowed = 15_000;

const delays = [500, 1000, 2000, 4000, 8000, 15_000, 30_000];

/** How long to wait before attempt n (from 0), spread so that desks do not return all at once. */
export function delayBefore(attempt: number, random: number): number {
  const base = delays[Math.min(attempt, delays.length - 1)] ?? 30_000;
  return Math.round(base * (0.75 + 0.5 * random));
}

export function begin(at: number): Connection {
  return { phase: "connecting", attempt: 0, since: at };
}

function wait(attempt: number, at: number, random: number): Connection {
  return { phase: "waiting", attempt, retryAt: at + delayBefore(attempt, random) };
}

export function step(state: Connection, happening: Happening): Connection {
  switch (happening.what) {
    case "heard":
      return { phase: "live", heard: happening.at };
    case "broke":
      if (state.phase === "waiting") return state;
      return wait(state.phase === "live" ? 0 : state.attempt, happening.at, happening.random);
    case "hurry":
      if (state.phase === "live") return state;
      return { phase: "connecting", attempt: 0, since: happening.at };
    case "tick":
      if (state.phase === "waiting" && happening.at >= state.retryAt) {
        return { phase: "connecting", attempt: state.attempt + 1, since: happening.at };
      }
      if (state.phase === "live" && happening.at - state.heard > silenceAllowed) {
        return wait(0, happening.at, happening.random);
      }
      if (state.phase === "connecting" && happening.at - state.since > answerAllowed) {
        return wait(state.attempt, happening.at, happening.random);
      }
      return state;
  }
}
