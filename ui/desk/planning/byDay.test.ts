import { describe, expect, it } from "vitest";
import type { Activity } from "$shared/api";
import { byDay, firstDay } from "./byDay";

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
});
