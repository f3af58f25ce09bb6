import { Refusal } from "$shared/refusal";
import * as server from "$shared/server";
import { begin, step, type Connection, type Happening } from "./connection";
import { EventReader } from "./sse";

/** What the open stream tells, by name: "changed" for figures, "talk" for talks. */
export const heard = new EventTarget();

/** The stream of one campaign, which is opened again whenever it breaks. */
export class Stream {
  connection = $state.raw<Connection>(begin(Date.now()));
  now = $state(Date.now());

  #campaign: string;
  #reading: AbortController | null = null;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #stopped = true;
  readonly #onSignedOut: () => void;

  constructor(campaign: string, onSignedOut: () => void) {
    this.#campaign = campaign;
    this.#onSignedOut = onSignedOut;
  }

  start(): void {
    this.#stopped = false;
    this.connection = begin(Date.now());
    this.#ticker = setInterval(() => {
      if (document.hidden) return;
      this.now = Date.now();
      this.#happened({ what: "tick", at: this.now, random: Math.random() });
    }, 1000);
    window.addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.#seen);
    void this.#listen();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#ticker);
    this.#reading?.abort();
    window.removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.#seen);
  }

  /** Tries at once instead of waiting for the next turn. */
  readonly hurry = (): void => this.#happened({ what: "hurry", at: Date.now() });

  /**
   * A tab that nobody sees holds no stream: by HTTP/1.1 a browser has six
   * connections to a server, for all its tabs. The stream tells anew of all
   * that changed when it opens.
   */
  readonly #seen = (): void => {
    this.#reading?.abort();
    this.#reading = null;
    if (document.hidden) return;
    this.#happened({ what: "broke", at: Date.now(), random: 0 });
    this.hurry();
  };

  #happened(happening: Happening): void {
    const before = this.connection;
    this.connection = step(before, happening);
    if (this.connection === before) return;
    if (this.connection.phase === "waiting") this.#reading?.abort();
    if (this.connection.phase === "connecting" && !this.#stopped) void this.#listen();
  }

  async #listen(): Promise<void> {
    if (document.hidden) return;
    this.#reading?.abort();
    const control = new AbortController();
    this.#reading = control;
    try {
      const body = await server.stream(this.#campaign, control.signal);
      const reader = body.getReader();
      const decoder = new TextDecoder();
      const events = new EventReader();
      this.#happened({ what: "heard", at: Date.now() });
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        this.#happened({ what: "heard", at: Date.now() });
        const text = decoder.decode(value, { stream: true });
        const told = new Set(events.read(text).map((e) => e.event));
        for (const name of told) heard.dispatchEvent(new Event(name));
      }
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return this.#onSignedOut();
    }
    if (this.#reading !== control || this.#stopped) return;
    this.#happened({ what: "broke", at: Date.now(), random: Math.random() });
  }
}
