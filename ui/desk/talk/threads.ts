/** Threads as rows of a list, and where each of them hangs. */
import { isIndicator } from "$shared/api";
import { dayOf } from "$shared/i18n/dates";
import { folded } from "$shared/i18n/folded";
import type { Anchor, At, Thread } from "$shared/talk";
import { pathOf } from "../route";

export const states = ["open", "waiting", "all"] as const;
export type State = (typeof states)[number];

export type Filters = { state: State; of: string; q: string; thread: string };

export function filtersOf(url: URL): Filters {
  const query = url.searchParams;
  return {
    state: states.find((s) => s === query.get("state")) ?? "open",
    of: query.get("of") ?? "",
    q: query.get("q") ?? "",
    thread: query.get("thread") ?? "",
  };
}

export function withFilters(url: URL, change: Partial<Filters>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filtersOf(url), ...change })) {
    if (value && !(name === "state" && value === "open")) query.set(name, value);
  }
  const text = query.toString();
  return text ? `${url.pathname}?${text}` : url.pathname;
}

export function inState(thread: Thread, state: State): boolean {
  if (state === "open") return !thread.settled;
  return state === "all" || thread.waits;
}

/** Whether a thread is of the office and the words that are asked for. */
export function fits(thread: Thread, text: string, f: Filters): boolean {
  if (f.of && thread.office.id !== f.of) return false;
  return (
    !f.q ||
    folded(f.q)
      .split(" ")
      .every((word) => text.includes(word))
  );
}

/** Where to ask at the same place again. */
export function atOf(anchor: Anchor): At {
  if (anchor.kind === "activity") return { activity: anchor.activity };
  const { figure, office, commune, elsewhere, day } = anchor;
  return {
    ...(figure && { figure }),
    ...(office.id && { office: office.id }),
    ...(commune.code && { commune: commune.code }),
    ...(elsewhere && { elsewhere }),
    ...(day && { day }),
  };
}

/** Where what it is about stands: a figure opens, an activity and a day are chosen. */
export function hrefOf(campaign: string, anchor: Anchor, owner: string): string {
  const { kind, figure, office, commune, elsewhere, day, activity, start } = anchor;
  const to = (screen: "board" | "activities" | "closing", query: Record<string, string>) => {
    const told = Object.entries(query).filter(([, value]) => value);
    return `${pathOf(screen, campaign)}?${new URLSearchParams(told).toString()}`;
  };
  if (kind === "activity") {
    return to("activities", { view: "day", on: start ? dayOf(start) : "", activity });
  }
  if (kind === "day") return to("closing", { of: office.id || owner, on: day, rows: "days" });
  return to("board", {
    figure: isIndicator(figure) ? figure : "",
    office: office.id,
    commune: commune.code,
    elsewhere: elsewhere ? "yes" : "",
    day,
  });
}

/** The part of a thread's list that a key leads to. */
export function step(length: number, at: number, move: "down" | "up"): number {
  return Math.max(0, Math.min(length - 1, at + (move === "down" ? 1 : -1)));
}
