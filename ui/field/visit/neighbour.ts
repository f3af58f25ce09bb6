/** The people of the worker's communes, as the server's snapshot tells them. */
import { folded } from "$shared/i18n/folded";
import { daysBetween, type Day } from "$shared/i18n/dates";
import { readGround, type Ground, type TravelledGround } from "../map/ground";

export interface Neighbour {
  readonly id: string;
  readonly commune: string;
  readonly village: string;
  readonly household: string;
  readonly name: string;
  readonly sex: string;
  readonly birth: string; // YYYY-MM-DD, YYYY or empty
  readonly hiUntil: Day;
  readonly siUntil: Day;
  readonly siMonths: number;
  readonly student: boolean;
  readonly noSchool: boolean;
  readonly cash: boolean;
  readonly lastVisit: Day;
  readonly outcome: string;
  readonly followUp: Day;
  readonly assigned: string;
  /** What a scanned citizen number is known by; see scan/seek.ts. */
  readonly citizen: string;
  /** And the SI number of a health-insurance card. */
  readonly insured: string;
  /** The name and the household as people look for them. */
  readonly sought: string;
}

export interface Villagers {
  readonly commune: string;
  readonly salt: string;
  readonly villages: readonly string[];
  readonly people: readonly Neighbour[];
  /** Null where no map was imported. */
  readonly ground: Ground | null;
}

type Row = [
  string,
  number,
  string,
  string,
  string,
  string,
  string,
  string,
  number,
  number,
  string,
  string,
  string,
  string,
  string,
  string?, // not in lists from before
];

/** Reads a snapshot; of one that is not whole, the villages that are here. */
export function readVillagers(text: string): Villagers | null {
  const lines = text.split("\n");
  const head = lines[0];
  if (!head) return null;
  const { commune, salt, villages, ground } = JSON.parse(head) as {
    commune: string;
    salt: string;
    villages: [string, number][];
    ground?: TravelledGround;
  };
  const names = villages.map(([name]) => name);
  const people: Neighbour[] = [];
  for (const line of lines.slice(1)) {
    if (!line) continue;
    const [
      id,
      village,
      household,
      name,
      sex,
      birth,
      hiUntil,
      siUntil,
      siMonths,
      flags,
      lastVisit,
      outcome,
      followUp,
      assigned,
      citizen,
      insured = "",
    ] = JSON.parse(line) as Row;
    people.push({
      id,
      commune,
      village: names[village] ?? "",
      household,
      name,
      sex,
      birth,
      hiUntil,
      siUntil,
      siMonths,
      student: (flags & 1) > 0,
      noSchool: (flags & 2) > 0,
      cash: (flags & 4) > 0,
      lastVisit,
      outcome,
      followUp,
      assigned,
      citizen,
      insured,
      sought: folded(`${name} ${household}`),
    });
  }
  return { commune, salt, villages: names, people, ground: ground ? readGround(ground) : null };
}

/** The people of a village whose name or household holds all words typed. */
export function find(people: readonly Neighbour[], typed: string, village: string): Neighbour[] {
  const words = folded(typed).split(/\s+/).filter(Boolean);
  return people.filter(
    (person) =>
      (!village || person.village === village) &&
      words.every((word) => person.sought.includes(word)),
  );
}

/** How health insurance stands on a day. */
export type Cover = "none" | "lapsed" | "ends_30" | "current";

export function coverOf(person: Neighbour, today: Day): Cover {
  if (!person.hiUntil) return "none";
  const left = daysBetween(today, person.hiUntil);
  return left < 0 ? "lapsed" : left <= 30 ? "ends_30" : "current";
}

/** Whether somebody is worth a visit now, and why; the first that holds. */
export type Reason = "follow_up" | "lapsed" | "none" | "ends_30" | "pension_cash" | "si_missing";

export function reasonFor(person: Neighbour, today: Day): Reason | null {
  if (person.followUp && person.followUp <= today) return "follow_up";
  const cover = coverOf(person, today);
  if (cover !== "current") return cover;
  if (person.cash) return "pension_cash";
  return null;
}

/** The age on a day, in years; null where the birth is not known. */
export function ageOf(person: { birth: string }, today: Day): number | null {
  if (!person.birth) return null;
  const years = Number(today.slice(0, 4)) - Number(person.birth.slice(0, 4));
  return person.birth.length === 10 && today.slice(5) < person.birth.slice(5) ? years - 1 : years;
}
