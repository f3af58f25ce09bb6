/** How the days of offices stand, and which comes next. */
import { indicators, type Indicator } from "$shared/api";
import type { Closings, Day, Office, Stand } from "$shared/closing";

export type State = "open" | "confirmed" | "late" | "waiting";

/** In one word: "late" is confirmed with something that came after. */
export function stateOf(stand: Stand, campaign: Stand): State {
  if (stand.waiting) return "waiting";
  if (!stand.closed && !campaign.closed) return "open";
  return lateOf(stand).length ? "late" : "confirmed";
}

/** What is checked before confirming, in the order in which it is read. */
export const checked = [
  "people_reached",
  "enrolments",
  "switches.noncash",
  "sessions",
] as const satisfies readonly Indicator[];

/** What came late, what is checked first before the rest. */
export function lateOf(stand: Stand): { indicator: Indicator; difference: number }[] {
  const rest = indicators.filter((i) => !(checked as readonly Indicator[]).includes(i));
  return [...checked, ...rest].flatMap((indicator) => {
    const difference = stand.late[indicator] ?? 0;
    return difference ? { indicator, difference } : [];
  });
}

/** Days that wait to be confirmed, the earliest first; then the others, the latest first. */
export function inOrder(days: readonly Day[]): Day[] {
  const waits = days.filter((d) => d.may_close);
  const others = days.filter((d) => !d.may_close);
  return [...waits, ...others.reverse()];
}

/** The earliest day that the reader may confirm. */
export function nextOf(office: Office | undefined): Day | undefined {
  return office?.days.find((d) => d.may_close);
}

/** The one office whose days the reader confirms; nothing where there are several, or none. */
export function ownOf(closings: Closings): Office | undefined {
  const own = closings.offices.filter((o) => o.may);
  return own.length === 1 ? own[0] : undefined;
}
