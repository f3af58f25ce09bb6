/** Addresses of the desk: which screen, which campaign, and what lies open on it. */
import { isIndicator, type Indicator } from "$shared/api";
import { isDay } from "$shared/i18n/dates";
import { isPeriod, type Period } from "./board/period";

/** Screens about people and the office, which belong to no campaign. */
export const officeScreens = [
  "people",
  "worklists",
  "imports",
  "duplicates",
  "requests",
  "users",
  "phones",
  "readiness",
  "approvals",
  "audit",
  "units",
  "indicators",
] as const;
export type OfficeScreen = (typeof officeScreens)[number];

/** Screens about the figures of a campaign, which stand beside each other. */
export const figureScreens = ["board", "targets", "league", "closing"] as const;

export type Screen =
  | (typeof figureScreens)[number]
  | "paper"
  | "talk"
  | "reviews"
  | "activities"
  | "report"
  | "signin"
  | "account"
  | OfficeScreen;

/** What a side sheet shows: the entries behind a figure, or one entry. */
export type Drill = {
  indicator: Indicator | null;
  office: string;
  commune: string;
  /** "yes" for people from elsewhere alone. */
  elsewhere: string;
  day: string;
  /** Of the day, for people by hour. */
  hour: string;
  entry: string;
  /** What is looked for among the entries, and their order. */
  find: string;
  order: string;
};

export type Route = {
  screen: Screen;
  campaign: string; // "" for the default one
  period: Period;
  drill: Drill | null;
};

/** The route of an address, or nothing when no screen lives there. */
export function parse(url: URL): Route | null {
  const parts = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const screen = screenOf(parts);
  if (!screen) return null;
  const query = url.searchParams;
  const period = query.get("period");
  return {
    ...screen,
    period: isPeriod(period) ? period : "all",
    drill: drillOf(query),
  };
}

function screenOf(parts: string[]): Pick<Route, "screen" | "campaign"> | null {
  const [first, campaign, screen, ...rest] = parts;
  if (first === undefined) return { screen: "board", campaign: "" };
  if (first === "signin" && parts.length === 1) return { screen: "signin", campaign: "" };
  if (first === "account" && parts.length === 1) return { screen: "account", campaign: "" };
  // Behind the name stands at most an id, which the screen itself reads.
  if (isOfficeScreen(first) && parts.length <= 2) return { screen: first, campaign: "" };
  if (first !== "c" || campaign === undefined || rest.length) return null;
  switch (screen) {
    case undefined:
      return { screen: "board", campaign };
    case "targets":
    case "paper":
    case "talk":
    case "league":
    case "reviews":
    case "activities":
    case "closing":
    case "report":
      return { screen, campaign };
  }
  return null;
}

export function isOfficeScreen(text: string): text is OfficeScreen {
  return (officeScreens as readonly string[]).includes(text);
}

function drillOf(query: URLSearchParams): Drill | null {
  const figure = query.get("figure") ?? "";
  const entry = query.get("entry") ?? "";
  if (!entry && !isIndicator(figure)) return null;
  return {
    indicator: isIndicator(figure) ? figure : null,
    office: query.get("office") ?? "",
    commune: query.get("commune") ?? "",
    elsewhere: query.get("elsewhere") ?? "",
    day: isDay(query.get("day")) ? (query.get("day") ?? "") : "",
    hour: /^\d\d?$/.test(query.get("hour") ?? "") ? (query.get("hour") ?? "") : "",
    entry,
    find: query.get("find") ?? "",
    order: query.get("order") ?? "",
  };
}

export function pathOf(screen: Screen, campaign: string): string {
  if (screen === "signin" || screen === "account") return `/${screen}`;
  if (isOfficeScreen(screen)) return `/${screen}`;
  if (!campaign) return "/";
  const base = `/c/${encodeURIComponent(campaign)}`;
  return screen === "board" ? base : `${base}/${screen}`;
}

/** The plan with the activities that are counted so beside the events of the board. */
export function planOf(
  state: "under_way" | "planned" | "moved" | "cancelled",
  campaign: string,
): string {
  const filter = state === "under_way" ? "view=day" : `view=list&status=${state}`;
  return `${pathOf("activities", campaign)}?${filter}`;
}

const drillNames = [
  "figure",
  "office",
  "commune",
  "elsewhere",
  "day",
  "hour",
  "entry",
  "find",
  "order",
] as const;
export type DrillQuery = Partial<Record<(typeof drillNames)[number], string>>;

/** The same address with another thing open on it; with nothing given, closed. */
export function withDrill(url: URL, drill: DrillQuery): string {
  const query = new URLSearchParams(url.search);
  for (const name of drillNames) query.delete(name);
  for (const name of drillNames) {
    const value = drill[name];
    if (value) query.set(name, value);
  }
  return withSearch(url, query);
}

export function withPeriod(url: URL, period: Period): string {
  return withQuery(url, { period: period === "all" ? "" : period });
}

function withSearch(url: URL, query: URLSearchParams): string {
  const text = query.toString();
  return text ? `${url.pathname}?${text}` : url.pathname;
}

/**
 * The same screen with something of its address changed, such as the moment of
 * the past "2026-11-22T14:30" as `at`; what is empty is taken away.
 */
export function withQuery(url: URL, change: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(url.search);
  for (const [name, value] of Object.entries(change)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  return withSearch(url, query);
}
