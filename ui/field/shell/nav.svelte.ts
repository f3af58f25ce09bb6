/** Where the worker is: the screen, and whom or what it is about, in the address. */
export const tabs = ["today", "visit", "quote", "outbox"] as const;
export type Tab = (typeof tabs)[number];

export type Screen =
  | { readonly at: Tab }
  | { readonly at: "doors" }
  | { readonly at: "person"; readonly person: string }
  | {
      readonly at: "record";
      readonly person: string;
      readonly what: What;
      readonly mends?: string;
    };

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

function parse(hash: string): Screen {
  let parts: string[];
  try {
    parts = hash.slice(2).split("/").map(decodeURIComponent);
  } catch {
    return { at: "today" }; // a broken address, by hand or from a message
  }
  const [at = "", person = "", what = "", mends = ""] = parts;
  if (at === "doors") return { at };
  if (at === "person" && person) return { at, person };
  if (at === "record" && person && (whats as readonly string[]).includes(what)) {
    return { at, person, what: what as What, ...(mends && { mends }) };
  }
  return { at: (tabs as readonly string[]).includes(at) ? (at as Tab) : "today" };
}

class Nav {
  screen = $state.raw<Screen>(parse(location.hash));

  constructor() {
    addEventListener("hashchange", () => (this.screen = parse(location.hash)));
  }

  /** Opens a screen by its address, in the place of the one that lies open. */
  open(hash: string): void {
    history.replaceState(null, "", hash);
    this.screen = parse(hash);
  }

  /** Where the next worker begins, who has nothing to do with what lay open. */
  reset(): void {
    this.screen = { at: "today" };
    history.replaceState(null, "", location.pathname + location.search);
  }

  href(screen: Screen): string {
    const parts = [
      screen.at,
      ...("person" in screen ? [screen.person] : []),
      ...(screen.at === "record" ? [screen.what, ...(screen.mends ? [screen.mends] : [])] : []),
    ];
    return `#/${parts.map(encodeURIComponent).join("/")}`;
  }

  go(screen: Screen): void {
    location.hash = this.href(screen);
  }

  back(): void {
    history.back();
  }

  get tab(): Tab {
    const { at } = this.screen;
    return at === "person" || at === "record" || at === "doors" ? "visit" : at;
  }
}

export const nav = new Nav();
