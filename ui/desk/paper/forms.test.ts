import { describe, expect, it } from "vitest";
import type { EntryDetail } from "$shared/api";
import {
  empty,
  entryOf,
  fateOf,
  faultsOf,
  next,
  withdrawalOf,
  type Form,
  type Kind,
  type Pile,
} from "./forms";

const pile: Pile = {
  campaign: "c",
  office: "a",
  author: "ann",
  day: "2025-11-09",
  time: "08:30",
  activity: "",
  commune: "001",
};

describe("a paper form", () => {
  it("keeps the day and the author that stand on the paper", () => {
    const form = { ...empty, name: " Mô phỏng Lan ", citizen: "001099000001" };
    const entry = entryOf("consultation", form, pile, Date.UTC(2025, 10, 12));
    expect(entry).toMatchObject({
      author: "ann",
      device: "desk",
      happened_at: "2025-11-09T08:30:00+07:00",
      device_time: "2025-11-12T00:00:00.000Z",
      person: { name: "Mô phỏng Lan", citizen: "001099000001", commune: "001" },
      body: { topics: ["contribution"] },
    });
    expect(entry.id[14]).toBe("7");
    expect(entry.person?.birth).toBeUndefined();
  });

  const campaign = { start: "2025-11-01", end: "2025-11-10" };
  const now = new Date("2025-11-09T10:00:00+07:00");
  const full = { ...empty, name: "x" };
  const faults = (kind: Kind, form: Form, change: Partial<Pile> = {}) =>
    faultsOf(kind, form, { ...pile, ...change }, campaign, now);

  it("says what is missing", () => {
    expect(faults("consultation", full)).toEqual({});
    expect(faults("consultation", empty)).toEqual({ name: "paper.lacks.name" });
    expect(faults("enrolment", { ...full, citizen: "12" })).toEqual({
      citizen: "paper.citizen.wrong",
    });
    expect(faults("enrolment", { ...full, prior: "lapsed" })).toEqual({
      last_month: "paper.lacks.last_month",
    });
    expect(faults("activity_held", empty)).toEqual({ activity: "paper.lacks.activity" });
    expect(faults("activity_held", empty, { activity: "x" })).toEqual({});
    expect(Object.keys(faults("consultation", empty, { author: "", commune: "" }))).toEqual([
      "author",
      "commune",
      "name",
    ]);
  });

  it("is not of a day that cannot count", () => {
    for (const [change, want] of [
      [{ day: "2025-11-09", time: "10:00" }, {}],
      [{ day: "2025-11-09", time: "10:01" }, { time: "paper.time.future" }],
      [{ day: "2025-11-08", time: "23:59" }, {}],
      [{ day: "2025-11-10" }, { day: "paper.day.future" }],
      [{ day: "2025-11-11" }, { day: "paper.day.outside" }],
      [{ day: "2024-11-09" }, { day: "paper.day.outside" }],
      [{ day: "" }, { day: "paper.day.outside" }],
      [{ time: "" }, { time: "paper.lacks.time" }],
    ] as const) {
      expect(faults("consultation", full, change), JSON.stringify(change)).toEqual(want);
    }
  });

  it("tells what does not count, and why", () => {
    const counted = (indicator: string, value: number, late = 0) =>
      ({ indicator, value, late }) as EntryDetail["counted"][number];
    const reached = counted("reached.identified", 1);
    const review = { reason: "duplicate_enrolment", other: "" } as const;
    const fate = (kind: Kind, told: EntryDetail["counted"], reviews: (typeof review)[] = []) =>
      fateOf(kind, { counted: told, reviews });
    expect(fate("consultation", [counted("consultations", 1)])).toEqual({ counts: true, why: [] });
    expect(fate("enrolment", [reached, counted("renewals.self_paid_hi", 1)]).counts).toBe(true);
    expect(fate("enrolment", [reached], [review, review])).toEqual({
      counts: false,
      why: ["duplicate_enrolment"],
    });
    expect(fate("enrolment", [reached])).toEqual({ counts: false, why: ["stage"] });
    expect(fate("noncash_switch", [counted("switches.noncash", 0, 1)])).toEqual({
      counts: false,
      why: ["late"],
    });
  });

  it("leaves the choices for the next one, and no person", () => {
    const form = {
      ...empty,
      name: "x",
      citizen: "1",
      birth: "1980",
      scheme: "voluntary_si" as const,
    };
    expect(next(form)).toEqual({ ...empty, scheme: "voluntary_si" });
  });

  it("is taken back by an entry of its own", () => {
    const entry = entryOf("enrolment", { ...empty, name: "x" }, pile);
    const back = withdrawalOf(entry, "lea");
    expect(back).toMatchObject({ supersedes: entry.id, author: "lea", withdrawn: "paper" });
    expect(back).not.toHaveProperty("body");
  });
});
