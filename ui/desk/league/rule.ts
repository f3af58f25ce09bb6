/** A rule as it is being changed. */
import type { Indicator } from "$shared/api";
import type { Rule } from "$shared/league";

/** The rule where nobody has published another; the server ranks by the same. */
export const usualRule: Rule = {
  weights: { enrolments: 1 },
  per: "target",
  min_sessions: 0,
  min_own_sessions: 0,
  ties: ["enrolments"],
  hold_flagged: false,
};

/** Who rises and falls is told against the day before, or against the published rule. */
export type Against = "previous_rank" | "published_rank";

export function weighed(rule: Rule, indicator: Indicator, points: number | null): Rule {
  const { [indicator]: _, ...others } = rule.weights;
  return { ...rule, weights: points === null ? others : { ...rule.weights, [indicator]: points } };
}

/** The ties with one added at the end, or taken out. */
export function toggled(rule: Rule, indicator: Indicator): Rule {
  const ties = rule.ties.includes(indicator)
    ? rule.ties.filter((t) => t !== indicator)
    : [...rule.ties, indicator];
  return { ...rule, ties };
}

/** The ties with one moved a step to the front. */
export function earlier(rule: Rule, indicator: Indicator): Rule {
  const at = rule.ties.indexOf(indicator);
  const before = rule.ties[at - 1];
  if (before === undefined) return rule;
  const ties = [...rule.ties];
  ties.splice(at - 1, 2, indicator, before);
  return { ...rule, ties };
}

/** How much of the track of a bar a score fills, 0 to 100, where the best fills it. */
export function filled(score: number | null, best: number): number {
  return score === null || best <= 0 ? 0 : Math.min(100, (100 * score) / best);
}
