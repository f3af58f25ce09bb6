/** By which figure the map is coloured, and what it says of each commune. */
import type { BoardCommune, BoardOffice, Indicator } from "$shared/api";
import { countBreaks, percentBreaks, stepOf, type Breaks } from "./ramp";

export const counted = [
  "enrolments",
  "people_reached",
  "consultations",
  "switches.noncash",
  "sessions",
] as const satisfies readonly Indicator[];

/**
 * A figure, or a share of the target: of the commune's own where communes were
 * given targets, else of the office that serves it.
 */
export type Shading = (typeof counted)[number] | "percent" | "office_percent";

export function isShare(shading: Shading): shading is "percent" | "office_percent" {
  return shading === "percent" || shading === "office_percent";
}

type Places = { communes: readonly BoardCommune[]; offices: readonly BoardOffice[] };

/** What the map can be coloured by; the first is the one to begin with. */
export function choices({ communes, offices }: Places): Shading[] {
  if (communes.some((c) => c.percent !== null)) return ["percent", ...counted];
  if (offices.some((o) => o.percent !== null)) return ["office_percent", ...counted];
  return [...counted];
}

/** The figure that opens behind a commune's colour. */
export function indicatorOf(shading: Shading): Indicator {
  return isShare(shading) ? "enrolments" : shading;
}

export type Shaded = BoardCommune & {
  officeName: string;
  value: number | null;
  step: number | null;
};

export function shade(
  { communes, offices }: Places,
  shading: Shading,
): { breaks: Breaks; communes: Shaded[] } {
  const byId = new Map(offices.map((o) => [o.id, o]));
  const valueOf = (c: BoardCommune): number | null => {
    if (shading === "percent") return c.percent;
    if (shading === "office_percent") return byId.get(c.office)?.percent ?? null;
    return c.figures[shading] ?? 0;
  };
  const values = communes.map(valueOf);
  const breaks = isShare(shading)
    ? percentBreaks
    : countBreaks(values.filter((v): v is number => v !== null));
  return {
    breaks,
    communes: communes.map((c, i) => {
      const value = values[i] ?? null;
      const step = value === null ? null : stepOf(value, breaks);
      return { ...c, officeName: byId.get(c.office)?.name ?? "", value, step };
    }),
  };
}

/** Highest first; those without a value last; then by name. */
export function ranked(communes: readonly Shaded[]): Shaded[] {
  return [...communes].sort(
    (a, b) => (b.value ?? -1) - (a.value ?? -1) || a.name.localeCompare(b.name, "vi"),
  );
}
