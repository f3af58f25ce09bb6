/** What of the plan is shown; it stands in the address, so that a link shows the same. */
import type { Activity, ActivityKind } from "$shared/api";
import { addDays, isDay, noon, type Day } from "$shared/i18n/dates";
import { folded } from "$shared/i18n/folded";

export const views = ["month", "week", "day", "teams", "list", "coverage", "arithmetic"] as const;
export type View = (typeof views)[number];

export const kinds = [
  "opening_ceremony",
  "dialogue_conference",
  "small_group",
  "booth",
  "mobile_team",
  "other",
] as const satisfies readonly ActivityKind[];
export const statuses = ["planned", "moved", "held", "cancelled"] as const;
export const reasons = ["weather", "people", "place", "other"] as const;

export type Filters = {
  view: View;
  on: Day;
  office: string;
  kind: "" | ActivityKind;
  status: "" | Activity["status"];
  q: string;
  /** The order of the list. */
  by: string;
};

function one<T extends string>(options: readonly T[], text: string | null): T | "" {
  return options.find((o) => o === text) ?? "";
}

/** The day to begin with: today while the campaign runs, else its nearest end. */
export function dayWithin(today: Day, start: Day, end: Day): Day {
  return today < start ? start : today > end ? end : today;
}

export function read(url: URL, first: Day): Filters {
  const query = url.searchParams;
  const on = query.get("on");
  return {
    view: one(views, query.get("view")) || "week",
    on: isDay(on) ? on : first,
    office: query.get("office") ?? "",
    kind: one(kinds, query.get("kind")),
    status: one(statuses, query.get("status")),
    q: query.get("q") ?? "",
    by: query.get("by") ?? "",
  };
}

/** The address with other filters; what is as usual is left out, as is what another view alone knows. */
export function write(url: URL, now: Filters, change: Partial<Filters>): string {
  const next = { ...now, ...change };
  const query = new URLSearchParams(next.view === now.view ? url.search : "");
  for (const [name, value] of Object.entries(next)) {
    if (value && !(name === "view" && value === "week")) query.set(name, value);
    else query.delete(name);
  }
  return `${url.pathname}?${query.toString()}`;
}

/** The Monday on or before a day. */
export function monday(day: Day): Day {
  return addDays(day, -((noon(day).getUTCDay() + 6) % 7));
}

/** The days that a view shows, both ends within. */
export function spanOf(view: View, on: Day): { from: Day; to: Day } {
  if (view === "day") return { from: on, to: on };
  if (view === "week" || view === "teams") {
    const from = monday(on);
    return { from, to: addDays(from, 6) };
  }
  const first = `${on.slice(0, 8)}01`;
  const last = addDays(step("month", first, 1), -1);
  if (view === "list") return { from: first, to: last };
  return { from: monday(first), to: addDays(monday(last), 6) };
}

/** The day one screen later or earlier. */
export function step(view: View, on: Day, by: 1 | -1): Day {
  if (view === "day") return addDays(on, by);
  if (view === "week" || view === "teams") return addDays(on, 7 * by);
  const first = addDays(`${on.slice(0, 8)}15`, by > 0 ? 31 : -31); // mid-month: lands in the next one
  return `${first.slice(0, 8)}01`;
}

/** Whether an activity is among those asked for. */
export function fits(a: Activity, f: Filters): boolean {
  if (f.office && a.office.id !== f.office) return false;
  if (f.kind && a.kind !== f.kind) return false;
  if (f.status && a.status !== f.status) return false;
  if (!f.q) return true;
  const text = folded(
    [a.place, a.room, a.sub_kind, a.commune.name, a.village.name, a.office.name]
      .concat(
        a.vehicles,
        a.topics,
        a.team.map((m) => m.name),
      )
      .join(" "),
  );
  return folded(f.q)
    .split(" ")
    .every((word) => text.includes(word));
}

/** A moment as it stands on a clock in Viet Nam, "2025-11-22T14:30". */
export function wall(moment: string | Date): string {
  const ms = (typeof moment === "string" ? new Date(moment) : moment).getTime();
  return new Date(ms + 7 * 3_600_000).toISOString().slice(0, 16);
}

/** The moment at which a clock in Viet Nam shows this. */
export function moment(day: Day, clock: string): string {
  return `${day}T${clock}:00+07:00`;
}

/** What a calendar means by a date: its parts, whatever the zone of the browser. */
export function shownBy(date: Date): { day: Day; clock: string } {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  return { day: local.slice(0, 10), clock: local.slice(11, 16) };
}
