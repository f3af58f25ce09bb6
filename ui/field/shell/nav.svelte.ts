/** Where the worker is: the screen, and whom or what it is about, in the address. */
import type { Paper } from "../scan/paper";

export const tabs = ["today", "visit", "quote", "ask", "outbox"] as const;
export type Tab = (typeof tabs)[number];

export type Screen =
  | { readonly at: Exclude<Tab, "quote" | "ask"> }
  /** What somebody would pay; of a person, filled with what is known of them. */
  | {
      readonly at: "quote";
      readonly person?: string;
      readonly kind?: QuoteKind | undefined;
    }
  /** All articles, or one; for a person where one is named. */
  | { readonly at: "ask"; readonly article?: string; readonly person?: string }
  | { readonly at: "doors" }
  /** How this phone stands, for the help desk. */
  | { readonly at: "help" }
  | { readonly at: "map" }
  | { readonly at: "mend"; readonly refused: string }
  | { readonly at: "person"; readonly person: string }
  | {
      readonly at: "record";
      readonly person: string;
      readonly what: What;
      /** The refused record that is mended. */
      readonly mends?: string;
      /** The open question that is answered at last. */
      readonly answers?: string;
      /** The article that answers: a form about another is another one. */
      readonly article?: string;
    };

export const quoteKinds = ["voluntary", "household"] as const;
export type QuoteKind = (typeof quoteKinds)[number];

/** What is recorded of a person. */
export const whats = [
  "consultation",
  "enrolment",
  "noncash_switch",
  "card_donation",
  "question",
] as const;
export type What = (typeof whats)[number];

/** A person who is in no list. */
export const newcomer = "new";

const plain = ["today", "visit", "outbox"] as const;

/** The screen of an address, as {@link Nav.href} writes it. */
export function screenOf(hash: string): Screen {
  let parts: string[];
  try {
    parts = hash.slice(2).split("/").map(decodeURIComponent);
  } catch {
    return { at: "today" }; // a broken address, by hand or from a message
  }
  const [at = "", person = "", what = "", mends = "", answers = "", article = ""] = parts;
  if (at === "ask") return { at, person, article: what };
  if (at === "quote") return { at, person, kind: quoteKinds.find((kind) => kind === what) };
  if (at === "doors" || at === "help" || at === "map") return { at };
  if (at === "mend" && person) return { at, refused: person };
  if (at === "person" && person) return { at, person };
  if (at === "record" && person && (whats as readonly string[]).includes(what)) {
    return { at, person, what: what as What, mends, answers, article };
  }
  return { at: plain.find((tab) => tab === at) ?? "today" };
}

function details(screen: Screen): string[] {
  switch (screen.at) {
    case "mend":
      return [screen.refused];
    case "person":
      return [screen.person];
    case "record":
      return [
        screen.person,
        screen.what,
        screen.mends ?? "",
        screen.answers ?? "",
        screen.article ?? "",
      ];
    case "ask":
      return [screen.person ?? "", screen.article ?? ""];
    case "quote":
      return [screen.person ?? "", screen.kind ?? ""];
    default:
      return [];
  }
}

class Nav {
  screen = $state.raw<Screen>(screenOf(location.hash));
  /** What the next form begins with, where it is about a question. */
  begin: Readonly<Record<string, string>> | null = null;
  /** The card that was scanned to find somebody, for the forms about that person. */
  card: { readonly person: string; readonly paper: Paper } | null = null;

  constructor() {
    addEventListener("hashchange", () => (this.screen = screenOf(location.hash)));
  }

  /** Opens a screen by its address, in the place of the one that lies open. */
  open(hash: string): void {
    history.replaceState(null, "", hash);
    this.screen = screenOf(hash);
  }

  /** Where the next worker begins, who has nothing to do with what lay open. */
  reset(): void {
    this.begin = null;
    this.card = null;
    this.screen = { at: "today" };
    history.replaceState(null, "", location.pathname + location.search);
  }

  href(screen: Screen): string {
    const parts = [screen.at, ...details(screen)];
    while (parts.at(-1) === "") parts.pop();
    return `#/${parts.map(encodeURIComponent).join("/")}`;
  }

  go(screen: Screen): void {
    location.hash = this.href(screen);
  }

  /** Tells later whether the worker is still where they are now. */
  here(): () => boolean {
    const { screen } = this;
    const { hash } = location;
    return () => this.screen === screen && location.hash === hash;
  }

  back(): void {
    history.back();
  }

  get tab(): Tab {
    const { at } = this.screen;
    if (at === "help" || at === "mend") return "outbox";
    return at === "person" || at === "record" || at === "doors" || at === "map" ? "visit" : at;
  }
}

export const nav = new Nav();
