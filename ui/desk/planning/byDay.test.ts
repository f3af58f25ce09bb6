import { describe, expect, it } from "vitest";
import type { Activity } from "$shared/api";
import { byDay, firstDay, firstOf, mostAtOnce, upTo } from "./byDay";

describe("activities", () => {
  const activity = (start: string) => ({ start }) as Activity;

  it("are grouped by the day in Viet Nam, in order of time", () => {
    const days = byDay([
      activity("2025-11-10T19:30:00+07:00"),
      activity("2025-11-10T08:00:00+07:00"),
      activity("2025-11-09T18:00:00Z"),
      activity("2025-11-08T08:00:00+07:00"),
    ]);
    expect(days.map((d) => [d.day, d.activities.length])).toEqual([
      ["2025-11-08", 1],
      ["2025-11-10", 3],
    ]);
    expect(days[1]?.activities.map((a) => a.start)).toEqual([
      "2025-11-09T18:00:00Z",
      "2025-11-10T08:00:00+07:00",
      "2025-11-10T19:30:00+07:00",
    ]);
    expect(firstDay(days, "2025-11-09")).toBe("2025-11-10");
    expect(firstDay(days, "2026-01-01")).toBe("2025-11-10");
    expect(firstDay([], "2026-01-01")).toBe("2026-01-01");
  });

  it("are drawn up to so many, and what is left is counted", () => {
    const hours = (day: string, n: number) =>
      Array.from({ length: n }, (_, i) =>
        activity(`${day}T${String(8 + i).padStart(2, "0")}:00:00+07:00`),
      );
    const all = [...hours("2025-11-10", 5), ...hours("2025-11-11", 2), ...hours("2025-11-12", 3)];
    const { first, beside } = firstOf(all, 2);
    expect(byDay(first).map((d) => [d.day, d.activities.length])).toEqual([
      ["2025-11-10", 2],
      ["2025-11-11", 2],
      ["2025-11-12", 2],
    ]);
    expect(beside).toEqual([
      { day: "2025-11-10", n: 3 },
      { day: "2025-11-12", n: 1 },
    ]);
    const cut = (most: number) => upTo(byDay(all), most).map((d) => [d.day, d.activities.length]);
    expect(cut(6)).toEqual([
      ["2025-11-10", 5],
      ["2025-11-11", 1],
    ]);
    expect(cut(7)).toEqual([
      ["2025-11-10", 5],
      ["2025-11-11", 2],
    ]);
    expect(cut(100)).toHaveLength(3);
  });

  it("are counted where they run at once", () => {
    const at = (start: string, end: string) => ({ start, end });
    expect(mostAtOnce([])).toBe(0);
    expect(
      mostAtOnce([
        at("2025-11-10T08:00:00+07:00", "2025-11-12T09:00:00+07:00"),
        at("2025-11-12T08:00:00+07:00", "2025-11-12T10:00:00+07:00"),
        at("2025-11-12T09:00:00+07:00", "2025-11-12T10:00:00+07:00"),
      ]),
    ).toBe(2);
  });
});
