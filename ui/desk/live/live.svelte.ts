import { Refusal } from "$shared/refusal";
import * as server from "$shared/server";
import type { Board } from "$shared/api";
import { begin, step, type Connection, type Happening } from "./connection";
import { EventReader } from "./sse";

/** The server is asked at most this often, however fast the entries come. */
const leastInterval = 500;

export type Span = server.Span;

/**
 * The live board of one campaign: the last figures that arrived, how old they
 * are, and whether more will come. Figures stay on the screen when the stream
 * breaks; only their age grows.
 */
export class Live {
  board = $state.raw<Board | null>(null);
  /** Why there is no board to show, or why the last try failed. */
  error = $state.raw<unknown>(null);
  connection = $state.raw<Connection>(begin(Date.now()));
  now = $state(Date.now());

  #campaign: string;
  #span: Span;
  #offset = 0; // the server's clock less ours
  #fetchedAt = 0;
  #fetching = false;
  #again = false;
  #stale = false; // the board on screen is of another period
  #later: ReturnType<typeof setTimeout> | undefined;
  #stream: AbortController | null = null;
  #load: AbortController | null = null;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #stopped = true;
  readonly #onSignedOut: () => void;

  constructor(campaign: string, span: Span, onSignedOut: () => void) {
    this.#campaign = campaign;
    this.#span = span;
    this.#onSignedOut = onSignedOut;
  }

  start(): void {
    this.#stopped = false;
    this.connection = begin(Date.now());
    this.#ticker = setInterval(() => this.#tick(), 1000);
    window.addEventListener("online", this.hurry);
    this.refresh();
    void this.#listen();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#ticker);
    clearTimeout(this.#later);
    this.#stream?.abort();
    this.#load?.abort();
    window.removeEventListener("online", this.hurry);
  }

  /** Shows another period of the same campaign; the old figures stay until the new ones are here. */
  show(span: Span): void {
    const { from, to, at } = this.#span;
    if (span.from === from && span.to === to && span.at === at) return;
    this.#span = span;
    this.#stale = true;
    this.#load?.abort();
    this.#fetching = false;
    this.#fetchedAt = 0;
    this.refresh();
  }

  /** Tries at once instead of waiting for the next turn. */
  readonly hurry = (): void => {
    this.#happened({ what: "hurry", at: Date.now() });
    this.refresh();
  };

  /** The server's time now. */
  get serverNow(): number {
    return this.now + this.#offset;
  }

  /** How old the figures on the screen are. */
  get age(): number {
    return this.board ? Math.max(0, this.serverNow - Date.parse(this.board.as_of)) : 0;
  }

  get sinceLastEntry(): number | null {
    const last = this.board?.last_entry_at;
    return last ? Math.max(0, this.serverNow - Date.parse(last)) : null;
  }

  #tick(): void {
    this.now = Date.now();
    this.#happened({ what: "tick", at: this.now, random: Math.random() });
  }

  #happened(happening: Happening): void {
    const before = this.connection;
    this.connection = step(before, happening);
    if (this.connection === before) return;
    if (this.connection.phase === "waiting") this.#stream?.abort();
    if (this.connection.phase === "connecting" && !this.#stopped) void this.#listen();
  }

  async #listen(): Promise<void> {
    this.#stream?.abort();
    const control = new AbortController();
    this.#stream = control;
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
        const changed = events.read(text).some((e) => e.event === "changed");
        if (changed && !this.#span.at) this.refresh(); // the past stays
      }
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return this.#onSignedOut();
    }
    if (this.#stream !== control || this.#stopped) return;
    this.#happened({ what: "broke", at: Date.now(), random: Math.random() });
  }

  /** Fetches the board now, or as soon as the interval allows; calls in between are one. */
  refresh(): void {
    if (this.#stopped) return;
    if (this.#fetching) {
      this.#again = true;
      return;
    }
    const wait = this.#fetchedAt + leastInterval - Date.now();
    clearTimeout(this.#later);
    if (wait > 0) {
      this.#later = setTimeout(() => this.refresh(), wait);
      return;
    }
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    const control = new AbortController();
    this.#load = control;
    this.#fetching = true;
    this.#again = false;
    this.#fetchedAt = Date.now();
    try {
      const board = await server.board(this.#campaign, this.#span, control.signal);
      if (control.signal.aborted) return;
      // An answer that overtook a newer one is thrown away.
      if (this.#stale || !this.board || board.position >= this.board.position) {
        this.board = board;
        this.#stale = false;
        if (!this.#span.at) this.#offset = Date.parse(board.as_of) - Date.now();
        this.now = Date.now();
      }
      this.error = null;
    } catch (error) {
      if (control.signal.aborted) return;
      if (error instanceof Refusal && error.status === 401) return this.#onSignedOut();
      this.error = error;
    } finally {
      if (this.#load === control) this.#fetching = false;
    }
    if (this.#again) this.refresh();
  }
}
