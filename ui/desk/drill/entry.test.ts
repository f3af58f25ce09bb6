import { describe, expect, it } from "vitest";
import { facts, text } from "./entry";

describe("a raw entry", () => {
  it("is told leaf by leaf", () => {
    const entry = { kind: "enrolment", body: { months: 3, team: ["a", "b"], note: "" } };
    expect(facts(entry)).toEqual([
      ["kind", "enrolment"],
      ["body.months", "3"],
      ["body.team[0]", "a"],
      ["body.team[1]", "b"],
    ]);
    expect(text(entry, "kind")).toBe("enrolment");
    expect(text(undefined, "kind")).toBe("");
  });
});
