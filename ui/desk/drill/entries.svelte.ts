import type { EntryRow, Figure } from "$shared/api";
import * as server from "$shared/server";

/** The entries behind a figure, page by page. */
export class EntryPages {
  figure = $state.raw<Figure | null>(null);
  entries = $state.raw<EntryRow[]>([]);
  loading = $state(false);
  error = $state.raw<unknown>(null);
  #next = $state("");
  readonly #campaign: string;
  readonly #query: server.EntriesQuery;

  constructor(campaign: string, query: server.EntriesQuery) {
    this.#campaign = campaign;
    this.#query = query;
  }

  get more(): boolean {
    return this.#next !== "";
  }

  async load(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    this.error = null;
    try {
      const page = await server.entries(this.#campaign, this.#query, this.#next);
      this.figure = page.figure;
      this.entries = [...this.entries, ...page.entries];
      this.#next = page.next;
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
    }
  }
}
