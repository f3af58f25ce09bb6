import { describe, expect, it } from "vitest";
import { isPast, lastDay, runsToday, spanOf, worksAt } from "./board/period";
import { parse, pathOf, withDrill, withPeriod } from "./route";

const at = (path: string) => new URL(path, "http://desk");

describe("addresses", () => {
  it("lead to their screens", () => {
    expect(parse(at("/"))).toMatchObject({ screen: "board", campaign: "" });
    expect(parse(at("/c/x"))).toMatchObject({ screen: "board", campaign: "x" });
    expect(parse(at("/c/x/reviews"))).toMatchObject({ screen: "reviews", campaign: "x" });
    expect(parse(at("/signin"))).toMatchObject({ screen: "signin" });
    for (const path of ["/nowhere", "/c", "/c/x/nothing", "/c/x/report/more"]) {
      expect(parse(at(path))).toBeNull();
    }
  });

  it("lead to people without a campaign, and to one of them by id", () => {
    expect(parse(at("/people?commune=1"))).toMatchObject({ screen: "people", campaign: "" });
    expect(parse(at("/people/p1"))).toMatchObject({ screen: "people" });
    expect(parse(at("/worklists/assign"))).toMatchObject({ screen: "worklists" });
    expect(parse(at("/people/p1/more"))).toBeNull();
    expect(pathOf("people", "x")).toBe("/people");
  });

  it("come back as they went", () => {
    for (const screen of ["board", "league", "reviews", "activities", "report"] as const) {
      expect(parse(at(pathOf(screen, "a b")))).toMatchObject({ screen, campaign: "a b" });
    }
  });

  it("open a figure only if there is such a figure", () => {
    expect(parse(at("/?figure=enrolments&office=a"))?.drill).toMatchObject({
      indicator: "enrolments",
      office: "a",
    });
    expect(parse(at("/?figure=nonsense"))?.drill).toBeNull();
    expect(parse(at("/?figure=enrolments&day=2025-13-45"))?.drill?.day).toBe("");
    expect(parse(at("/?entry=e1"))?.drill).toMatchObject({ indicator: null, entry: "e1" });
  });

  it("keep the period when a sheet opens and closes", () => {
    const opened = withDrill(at("/c/x?period=peak"), { figure: "sessions", day: "2025-11-02" });
    expect(opened).toBe("/c/x?period=peak&figure=sessions&day=2025-11-02");
    expect(withDrill(at(opened), {})).toBe("/c/x?period=peak");
    expect(withPeriod(at("/c/x?period=peak"), "all")).toBe("/c/x");
  });
});

describe("a moment of the past", () => {
  const now = Date.parse("2025-11-22T15:00:00+07:00");

  it.each([
    ["2025-11-22T14:30", true],
    ["2025-11-22T15:30", false], // still to come
    ["2025-02-31T08:00", false],
    ["2025-11-22T25:00", false],
    ["yesterday", false],
    ["", false],
  ])("%s: %s", (text, is) => expect(isPast(text, now)).toBe(is));
});

describe("office hours", () => {
  const within = (hours: { from: number; to: number }) =>
    Array.from({ length: 24 }, (_, h) => h).filter((h) => worksAt(h, hours));

  it("are those hours of which half lies between their ends", () => {
    expect(within({ from: 450, to: 1020 })).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    expect(within({ from: 480, to: 690 })).toEqual([8, 9, 10, 11]);
  });
});

describe("periods", () => {
  const campaign = { start: "2025-11-01", end: "2025-11-24", peak_from: "2025-11-10" };

  it("end today while the campaign runs, and at its end when it is over", () => {
    expect(lastDay(campaign, "2025-11-10")).toBe("2025-11-10");
    expect(lastDay(campaign, "2026-01-01")).toBe("2025-11-24");
    expect(lastDay(campaign, "2025-10-01")).toBe("2025-11-01");
    expect(runsToday(campaign, "2025-11-24")).toBe(true);
    expect(runsToday(campaign, "2025-11-25")).toBe(false);
  });

  it("begin with the stretch that has targets of its own", () => {
    const end = "2025-11-24";
    expect(spanOf("peak", campaign, "2025-11-22")).toEqual({
      from: "2025-11-10",
      to: "2025-11-22",
    });
    expect(spanOf("peak", campaign, "2025-11-05")).toEqual({ from: "2025-11-10", to: end });
    expect(spanOf("seven", campaign, "2025-11-22").from).toBe("2025-11-16");
    expect(spanOf("seven", campaign, "2025-11-05").from).toBe("2025-11-01");
    expect(spanOf("today", campaign, "2025-11-05")).toEqual({
      from: "2025-11-05",
      to: "2025-11-05",
    });
    expect(spanOf("all", campaign, "2025-11-05")).toEqual({});
  });
});
