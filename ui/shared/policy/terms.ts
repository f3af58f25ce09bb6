/** On what somebody joins: how policy is asked what that costs, and what an entry keeps of it. */
import type { Answered, Household, Voluntary } from "./engine";

export type Scheme = "voluntary_si" | "household_hi" | "student_hi" | "other_hi";

/** The groups for the state's support, by scheme; the first is the usual one. */
export const groupsOf: Record<Scheme, readonly string[]> = {
  voluntary_si: ["other", "poor", "near-poor", "ethnic-minority", "island"],
  household_hi: ["self"],
  student_hi: ["student"],
  other_hi: [
    "agriculture",
    "near-poor",
    "near-poor-poor-commune",
    "ethnic-minority",
    "poor",
    "health-worker",
    "security",
    "hamlet-worker",
    "artisan",
    "trafficking-victim",
  ],
};

/** What is chosen of it, as a form holds it. */
export interface Chosen {
  group: string;
  /** Đồng a month, as typed; empty is the least. */
  income: string;
  /** Which of the household joins in that year, from 1. */
  member: string;
}

/** The amounts of one person, in đồng. */
export interface Cost {
  readonly amount: number;
  readonly support: number;
}

/** The group that holds: one of another scheme is none here. */
export const groupOf = (scheme: Scheme, { group }: Chosen): string =>
  groupsOf[scheme].includes(group) ? group : (groupsOf[scheme][0] ?? "");

/** The place in the household that bears on the amount. */
const placeOf = (scheme: Scheme, { member }: Chosen): number =>
  scheme === "household_hi" ? Math.max(1, Number(member)) : 1;

/** The question what somebody pays for so many months; `least` is the least income, đồng a month. */
export function questionOf(
  scheme: Scheme,
  chosen: Chosen,
  months: number,
  on: string,
  least: number,
): object {
  const group = groupOf(scheme, chosen);
  if (scheme === "voluntary_si") {
    const income = chosen.income === "" ? least : Number(chosen.income);
    const pay = months === 1 ? "monthly" : String(months);
    return { quote: "voluntary-si", on, income, group, pay };
  }
  const members = Array.from({ length: placeOf(scheme, chosen) }, () => group);
  return { quote: "household-hi", on, members, months };
}

/** What of the answer is this person's. */
export function costOf(scheme: Scheme, chosen: Chosen, answer: Answered): Cost | null {
  if (scheme === "voluntary_si") {
    const { payable, support } = answer as Voluntary;
    return { amount: payable, support };
  }
  const own = (answer as Household).members[placeOf(scheme, chosen) - 1];
  return own ? { amount: own.payable, support: own.support } : null;
}

/** As an entry holds it. */
export function termsOf(
  scheme: Scheme,
  chosen: Chosen,
  cost: Cost,
  least: number,
): Record<string, unknown> {
  return {
    group: groupOf(scheme, chosen),
    ...(scheme === "voluntary_si" && {
      income: chosen.income === "" ? least : Number(chosen.income),
    }),
    ...(scheme === "household_hi" && { member: Number(chosen.member) }),
    amount: cost.amount,
    ...(cost.support && { support: cost.support }),
  };
}
