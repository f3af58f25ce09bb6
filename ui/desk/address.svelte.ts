import { parse, withDrill, withPeriod, type DrillQuery, type Route } from "./route";
import type { Period } from "./board/period";

/** How many steps back the screen lies on which the open sheet was opened. */
type Trail = { depth: number };

/** The address of the page. Links within the desk change it without loading anew. */
class Address {
  url = $state.raw(new URL(location.href));
  readonly route: Route | null = $derived(parse(this.url));

  constructor() {
    addEventListener("popstate", () => {
      this.url = new URL(location.href);
    });
    addEventListener("click", this.#follow);
  }

  go(href: string, how: "push" | "replace" = "push"): void {
    const before = this.url.pathname;
    const opens = parse(new URL(href, location.href))?.drill != null;
    const trail: Trail = { depth: opens ? this.#depth + 1 : 0 };
    if (how === "push") history.pushState(trail, "", href);
    else history.replaceState({ depth: opens ? this.#depth : 0 }, "", href);
    this.url = new URL(location.href);
    if (this.url.pathname !== before) scrollTo(0, 0);
  }

  /** A link that opens the entries of a figure, or one entry, over this screen. */
  drill(query: DrillQuery): string {
    return withDrill(this.url, query);
  }

  period(period: Period): string {
    return withPeriod(this.url, period);
  }

  /** Closes what lies open, by going back to where it was opened if that was here. */
  close(): void {
    if (this.#depth > 0) history.go(-this.#depth);
    else this.go(this.drill({}), "replace");
  }

  get #depth(): number {
    return (history.state as Trail | null)?.depth ?? 0;
  }

  readonly #follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.hasAttribute("target") || link.hasAttribute("download")) return;
    const href = link.getAttribute("href");
    if (!href || !href.startsWith("/") || href.startsWith("/api/")) return;
    event.preventDefault();
    this.go(href);
  };
}

export const address = new Address();
