/** What the screens say of a person, in the words of the page. */
import { datedDay, dayOf, type Day } from "$shared/i18n/dates";
import type { Coverage, LastVisit, PersonRow } from "$shared/people";
import { words } from "../words";

export const today = (): Day => dayOf(new Date());

/** 22/11 this year; with the year in any other. */
export function sayDay(day: Day): string {
  if (!day) return "";
  return day.slice(0, 4) === today().slice(0, 4)
    ? words.shortDay(day)
    : datedDay(words.language, day);
}

export function schemeName(scheme: string): string {
  return words.maybe(`cover.scheme.${scheme}`) ?? scheme;
}

export function describeCover(cover: Coverage): string {
  if (cover.state === "none") return words.t("cover.none");
  if (!cover.end) {
    return words.t(cover.state === "lapsed" ? "cover.lapsed.open" : "cover.current.open");
  }
  return words.t(`cover.${cover.state}`, { day: sayDay(cover.end) });
}

/** nữ, sinh 1982 */
export function born(row: PersonRow): string {
  return [
    row.sex ? words.t(`people.sex.${row.sex}`) : "",
    row.birth_year ? words.t("people.born", { year: yearOf(row.birth_year) }) : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** A year has no dot in it; its digits are those of the language. */
function yearOf(year: number): string {
  return words.language === "bn"
    ? String(year).replace(/\d/g, (d) => String.fromCharCode(0x09e6 + Number(d)))
    : String(year);
}

/** Vắng nhà, 22/11 */
export function visited(visit: LastVisit): string {
  return words.t("people.visited", {
    outcome: words.t(`outcome.${visit.outcome}`),
    day: sayDay(dayOf(visit.at)),
  });
}

/** Thôn 3, Bắc Hà */
export function placeOf(row: PersonRow): string {
  return [row.village || words.t("people.village.no"), row.commune.name].join(", ");
}

/** What stands in the catalogue under a word of the server's, or the word. */
export function word(prefix: string, value: string): string {
  return words.maybe(`${prefix}.${value}`) ?? value;
}
