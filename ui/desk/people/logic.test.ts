import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Coverage, PersonRow, SubjectRequest } from "$shared/people";
import { officeScreens } from "../route";
import { moveOf, letterOf } from "../duplicates/keys";
import { moving, percentOf, readable, stepOf } from "../imports/file";
import { promiseDays } from "../worklists/days";
import { hamlets } from "../worklists/groups";
import { at, left, spanAround, stretch, toneOf } from "./cover";
import { byDeadline, dueOn, workingDays } from "./deadline";
import { served } from "./rights";
import { behind, filtersOf, withFilters } from "./filters";

const cover = (state: Coverage["state"], start: string, end: string): Coverage => ({
  scheme: "household_hi",
  start,
  end,
  source: "list",
  state,
});

describe("the menu", () => {
  it("leads to the screens whose routes the server has, and to no other", () => {
    const described = readFileSync(new URL("../../../web/openapi.json", import.meta.url), "utf8");
    const { paths } = JSON.parse(described) as { paths: Record<string, unknown> };
    const routes = {
      people: "/people",
      worklists: "/worklists",
      imports: "/imports/people",
      duplicates: "/duplicates",
      requests: "/requests",
      users: "/users",
      phones: "/devices",
      readiness: "/readiness",
      approvals: "/approvals",
      audit: "/audit",
      units: "/units",
      indicators: "/indicators",
    };
    const has = officeScreens.filter((screen) => `/api/v1${routes[screen]}` in paths);
    expect(served).toEqual(has);
  });
});

describe("filters in the address", () => {
  const url = new URL("https://x.example/people?commune=1&village=A&household=7&coverage=lapsed");

  it("forget the village of another commune, and the household of another village", () => {
    expect(withFilters(url, { commune: "2" })).toBe("/people?commune=2&coverage=lapsed");
    expect(withFilters(url, { village: "B" })).toBe("/people?commune=1&village=B&coverage=lapsed");
    expect(withFilters(url, { coverage: "" })).toBe("/people?commune=1&village=A&household=7");
  });

  it("read back what they wrote", () => {
    const again = new URL(withFilters(url, { village: "Bản Lùng" }), url);
    expect(filtersOf(again)).toMatchObject({ commune: "1", village: "Bản Lùng", household: "" });
  });

  it("find the id behind the screen's name", () => {
    expect(behind(new URL("https://x.example/people/a%2Fb"))).toBe("a/b");
    expect(behind(url)).toBe("");
  });
});

describe("coverage", () => {
  it("shrinks towards its end", () => {
    expect(left(cover("current", "2026-01-01", "2026-12-31"), "2026-01-01")).toBe(100);
    expect(left(cover("ends_30", "2026-01-01", "2026-12-31"), "2026-12-31")).toBe(0);
    expect(left(cover("lapsed", "2025-01-01", "2025-12-31"), "2026-06-01")).toBe(0);
    expect(left(cover("current", "2026-01-01", ""), "2030-06-01")).toBe(100);
  });

  it("stands in the timeline between its days, and is seen though it lies outside", () => {
    const span = spanAround("2026-11-24");
    expect(at(span, "2026-11-24")).toBeCloseTo(60);
    expect(stretch(span, cover("current", "", ""))).toEqual({ start: 0, width: 100 });
    expect(stretch(span, cover("lapsed", "2019-01-01", "2020-01-01"))).toEqual({
      start: 0,
      width: 1,
    });
  });

  it("has a tone for a state that is not known yet", () => {
    expect(toneOf("ends_60")).toBe("warn");
    expect(toneOf("new" as Coverage["state"])).toBe("none");
  });
});

describe("deadlines", () => {
  it("count Monday to Friday", () => {
    expect(workingDays("2026-11-24", "2026-11-27")).toBe(3); // Tuesday to Friday
    expect(workingDays("2026-11-27", "2026-11-30")).toBe(1); // over a weekend
    expect(workingDays("2026-11-30", "2026-11-27")).toBe(-1);
  });

  it("are overdue from the day after, also on a weekend", () => {
    expect(dueOn("2026-11-24", "2026-11-24").kind).toBe("today");
    expect(dueOn("2026-11-28", "2026-11-27")).toEqual({ kind: "over", n: 1 });
    expect(dueOn("2026-11-24", "2026-11-26")).toEqual({ kind: "in", n: 2 });
  });

  it("put what is due first on top and what is done last", () => {
    const request = (id: string, state: string, answer: string, finish: string) =>
      ({ id, state, answer_due: answer, finish_due: finish, received: "" }) as SubjectRequest;
    const sorted = byDeadline([
      request("done", "done", "2026-01-01", "2026-01-01"),
      request("answered", "answered", "2026-01-01", "2026-11-30"),
      request("new", "open", "2026-11-26", "2026-12-30"),
    ]);
    expect(sorted.map((r) => r.id)).toEqual(["new", "answered", "done"]);
  });
});

describe("a promise", () => {
  it("is offered for each day once, in order", () => {
    expect(promiseDays("2026-11-24")).toEqual([
      "2026-11-25",
      "2026-11-26",
      "2026-11-28",
      "2026-11-29",
      "2026-12-01",
    ]);
    // On a Saturday the next one is a week away, and tomorrow is Sunday.
    expect(promiseDays("2026-11-28")).toEqual(["2026-11-29", "2026-11-30", "2026-12-05"]);
  });
});

describe("a worklist", () => {
  const row = (id: string, village: string, household: string) =>
    ({ id, village, household, commune: { code: "1", name: "X" } }) as PersonRow;

  it("goes village by village and house by house", () => {
    const [first, second] = hamlets([
      row("a", "Thôn 2", "5"),
      row("b", "Thôn 1", "7"),
      row("c", "Thôn 2", "5"),
    ]);
    expect(first).toMatchObject({ village: "Thôn 1", people: 1 });
    expect(second?.houses.map((h) => h.rows.map((r) => r.id))).toEqual([["a", "c"]]);
  });

  it("does not put those without a household into one house", () => {
    expect(hamlets([row("a", "T", ""), row("b", "T", "")])[0]?.houses).toHaveLength(2);
  });
});

describe("an import", () => {
  it("takes spreadsheets and no other file", () => {
    expect(readable("Danh sách.XLSX")).toBe(true);
    expect(readable("a.csv")).toBe(true);
    expect(readable("a.xls.exe")).toBe(false);
  });

  it("is asked about again only while it moves", () => {
    expect(moving(stepOf("reading"))).toBe(true);
    expect(moving(stepOf("waiting"))).toBe(false);
    expect(percentOf(50, 200)).toBe(25);
    expect(percentOf(50, 0)).toBeNull();
  });
});

describe("keys over a pair", () => {
  const press = (key: string, ctrlKey = false) => ({ key, ctrlKey, metaKey: false, altKey: false });

  it("are the letters of the language's own words", () => {
    expect(moveOf(press("G"), "vi")).toBe("same");
    expect(moveOf(press("g"), "en")).toBeNull();
    expect(letterOf("apart", "en")).toBe("D");
  });

  it("leave the browser's own shortcuts alone", () => {
    expect(moveOf(press("s", true), "en")).toBeNull();
  });
});
