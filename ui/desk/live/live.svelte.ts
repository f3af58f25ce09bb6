import { Refusal } from "$shared/refusal";
import * as server from "$shared/server";
import type { Board } from "$shared/api";
import { share } from "./follow";
import { heard, type Stream } from "./stream.svelte";

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

  readonly #campaign: string;
  #span: Span;
  #offset = 0; // the server's clock less ours
  #fetchedAt = 0;
  #fetching = false;
  #again = false;
  #stale = false; // the board on screen is of another period
  #later: ReturnType<typeof setTimeout> | undefined;
  #load: AbortController | null = null;
  #stopped = true;
  readonly #stream: Stream;
  readonly #leave: () => void;
  readonly #onSignedOut: () => void;

  constructor(campaign: string, span: Span, onSignedOut: () => void) {
    this.#campaign = campaign;
    this.#span = span;
    this.#onSignedOut = onSignedOut;
    ({ stream: this.#stream, leave: this.#leave } = share(campaign));
  }

  start(): void {
    this.#stopped = false;
    heard.addEventListener("changed", this.#changed);
    window.addEventListener("online", this.#online);
    this.refresh();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#later);
    heard.removeEventListener("changed", this.#changed);
    window.removeEventListener("online", this.#online);
    this.#leave();
    this.#load?.abort();
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
    this.#stream.hurry();
    this.refresh();
  };

  readonly #online = (): void => this.refresh();

  readonly #changed = (): void => {
    if (!this.#span.at) this.refresh(); // the past stays
  };

  get connection() {
    return this.#stream.connection;
  }

  get now(): number {
    return this.#stream.now;
  }

  /** The server's time now. */
  get serverNow(): number {
    return this.now + this.#offset;
  }

  /** How old the figures on the screen are. */
  get age(): number {
    return this.board ? Math.max(0, this.serverNow - Date.parse(this.board.as_of)) : 0;
  }

  /** How long ago the last entry came: of the past, from the moment that is shown. */
  get sinceLastEntry(): number | null {
    if (!this.board?.last_entry_at) return null;
    const now = this.#span.at ? Date.parse(this.board.as_of) : this.serverNow;
    return Math.max(0, now - Date.parse(this.board.last_entry_at));
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
        this.#stream.now = Date.now();
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
