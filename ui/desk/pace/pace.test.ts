import { describe, expect, it } from "vitest";
import { dayTicks, pacePaths, runningTotals, sparkline, ticks, type PaceData } from "./pace";

const data: PaceData = {
  start: "2025-11-01",
  end: "2025-11-11",
  today: "2025-11-03",
  busy: { from: "2025-11-01", to: "2025-11-11" },
  target: 100,
  low: 80,
  high: 120,
  days: ["01", "02", "03", "04"].map((d) => ({ day: `2025-11-${d}`, n: 10 })),
};
const box = { width: 220, height: 120, left: 10, right: 10, top: 10, bottom: 10 };

describe("the pace chart", () => {
  it("adds up to today and no further", () => {
    expect(runningTotals(data).map((p) => p.total)).toEqual([10, 20, 30]);
  });

  it("draws a band from today's point to the end", () => {
    const paths = pacePaths(data, box);
    expect(paths.points.map((p) => p.x)).toEqual([10, 30, 50]);
    expect(paths.band).toMatch(/^M50,/);
    expect(paths.bandEnd?.x).toBe(210);
    expect(paths.bandEnd?.high).toBeLessThan(paths.bandEnd?.low ?? 0);
  });

  it("draws no band when the campaign is over, or when there is no forecast", () => {
    expect(pacePaths({ ...data, low: null, high: null }, box).band).toBe("");
    const days = Array.from({ length: 11 }, (_, i) => ({
      day: `2025-11-${String(i + 1).padStart(2, "0")}`,
      n: 1,
    }));
    expect(pacePaths({ ...data, today: "2025-12-24", days }, box).band).toBe("");
  });

  it("has an empty line before the first day", () => {
    const paths = pacePaths({ ...data, today: "2025-10-01", low: null, high: null }, box);
    expect([paths.line, paths.under]).toEqual(["", ""]);
    expect(paths.target).not.toBe("");
  });

  it("lets the target rise on the days alone on which something is awaited", () => {
    const busy = { from: "2025-11-03", to: "2025-11-06" };
    const [from, rises, full, end] = pacePaths({ ...data, busy }, box)
      .target.slice(1)
      .split("L");
    expect([from, rises]).toEqual(["10,110", "50,110"]);
    expect([full?.split(",")[0], end?.split(",")[0]]).toEqual(["110", "210"]);
    expect(full?.split(",")[1]).toBe(end?.split(",")[1]);
    // Its name stands clear of it.
    expect(pacePaths({ ...data, busy }, box).slope).toBe(0);
    const late = { from: "2025-11-09", to: data.end };
    expect(pacePaths({ ...data, busy: late }, box).slope).toBeCloseTo(
      5 * pacePaths(data, box).slope,
    );
  });

  it("bears a campaign of one day", () => {
    const paths = pacePaths({ ...data, end: data.start, today: data.start }, box);
    expect(paths.line).toBe(`M10,${paths.points[0]?.y}`);
  });
});

describe("ticks", () => {
  it("are round, begin at zero and reach the highest", () => {
    expect(ticks(3700)).toEqual([0, 1000, 2000, 3000, 4000]);
    expect(ticks(3)).toEqual([0, 1, 2, 3]);
    expect(ticks(0)).toEqual([0, 1]);
  });

  it("name the first and the last day without touching", () => {
    expect(dayTicks(29, 5)).toEqual([0, 7, 14, 21, 29]);
    expect(dayTicks(23, 5)).toEqual([0, 5, 10, 15, 23]);
    expect(dayTicks(0, 5)).toEqual([0]);
  });
});

describe("a sparkline", () => {
  it("stays in its box and needs two points", () => {
    expect(sparkline([0, 5, 10], 104, 36)).toBe("M2,34L52,18L102,2");
    expect(sparkline([1], 104, 36)).toBe("");
    expect(sparkline([0, 0], 104, 36)).toBe("M2,34L102,34");
  });
});
