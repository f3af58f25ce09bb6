/** The words of offices and communes, fetched with their screen alone. */
import bn from "$messages/bn/desk-units.json";
import en from "$messages/en/desk-units.json";
import vi from "$messages/vi/desk-units.json";
import bnPlanning from "$messages/bn/refusal-planning.json";
import enPlanning from "$messages/en/refusal-planning.json";
import viPlanning from "$messages/vi/refusal-planning.json";
import bnRefusal from "$messages/bn/refusal-units.json";
import enRefusal from "$messages/en/refusal-units.json";
import viRefusal from "$messages/vi/refusal-units.json";
import { Speaker } from "$shared/i18n/language.svelte";
import type { Commune, Market } from "$shared/units";
import { alsoExplain } from "../words";

export type Key = keyof typeof vi;

export const say = new Speaker<Key>({ vi, en, bn });

alsoExplain({
  vi: { ...viPlanning, ...viRefusal }, // market days are refused as in planning
  en: { ...enPlanning, ...enRefusal },
  bn: { ...bnPlanning, ...bnRefusal },
});

/** When there is a market; empty if nobody said. */
export function marketOf(market: Market | null | undefined): string {
  if (!market) return "";
  if (market.every) return say.t("unit.market.every.said", { n: market.every });
  return (market.weekdays ?? []).map((d) => say.t(`unit.weekday.${d}` as Key)).join(", ");
}

/** The population that was last given; empty if there is none. */
export function populationOf({ population }: Commune): string {
  const last = population.at(-1);
  return last
    ? say.t("unit.population.said", { people: last.people, year: say.year(last.year) })
    : "";
}
