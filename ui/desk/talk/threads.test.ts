import { expect, it } from "vitest";
import type { Anchor, Thread } from "$shared/talk";
import { parse } from "../route";
import { atOf, hrefOf, inState, step } from "./threads";

const none = { id: "", name: "" };
const figure: Anchor = {
  kind: "figure",
  figure: "people_reached",
  office: { id: "a", name: "Cơ sở A" },
  commune: { code: "001", name: "Xã mô phỏng" },
  elsewhere: false,
  day: "2025-11-08",
  activity: "",
  activity_kind: "",
  place: "",
  start: null,
};
const of = (change: Partial<Anchor>): Anchor => ({ ...figure, ...change });

it("leads to the figure, which opens", () => {
  const route = parse(new URL(hrefOf("c", figure, "a"), "http://desk"));
  expect(route).toMatchObject({
    screen: "board",
    campaign: "c",
    drill: { indicator: "people_reached", office: "a", commune: "001", day: "2025-11-08" },
  });
});

it("leads to the day of the office, and to the activity on its day", () => {
  const day = of({ kind: "day", figure: "", commune: { code: "", name: "" } });
  expect(hrefOf("c", day, "a")).toBe("/c/c/closing?of=a&on=2025-11-08&rows=days");
  const activity = of({
    kind: "activity",
    activity: "019a",
    start: "2025-11-07T18:30:00Z", // the 8th in Viet Nam
  });
  expect(hrefOf("c", activity, "a")).toBe("/c/c/activities?view=day&on=2025-11-08&activity=019a");
});

it("asks again at the same place, and names nothing that is not there", () => {
  expect(atOf(figure)).toEqual({
    figure: "people_reached",
    office: "a",
    commune: "001",
    day: "2025-11-08",
  });
  expect(
    atOf(of({ office: none, commune: { code: "", name: "" }, day: "", elsewhere: true })),
  ).toEqual({
    figure: "people_reached",
    elsewhere: true,
  });
  expect(atOf(of({ kind: "activity", activity: "019a" }))).toEqual({ activity: "019a" });
});

it("shows what is asked for", () => {
  const thread = (settled: boolean, waits: boolean) =>
    ({ settled, waits, office: { id: "a", name: "" } }) as Thread;
  expect(inState(thread(true, false), "open")).toBe(false);
  expect(inState(thread(true, false), "all")).toBe(true);
  expect(inState(thread(false, false), "waiting")).toBe(false);
  expect(inState(thread(false, true), "waiting")).toBe(true);
});

it("stays within the list", () => {
  expect([step(3, 0, "up"), step(3, 0, "down"), step(3, 2, "down"), step(0, 0, "down")]).toEqual([
    0, 1, 2, 0,
  ]);
});
