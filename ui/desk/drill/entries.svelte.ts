import type { EntriesPage, EntryRow, Figure } from "$shared/api";
import { get, withQuery, type Query } from "$shared/request";

/** The entries behind a figure, page by page. */
export class EntryPages {
  figure = $state.raw<Figure | null>(null);
  entries = $state.raw<EntryRow[]>([]);
  loading = $state(false);
  error = $state.raw<unknown>(null);
  #next = $state("");
  readonly #path: string;
  readonly #query: Query;

  constructor(campaign: string, query: Query) {
    this.#path = `/api/v1/campaigns/${encodeURIComponent(campaign)}/entries`;
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
      const query = { ...this.#query, cursor: this.#next, limit: 50 };
      const page = await get<EntriesPage>(withQuery(this.#path, query));
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
