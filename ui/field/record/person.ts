/** What a form knows of somebody, and what an entry says of them. */
import { isDay } from "$shared/i18n/dates";
import { birthOf } from "$shared/typed";
import type { Person } from "../store/entry";
import type { Neighbour } from "../visit/neighbour";
import type { Key } from "../words";
import { elsewhere } from "./place";

export interface Told {
  registry: string;
  name: string;
  sex: "f" | "m" | "";
  birth: string; // as typed; see birthOf
  citizen: string;
  commune: string;
  village: string;
  household: string;
}

export function toldOf(person: Neighbour | undefined, commune: string): Told {
  return {
    registry: person?.id ?? "",
    name: person?.name ?? "",
    sex: person?.sex === "f" || person?.sex === "m" ? person.sex : "",
    birth: person?.birth ?? "",
    citizen: "",
    commune: person?.commune ?? commune,
    village: person?.village ?? "",
    household: person?.household ?? "",
  };
}

export function toldBy(entry: Omit<Person, "salt">): Told {
  return {
    registry: entry.registry ?? "",
    name: entry.name ?? "",
    sex: entry.sex === "f" || entry.sex === "m" ? entry.sex : "",
    birth: entry.birth ?? "",
    citizen: entry.citizen ?? "",
    commune: entry.commune || elsewhere,
    village: entry.village ?? "",
    household: entry.household ?? "",
  };
}

/** What keeps a form from being saved: of each field that is wrong, the key of its words. */
export type Faults = Readonly<Partial<Record<string, Key>>>;

export function faultsOf(told: Told, today: string): Faults {
  const birth = birthOf(told.birth);
  const known = isDay(birth) || /^\d{4}$/.test(birth);
  return {
    ...(!told.registry && !told.name.trim() && { name: "fault.name" }),
    ...(birth && (!known || birth < "1900" || birth > today) && { birth: "fault.birth" }),
    ...(told.citizen && !/^\d{12}$/.test(told.citizen) && { citizen: "fault.citizen" }),
    ...(!told.commune && { commune: "fault.commune" }),
  };
}

/**
 * What in a citizen number speaks against the sex or the year of birth (Circular
 * 07/2016/TT-BCA, Art. 7): a warning, since the number may be the right one.
 */
export function doubtOf(told: Told): "sex" | "birth" | null {
  if (!/^\d{12}$/.test(told.citizen)) return null;
  const digit = Number(told.citizen[3]);
  if (told.sex && (digit % 2 === 1) !== (told.sex === "f")) return "sex";
  const year = 1900 + Math.floor(digit / 2) * 100 + Number(told.citizen.slice(4, 6));
  const birth = birthOf(told.birth);
  return birth && Number(birth.slice(0, 4)) !== year ? "birth" : null;
}

export function personOfTold(told: Told): Omit<Person, "salt"> {
  const { sex, ...rest } = told;
  return {
    ...rest,
    name: told.name.trim(),
    birth: birthOf(told.birth),
    ...(sex && { sex }),
  };
}
