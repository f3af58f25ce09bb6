import type { Activity } from "$shared/api";
import { describe, expect, it } from "vitest";
import {
  dayWithin,
  fits,
  moment,
  monday,
  read,
  shownBy,
  spanOf,
  step,
  wall,
  write,
} from "./filters";

const first = "2025-11-12";
const at = (query: string) => new URL(`https://x/c/c/activities?${query}`);

describe("the days of a view", () => {
  it("are whole weeks from Monday, and of a month all weeks that touch it", () => {
    expect(monday("2025-11-16")).toBe("2025-11-10"); // a Sunday
    expect(spanOf("week", first)).toEqual({ from: "2025-11-10", to: "2025-11-16" });
    expect(spanOf("month", first)).toEqual({ from: "2025-10-27", to: "2025-11-30" });
    expect(spanOf("list", "2026-02-28")).toEqual({ from: "2026-02-01", to: "2026-02-28" });
    expect(spanOf("day", first)).toEqual({ from: first, to: first });
  });

  it("go on by a screen, through months of any length", () => {
    expect(step("day", "2025-12-31", 1)).toBe("2026-01-01");
    expect(step("teams", first, -1)).toBe("2025-11-05");
    expect(step("month", "2026-01-31", 1)).toBe("2026-02-01");
    expect(step("list", "2026-03-31", -1)).toBe("2026-02-01");
  });

  it("begin within the campaign", () => {
    expect(dayWithin("2025-10-01", "2025-11-01", "2025-11-24")).toBe("2025-11-01");
    expect(dayWithin("2026-10-01", "2025-11-01", "2025-11-24")).toBe("2025-11-24");
  });
});

describe("what is shown", () => {
  it("stands in the address, and what is as usual does not", () => {
    const url = at("office=a&on=2025-11-20&kind=songs");
    const filters = read(url, first);
    expect(filters).toMatchObject({ view: "week", on: "2025-11-20", office: "a", kind: "" });
    expect(write(url, filters, { q: "chợ", office: "" })).toBe(
      "/c/c/activities?on=2025-11-20&q=ch%E1%BB%A3",
    );
    expect(read(at("on=2025-02-30"), first).on).toBe(first);
  });

  it("is found by words of its place, its people and its vehicles, without tone marks", () => {
    const activity = {
      place: "Chợ phiên",
      room: "",
      sub_kind: "",
      commune: { code: "1", name: "Bản Liền" },
      village: { id: "", name: "" },
      office: { id: "a", name: "Bắc Hà" },
      vehicles: ["24A-1"],
      topics: [],
      team: [{ id: "x", name: "Mô phỏng Đào" }],
      kind: "booth",
      status: "planned",
    } as unknown as Activity;
    const asked = read(at(""), first);
    expect(fits(activity, { ...asked, q: "cho dao" })).toBe(true);
    expect(fits(activity, { ...asked, q: "24a lien" })).toBe(true);
    expect(fits(activity, { ...asked, q: "cho sapa" })).toBe(false);
    expect(fits(activity, { ...asked, status: "held" })).toBe(false);
  });
});

describe("a moment", () => {
  it("is what a clock in Viet Nam shows, wherever the browser is", () => {
    expect(wall("2025-11-22T18:30:00Z")).toBe("2025-11-23T01:30");
    expect(moment("2025-11-23", "01:30")).toBe("2025-11-23T01:30:00+07:00");
    const local = new Date(2025, 10, 23, 1, 30); // as a calendar hands it over
    expect(shownBy(local)).toEqual({ day: "2025-11-23", clock: "01:30" });
  });
});
