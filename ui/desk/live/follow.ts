import { session } from "../signin/session.svelte";
import { heard, Stream } from "./stream.svelte";

const open = new Map<string, { stream: Stream; users: number }>();

/** The stream of a campaign, one for all who want it, until each has left. */
export function share(campaign: string): { stream: Stream; leave: () => void } {
  let shared = open.get(campaign);
  if (!shared) {
    shared = { stream: new Stream(campaign, session.expired), users: 0 };
    open.set(campaign, shared);
    shared.stream.start();
  }
  const { stream } = shared;
  shared.users++;
  return {
    stream,
    leave() {
      shared.users--;
      // The screen that comes next most often wants it, too.
      setTimeout(() => {
        if (shared.users > 0 || open.get(campaign) !== shared) return;
        open.delete(campaign);
        stream.stop();
      }, 1000);
    },
  };
}

/** A screen is read anew at most this often, however fast the entries come. */
export const rest = 5000;

/**
 * Reads a screen anew when something changed, until it is told to stop: soon,
 * but with a rest between, not while nobody looks, and not under a hand that
 * drags.
 */
export function follow(campaign: string, refresh: () => Promise<unknown>): () => void {
  const { leave } = share(campaign);
  const past = new AbortController();
  let due = false;
  let busy = false;
  let pressed = false;
  let next = Date.now() + rest; // the screen was read as it opened
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function turn() {
    clearTimeout(timer);
    if (!due || busy || pressed || document.hidden || past.signal.aborted) return;
    const wait = next - Date.now();
    if (wait > 0) {
      timer = setTimeout(() => void turn(), wait);
      return;
    }
    due = false;
    busy = true;
    await refresh();
    busy = false;
    next = Date.now() + rest;
    void turn();
  }

  const on = (target: EventTarget, names: string[], what: () => void) => {
    for (const name of names) {
      target.addEventListener(
        name,
        () => {
          what();
          void turn();
        },
        { signal: past.signal, capture: true },
      );
    }
  };
  on(heard, ["changed"], () => (due = true));
  on(document, ["visibilitychange"], () => {});
  on(window, ["pointerdown"], () => (pressed = true));
  on(window, ["pointerup", "pointercancel"], () => (pressed = false));
  return () => {
    past.abort();
    clearTimeout(timer);
    leave();
  };
}
