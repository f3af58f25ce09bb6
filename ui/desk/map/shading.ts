/** By which figure the map is coloured, and what it says of each commune. */
import type { BoardCommune, Indicator } from "$shared/api";
import { countBreaks, percentBreaks, stepOf, type Breaks } from "./ramp";

export const counted = [
  "enrolments",
  "people_reached",
  "consultations",
  "switches.noncash",
  "sessions",
] as const satisfies readonly Indicator[];

/**
 * A figure, the percentage of the target that a commune has reached, or how
 * many of 1,000 people whom the registry knows there were reached.
 */
export type Shading = (typeof counted)[number] | "percent" | "reach";

/** What the map can be coloured by; the first is the one to begin with. */
export function choices(communes: readonly BoardCommune[]): Shading[] {
  if (communes.some((c) => c.percent !== null)) return ["percent", "reach", ...counted];
  return [...counted, "reach"];
}

/** The figure that opens behind a commune's colour. */
export function indicatorOf(shading: Shading): Indicator {
  if (shading === "reach") return "people_reached";
  return shading === "percent" ? "enrolments" : shading;
}

/** People by commune, as the registry knows them. */
export type Known = Readonly<Record<string, number>>;

export type Shaded = BoardCommune & {
  value: number | null;
  step: number | null;
};

export function shade(
  communes: readonly BoardCommune[],
  shading: Shading,
  known: Known = {},
): { breaks: Breaks; communes: Shaded[] } {
  const valueOf = (c: BoardCommune): number | null => {
    if (shading === "percent") return c.percent;
    if (shading === "reach") {
      const people = known[c.code];
      return people ? Math.round(((c.figures.people_reached ?? 0) * 1000) / people) : null;
    }
    return c.figures[shading] ?? 0;
  };
  const values = communes.map(valueOf);
  const breaks =
    shading === "percent"
      ? percentBreaks
      : countBreaks(values.filter((v): v is number => v !== null));
  return {
    breaks,
    communes: communes.map((c, i) => {
      const value = values[i] ?? null;
      const step = value === null ? null : stepOf(value, breaks);
      return { ...c, value, step };
    }),
  };
}

/** Highest first; those without a value last; then by name. */
export function ranked(communes: readonly Shaded[]): Shaded[] {
  return [...communes].sort(
    (a, b) => (b.value ?? -1) - (a.value ?? -1) || a.name.localeCompare(b.name, "vi"),
  );
}
