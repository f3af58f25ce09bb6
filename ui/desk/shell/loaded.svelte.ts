import { Refusal } from "$shared/refusal";
import { session } from "../signin/session.svelte";

/** Something that a screen asks the server for once, and again when told to. */
export class Loaded<T> {
  value = $state.raw<T | null>(null);
  error = $state.raw<unknown>(null);
  #ask: (() => Promise<T>) | null = null;
  #asked = 0;

  /** Asks; of answers that cross, only the one to the last question counts. */
  async load(ask: () => Promise<T>): Promise<void> {
    this.#ask = ask;
    this.error = null;
    const turn = ++this.#asked;
    try {
      const value = await ask();
      if (turn === this.#asked) this.value = value;
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return session.expired();
      if (turn === this.#asked) this.error = error;
    }
  }

  readonly again = (): void => {
    if (this.#ask) void this.load(this.#ask);
  };
}
