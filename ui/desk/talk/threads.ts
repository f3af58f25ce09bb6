/** Threads as rows of a list, and where each of them hangs. */
import { isIndicator } from "$shared/api";
import { dayOf } from "$shared/i18n/dates";
import type { Anchor, At, Thread } from "$shared/talk";
import { pathOf } from "../route";

export const states = ["open", "waiting", "all"] as const;
export function inState(thread: Thread, state: string): boolean {
  if (state === "open") return !thread.settled;
  return state === "all" || thread.waits;
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
