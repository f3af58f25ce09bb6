import { Refusal } from "$shared/refusal";
import { session } from "../signin/session.svelte";

/** A list that comes page by page. A new question takes the place of the old one. */
export class Paged<T> {
  rows = $state.raw<T[] | null>(null);
  error = $state.raw<unknown>(null);
  next = $state("");
  busy = $state(false);
  #turn = 0;
  #ask: ((cursor: string) => Promise<{ rows: T[]; next: string }>) | null = null;

  /** Begins anew. What was there stays in sight until the answer comes, so that nothing jumps. */
  async begin(ask: (cursor: string) => Promise<{ rows: T[]; next: string }>): Promise<void> {
    this.#ask = ask;
    await this.#take("");
  }

  readonly again = (): void => void this.#take("");

  readonly more = (): Promise<void> => (this.next ? this.#take(this.next) : Promise.resolve());

  async #take(cursor: string): Promise<void> {
    if (!this.#ask) return;
    const turn = ++this.#turn;
    this.busy = true;
    this.error = null;
    try {
      const page = await this.#ask(cursor);
      if (turn !== this.#turn) return;
      this.rows = cursor ? [...(this.rows ?? []), ...page.rows] : page.rows;
      this.next = page.next;
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return session.expired();
      if (turn === this.#turn) this.error = error;
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }
}
