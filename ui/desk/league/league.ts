/** How the bars of the league are measured. */

export type Movement = { kind: "up" | "down" | "same"; n: number };

export function movement(rank: number, previous: number | null): Movement {
  if (previous === null || previous === rank) return { kind: "same", n: 0 };
  return previous > rank
    ? { kind: "up", n: previous - rank }
    : { kind: "down", n: rank - previous };
}

/** The percentage at which a bar fills its track: room for the best, and for the mark of the target. */
export function fullAt(percents: readonly (number | null)[]): number {
  return Math.max(120, ...percents.map((p) => p ?? 0));
}

/** How much of the track a share fills, 0 to 100. */
export function lengthOf(percent: number, full: number): number {
  return Math.max(0, Math.min(100, (percent / full) * 100));
}
