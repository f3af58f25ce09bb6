/**
 * The hamlets of a commune by what this phone has: its list of people and its own
 * records. None of this is a figure of the campaign; those are the server's.
 */
import { dayOf, type Day } from "$shared/i18n/dates";
import type { Entry } from "../store/entry";
import type { Neighbour } from "../visit/neighbour";

export interface House {
  readonly code: string;
  /** The day of the last visit; empty for none. */
  last: Day;
}

export interface Hamlet {
  readonly name: string;
  readonly houses: readonly House[];
  /** Of these, how many were visited since the day asked for. */
  readonly visited: number;
  readonly last: Day;
}

/** The hamlets of a commune by name; whoever is in no household is one alone. */
export function hamletsOf(
  people: readonly Neighbour[],
  entries: readonly Entry[],
  commune: string,
  since: Day,
): Hamlet[] {
  const villages = new Map<string, Map<string, House>>();
  const byPerson = new Map<string, House>();
  const byCode = new Map<string, House[]>();
  for (const p of people) {
    if (p.commune !== commune) continue;
    const houses = villages.get(p.village) ?? new Map<string, House>();
    villages.set(p.village, houses);
    const key = p.household || p.id;
    const house = houses.get(key) ?? { code: p.household, last: "" };
    if (!houses.has(key) && p.household) {
      byCode.set(p.household, [...(byCode.get(p.household) ?? []), house]);
    }
    houses.set(key, house);
    byPerson.set(p.id, house);
    if (p.lastVisit > house.last) house.last = p.lastVisit;
  }
  for (const entry of entries) {
    if (entry.kind !== "visit" && entry.kind !== "consultation") continue;
    const of = byPerson.get(entry.person?.registry ?? "");
    const code = entry.commune === commune ? String(entry.body?.["household"] ?? "") : "";
    const day = dayOf(entry.device_time);
    for (const house of of ? [of] : (byCode.get(code) ?? [])) {
      if (day > house.last) house.last = day;
    }
  }
  return [...villages]
    .map(([name, houses]) => {
      const all = [...houses.values()];
      return {
        name,
        houses: all,
        visited: all.filter((h) => h.last && h.last >= since).length,
        last: all.reduce((last, h) => (h.last > last ? h.last : last), ""),
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name, "vi", { numeric: true }));
}
