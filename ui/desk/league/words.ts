/** The words of the league, fetched with its screen alone. */
import bn from "$messages/bn/desk-league.json";
import en from "$messages/en/desk-league.json";
import vi from "$messages/vi/desk-league.json";
import bnRefusal from "$messages/bn/refusal-league.json";
import enRefusal from "$messages/en/refusal-league.json";
import viRefusal from "$messages/vi/refusal-league.json";
import { indicators, type Indicator } from "$shared/api";
import { Speaker } from "$shared/i18n/language.svelte";
import type { Rule } from "$shared/league";
import { alsoExplain, words } from "../words";

export type Key = keyof typeof vi;

export const say = new Speaker<Key>({ vi, en, bn });

alsoExplain({ vi: viRefusal, en: enRefusal, bn: bnRefusal });

/** What an indicator is called where it stands alone. */
export function nameOf(indicator: Indicator): string {
  return say.maybe(`league.figure.${indicator}`) ?? words.t(`figure.${indicator}`);
}

/** The same within a sentence; what begins with an abbreviation keeps it. */
function within(indicator: Indicator): string {
  const name = nameOf(indicator);
  const [first = "", second = ""] = name;
  return second === second.toLocaleUpperCase() && second !== " "
    ? name
    : first.toLocaleLowerCase() + name.slice(1);
}

/** The rule in words, as certificates say it too (report/sentence.go). */
export function sentence(rule: Rule): string {
  const weights = indicators
    .map((i) => ({ i, n: rule.weights[i] ?? 0 }))
    .filter(({ n }) => n > 0)
    .sort((a, b) => b.n - a.n || (a.i < b.i ? -1 : 1))
    .map(({ i, n }) => say.t("league.rule.weight", { figure: within(i), n }));
  const said = [say.t(`league.rule.${rule.per}`, { weights: weights.join(", ") })];
  const ties = rule.ties.map(within);
  said.push(
    ties.length
      ? say.t("league.rule.ties", {
          figures: ties.reduce((a, b) => say.t("league.rule.then", { a, b })),
        })
      : say.t("league.rule.shared"),
  );
  if (rule.min_sessions > 0) said.push(say.t("league.rule.sessions", { n: rule.min_sessions }));
  if (rule.min_own_sessions > 0) {
    said.push(say.t("league.rule.own_sessions", { n: rule.min_own_sessions }));
  }
  if (rule.hold_flagged) said.push(say.t("league.rule.hold"));
  return said.join(" ");
}
