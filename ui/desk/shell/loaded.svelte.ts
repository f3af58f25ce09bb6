import { Refusal } from "$shared/refusal";
import { session } from "../signin/session.svelte";

/** Something that a screen asks the server for once, and again when told to. */
export class Loaded<T> {
  value = $state.raw<T | null>(null);
  error = $state.raw<unknown>(null);
  #ask: (() => Promise<T>) | null = null;
  #asked = 0;
  #loading: Promise<void> | undefined;

  /** Asks; of answers that cross, only the one to the last question counts. */
  load(ask: () => Promise<T>): Promise<void> {
    this.#ask = ask;
    this.error = null;
    return (this.#loading = this.#load(ask));
  }

  async #load(ask: () => Promise<T>): Promise<void> {
    const turn = ++this.#asked;
    try {
      const value = await ask();
      if (turn === this.#asked) this.value = value;
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return session.expired();
      if (turn === this.#asked) this.error = error;
    }
  }

  /** What an act answered, as if it had been asked for. */
  put(value: T): void {
    this.#asked++;
    this.value = value;
    this.error = null;
  }

  /** Asks again without a word: what is shown stays until the answer is here, or if none comes. */
  readonly refresh = async (): Promise<void> => {
    await this.#loading;
    const turn = this.#asked;
    try {
      const value = await this.#ask?.();
      if (value === undefined || turn !== this.#asked) return;
      // What is as it was is not drawn anew.
      if (JSON.stringify(value) !== JSON.stringify(this.value)) this.value = value;
      this.error = null;
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) session.expired();
    }
  };

  readonly again = (): void => {
    if (this.#ask) void this.load(this.#ask);
  };
}
