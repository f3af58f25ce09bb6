/** Finding an article by what somebody asks: without tone marks, with typing mistakes. */
import { folded } from "$shared/i18n/folded";
import { languages, type Language } from "$shared/i18n/message";
import { bare, type Article } from "$shared/policy/articles";
import MiniSearch from "minisearch";

/** Words that nearly every question has. */
const empty = new Set(["bao", "nhieu", "duoc", "khong", "thi", "la", "co", "a", "what", "how"]);

export class Search {
  readonly #index: MiniSearch;
  readonly #articles: ReadonlyMap<string, Article>;

  /** Titles are found in every language, since people ask in theirs. */
  constructor(articles: readonly Article[], language: Language) {
    this.#articles = new Map(articles.map((a) => [a.id, a]));
    this.#index = new MiniSearch({
      fields: ["title", "also", "text"],
      processTerm: (term) => {
        const word = folded(term);
        return empty.has(word) ? null : word;
      },
      searchOptions: {
        boost: { title: 3, also: 3 },
        prefix: true,
        fuzzy: (term) => (term.length > 3 ? 0.25 : false),
      },
    });
    this.#index.addAll(
      articles.map((a) => ({
        id: a.id,
        title: languages.map((l) => a.title[l]).join(" "),
        also: languages.flatMap((l) => a.also[l]).join(" "),
        text: bare(a.parts.map((p) => p[language]).join(" ")),
      })),
    );
  }

  /** The articles that answer best, the best first; those with all words before others. */
  find(typed: string): Article[] {
    const both = this.#index.search(typed, { combineWith: "AND" });
    const hits = both.length ? both : this.#index.search(typed);
    return hits.flatMap((hit) => this.#articles.get(String(hit.id)) ?? []);
  }
}
