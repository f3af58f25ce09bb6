/** By which figure the map is coloured, and what it says of each commune. */
import type { BoardCommune, Indicator } from "$shared/api";
import { countBreaks, percentBreaks, stepOf, type Breaks } from "./ramp";

export const shadings = [
  "percent",
  "enrolments",
  "people_reached",
  "consultations",
  "switches.noncash",
  "sessions",
] as const satisfies readonly (Indicator | "percent")[];
export type Shading = (typeof shadings)[number];

/** The figure that opens behind a commune's colour. */
export function indicatorOf(shading: Shading): Indicator {
  return shading === "percent" ? "enrolments" : shading;
}

/** The value by which a commune is coloured; nothing where it has no target. */
export function valueOf(commune: BoardCommune, shading: Shading): number | null {
  return shading === "percent" ? commune.percent : (commune.figures[shading] ?? 0);
}

export type Shaded = BoardCommune & { value: number | null; step: number | null };

export function shade(
  communes: readonly BoardCommune[],
  shading: Shading,
): { breaks: Breaks; communes: Shaded[] } {
  const values = communes.map((c) => valueOf(c, shading));
  const breaks =
    shading === "percent" ? percentBreaks : countBreaks(values.filter((v) => v !== null));
  return {
    breaks,
    communes: communes.map((c, i) => {
      const value = values[i] ?? null;
      return { ...c, value, step: value === null ? null : stepOf(value, breaks) };
    }),
  };
}

/** Highest first; those without a value last; then by name. */
export function ranked(communes: readonly Shaded[]): Shaded[] {
  return [...communes].sort(
    (a, b) => (b.value ?? -1) - (a.value ?? -1) || a.name.localeCompare(b.name, "vi"),
  );
}
