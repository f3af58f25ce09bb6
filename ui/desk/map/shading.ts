/** By which figure the map is coloured, by what it is measured, and what it says of each commune. */
import { isIndicator, type BoardCommune, type Indicator } from "$shared/api";
import { countBreaks, percentBreaks, stepOf, type Breaks } from "./ramp";

/** As it is counted, for 1,000 people who live there, or in percent of the target. */
export const measures = ["count", "people", "target"] as const;
export type Measure = (typeof measures)[number];

export type Shading = { figure: Indicator; per: Measure };

/** By what a figure can be measured: by the target where somebody has one. */
export function measuresOf(figure: Indicator, communes: readonly BoardCommune[]): Measure[] {
  const aimed = communes.some((c) => c.percents[figure] !== undefined);
  return measures.filter((per) => per !== "target" || aimed);
}

/** What an address asks for; else enrolments, and the target where there is one. */
export function shadingOf(query: URLSearchParams, communes: readonly BoardCommune[]): Shading {
  const asked = query.get("map") ?? "";
  const figure = isIndicator(asked) ? asked : "enrolments";
  const offered = measuresOf(figure, communes);
  const usual = offered.includes("target") ? "target" : "count";
  return { figure, per: offered.find((per) => per === query.get("per")) ?? usual };
}

/** People by commune, and where these are its population, whose count that is. */
export type Living = {
  people: Readonly<Record<string, number>>;
  population: Readonly<Record<string, { year: number; people: number; source: string }>>;
};

/** How many communes are measured by a population, how many by the registry; by whose counts. */
export function basisOf(communes: readonly { code: string }[], { population }: Living) {
  const counts = communes.flatMap((c) => population[c.code] ?? []);
  const sources = new Map(counts.map((p) => [`${p.source}\n${p.year}`, p]));
  return {
    populated: counts.length,
    listed: communes.length - counts.length,
    sources: [...sources.values()],
  };
}

export type Shaded = BoardCommune & {
  value: number | null;
  step: number | null;
};

/** To a tenth, as it is written; what is more than nothing stays so. */
const perThousand = (n: number, people: number) =>
  n > 0 ? Math.max(0.1, Math.round((n * 10_000) / people) / 10) : 0;

export function shade(
  communes: readonly BoardCommune[],
  { figure, per }: Shading,
  known: Living["people"] = {},
): { breaks: Breaks; communes: Shaded[] } {
  const valueOf = (c: BoardCommune): number | null => {
    if (per === "target") return c.percents[figure] ?? null;
    const n = c.figures[figure] ?? 0;
    if (per === "count") return n;
    const people = known[c.code];
    return people ? perThousand(n, people) : null;
  };
  const values = communes.map(valueOf);
  const some = values.filter((v): v is number => v !== null && v > 0);
  const breaks =
    per === "target"
      ? percentBreaks
      : countBreaks(some, per === "people" && some.length ? Math.min(...some) : 1);
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
