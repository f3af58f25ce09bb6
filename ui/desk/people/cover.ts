/** How a person's coverage is drawn: never by colour alone. */
import type { Coverage, CoverageState } from "$shared/people";
import { addDays, daysBetween, type Day } from "$shared/i18n/dates";

export type Tone = "good" | "warn" | "bad" | "none";

const tones: Record<CoverageState, Tone> = {
  current: "good",
  ends_60: "warn",
  ends_30: "warn",
  lapsed: "bad",
  none: "none",
};

export function toneOf(state: CoverageState): Tone {
  return tones[state] ?? "none";
}

/** How much of the cover is left, 0 to 100. A cover without an end is whole; one that lapsed has nothing left. */
export function left(cover: Coverage, today: Day): number {
  if (cover.state === "lapsed" || cover.state === "none") return 0;
  if (!cover.end || !cover.start) return 100;
  const whole = Math.max(1, daysBetween(cover.start, cover.end));
  return Math.max(0, Math.min(100, (daysBetween(today, cover.end) / whole) * 100));
}

/** What the timeline spans: two years, of which today stands at three fifths. */
export type Span = { from: Day; to: Day };

export function spanAround(today: Day): Span {
  return { from: addDays(today, -438), to: addDays(today, 292) };
}

/** Where a day stands in the span, 0 to 100; what lies outside is put at its edge. */
export function at(span: Span, day: Day): number {
  const whole = daysBetween(span.from, span.to);
  return Math.max(0, Math.min(100, (daysBetween(span.from, day) / whole) * 100));
}

/** The bar of a cover in the timeline. */
export function stretch(span: Span, cover: Coverage): { start: number; width: number } {
  const start = cover.start ? at(span, cover.start) : 0;
  const end = cover.end ? at(span, cover.end) : 100;
  return { start, width: Math.max(1, end - start) };
}
