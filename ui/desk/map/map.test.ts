import { describe, expect, it } from "vitest";
import type { BoardCommune, Boundaries } from "$shared/api";
import { colourOf, countBreaks, percentBreaks, stepOf } from "./ramp";
import { measuresOf, ranked, shade, shadingOf } from "./shading";
import { area, clip, fromBoundaries, fromCentres, neighbour, paddedHull } from "./shapes";
import type { Point } from "$shared/map/flat";

const square: Point[] = [
  [0, 0],
  [10, 0],
  [10, 10],
  [0, 10],
];

const grid = Array.from({ length: 25 }, (_, i) => ({
  code: String(i),
  lat: 22 - Math.floor(i / 5) * 0.1,
  lon: 104 + (i % 5) * 0.1,
}));

describe("shapes", () => {
  it("clips a polygon by a convex one, whichever way either turns", () => {
    const half: Point[] = [
      [5, -5],
      [20, -5],
      [20, 20],
      [5, 20],
    ];
    expect(Math.abs(area(clip(square, half)))).toBeCloseTo(50);
    expect(Math.abs(area(clip(square, [...half].reverse())))).toBeCloseTo(50);
    expect(Math.abs(area(clip([...square].reverse(), half)))).toBeCloseTo(50);
  });

  it("leaves nothing of a polygon that lies outside", () => {
    const far = square.map(([x, y]): Point => [x + 100, y]);
    expect(clip(square, far)).toEqual([]);
  });

  it("pads a hull on all sides", () => {
    const hull = paddedHull(square, 2);
    expect(Math.min(...hull.map((p) => p[0]))).toBeCloseTo(-2);
    expect(Math.max(...hull.map((p) => p[1]))).toBeCloseTo(12);
    expect(Math.abs(area(hull))).toBeGreaterThan(100);
  });

  it("gives every commune a cell within the picture", () => {
    const drawing = fromCentres(grid, 400);
    expect(drawing.shapes.map((s) => s.code)).toEqual(grid.map((g) => g.code));
    for (const shape of drawing.shapes) {
      const numbers = shape.path.match(/-?[\d.]+/g)?.map(Number) ?? [];
      expect(numbers.length).toBeGreaterThan(5);
      expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...numbers)).toBeLessThanOrEqual(Math.max(400, drawing.height));
    }
  });

  it("draws nothing for no communes, and one cell for one", () => {
    expect(fromCentres([], 100).shapes).toEqual([]);
    expect(fromCentres(grid.slice(0, 1), 100).shapes[0]?.path).toMatch(/^M/);
  });

  it("draws boundaries of known communes, north up", () => {
    const boundaries: Boundaries = {
      type: "FeatureCollection",
      features: [
        {
          type: "Feature",
          properties: { code: "0" },
          geometry: { type: "Polygon", coordinates: [square] },
        },
        {
          type: "Feature",
          properties: { code: "stranger" },
          geometry: { type: "MultiPolygon", coordinates: [[square]] },
        },
      ],
    };
    const north = { code: "0", lat: 9, lon: 5 };
    const drawing = fromBoundaries(boundaries, [north], 100);
    expect(drawing.shapes.map((s) => s.code)).toEqual(["0"]);
    expect(drawing.shapes[0]?.centre[1]).toBeLessThan(drawing.height / 2);
  });

  it("finds neighbours by direction and stays at the edge", () => {
    const { shapes } = fromCentres(grid, 400);
    const middle = shapes[12];
    const corner = shapes[0];
    if (!middle || !corner) throw new Error("no shapes");
    expect(neighbour(shapes, middle, "right").code).toBe("13");
    expect(neighbour(shapes, middle, "up").code).toBe("7");
    expect(neighbour(shapes, corner, "left").code).toBe("0");
  });
});

describe("the ramp", () => {
  it("keeps its last colour for a target that is met", () => {
    expect(stepOf(0, percentBreaks)).toBe(0);
    expect(stepOf(99.9, percentBreaks)).toBe(4);
    expect(stepOf(100, percentBreaks)).toBe(5);
    expect(stepOf(180, percentBreaks)).toBe(5);
  });

  it("keeps its first colour for none at all", () => {
    const breaks = countBreaks([0, 0, 3, 8, 15, 40, 90]);
    expect(stepOf(0, breaks)).toBe(0);
    expect(stepOf(1, breaks)).toBeGreaterThan(0);
    expect(stepOf(90, breaks)).toBe(5);
    expect([...breaks]).toEqual([...breaks].sort((a, b) => a - b));
  });

  it("spreads few values over the scale", () => {
    const breaks = countBreaks([0, 1, 1, 1]);
    expect(breaks).toEqual([0, 1]);
    expect(colourOf(1, breaks)).toBe(5);
    expect(countBreaks([])).toEqual([0, 1]);
  });
});

const commune = (code: string, n: number, percent?: number): BoardCommune => ({
  code,
  name: code,
  type: "xã",
  office: "a",
  lat: 0,
  lon: 0,
  figures: { enrolments: n },
  targets: {},
  percents: percent === undefined ? {} : { enrolments: percent },
  last_session: null,
  moved_weather: 0,
});

describe("shading", () => {
  const asked = (query: string, communes: BoardCommune[]) =>
    shadingOf(new URLSearchParams(query), communes);

  it("begins with the target, unless there is none", () => {
    const byTarget = { figure: "enrolments", per: "target" };
    expect(asked("", [commune("x", 3, 50)])).toEqual(byTarget);
    expect(asked("", [commune("x", 3)])).toEqual({ figure: "enrolments", per: "count" });
  });

  it("is any figure by what it can be measured by, as the address says", () => {
    const communes = [commune("x", 3, 50)];
    expect(measuresOf("enrolments", communes)).toEqual(["count", "people", "target"]);
    expect(measuresOf("sessions", communes)).toEqual(["count", "people"]);
    expect(asked("map=sessions&per=people", communes)).toEqual({
      figure: "sessions",
      per: "people",
    });
    // Sessions have no target, and there is no such figure as the other.
    expect(asked("map=sessions&per=target", communes).per).toBe("count");
    expect(asked("map=nonsense&per=count", communes).figure).toBe("enrolments");
  });

  it("compares communes by the people who live there, where they are known", () => {
    const three = ["large", "small", "unknown"].map((code) => commune(code, 30));
    const known = { large: 3000, small: 1500 };
    const shaded = shade(three, { figure: "enrolments", per: "people" }, known);
    expect(shaded.communes.map((c) => c.value)).toEqual([10, 20, null]);
    expect(shaded.breaks).toEqual([0, 10, 20]);
    expect(shaded.communes.map((c) => c.step)).toEqual([3, 5, null]);
  });

  it("does not take a few among many for none", () => {
    const [one] = shade(
      [commune("x", 1)],
      { figure: "enrolments", per: "people" },
      { x: 90_000 },
    ).communes;
    expect(one).toMatchObject({ value: 0.1, step: 5 });
  });

  it("ranks the highest first and those without a value last", () => {
    const communes = [commune("none", 9), commune("low", 1, 10), commune("high", 1, 90)];
    const shaded = shade(communes, { figure: "enrolments", per: "target" }).communes;
    expect(ranked(shaded).map((c) => c.code)).toEqual(["high", "low", "none"]);
  });
});
