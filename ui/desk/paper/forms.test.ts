import { describe, expect, it } from "vitest";
import { empty, entryOf, missing, next, withdrawalOf, type Pile } from "./forms";

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

  it("says what is missing", () => {
    expect(missing("consultation", empty, pile)).toBe("name");
    expect(missing("enrolment", { ...empty, name: "x", citizen: "12" }, pile)).toBe("citizen");
    expect(missing("activity_held", empty, pile)).toBe("activity");
    expect(missing("activity_held", empty, { ...pile, activity: "x" })).toBe("");
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
