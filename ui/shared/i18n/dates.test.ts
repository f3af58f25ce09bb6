import { describe, expect, it } from "vitest";
import {
  addDays,
  age,
  clock,
  clockOn,
  datedDay,
  dayOf,
  daysBetween,
  isDay,
  longDay,
  namedDay,
  shortDay,
  weekday,
} from "./dates";

describe("days", () => {
  it("are those of Viet Nam", () => {
    expect(dayOf("2025-11-21T16:59:59Z")).toBe("2025-11-21");
    expect(dayOf("2025-11-21T17:00:00Z")).toBe("2025-11-22");
  });

  it("are those that the calendar has", () => {
    expect(["2024-02-29", "2025-12-31"].every(isDay)).toBe(true);
    for (const text of [
      "2025-02-29",
      "2025-02-30",
      "2025-04-31",
      "2025-13-01",
      "2025-1-1",
      "",
      null,
    ]) {
      expect(isDay(text), String(text)).toBe(false);
    }
  });

  it("are counted over months and years", () => {
    expect(addDays("2025-12-31", 1)).toBe("2026-01-01");
    expect(addDays("2025-11-22", -14)).toBe("2025-11-08");
    expect(daysBetween("2025-11-01", "2025-12-01")).toBe(30);
  });

  it("are written as each language does", () => {
    expect(shortDay("vi", "2025-11-22")).toBe("22/11");
    expect(shortDay("en", "2025-11-22")).toBe("22 Nov");
    expect(shortDay("bn", "2025-11-22")).toMatch(/২২/);
    expect(longDay("bn", "2025-11-22")).toMatch(/২০২৫/);
    expect(datedDay("vi", "2027-03-01")).toBe("1/3/2027");
    expect(datedDay("en", "2027-03-01")).toBe("1 Mar 2027");
    expect(namedDay("vi", "2025-11-29")).toBe("thứ Bảy 29/11");
    expect(namedDay("en", "2025-11-29")).toBe("Saturday 29 Nov");
    expect(weekday("vi", "2025-11-22")).toMatch(/^Thứ Bảy/);
  });
});

describe("moments", () => {
  it("are shown by the clock of Viet Nam", () => {
    expect(clock("vi", "2025-11-22T13:14:00Z")).toBe("20:14");
    expect(clock("bn", "2025-11-22T13:14:00Z")).toBe("২০:১৪");
  });

  it("name the day when it is another one", () => {
    expect(clockOn("vi", "2025-11-22T13:14:00Z", "2025-11-22")).toBe("20:14");
    expect(clockOn("vi", "2025-11-22T13:14:00Z", "2025-11-23")).toBe("22/11 20:14");
  });
});

describe("ages", () => {
  it("use the largest unit", () => {
    expect(age(4900)).toEqual({ unit: "second", n: 4 });
    expect(age(60_000)).toEqual({ unit: "minute", n: 1 });
    expect(age(7_200_000)).toEqual({ unit: "hour", n: 2 });
    expect(age(3 * 86_400_000)).toEqual({ unit: "day", n: 3 });
    expect(age(-5)).toEqual({ unit: "second", n: 0 });
  });
});
