import { describe, expect, it } from "vitest";
import type { Board } from "$shared/api";
import { begun } from "./begun";

describe("a campaign", () => {
  const nothing = { days: [], figures: {}, events: [] };
  const of = (part: object) => begun({ ...nothing, ...part } as unknown as Board);
  const event = (kind: string) => ({ events: [{ kind }] });

  it("has begun with its first record, not with its plan", () => {
    expect(of({})).toBe(false);
    expect(of(event("activity_planned"))).toBe(false);
    expect(of(event("activity_cancelled"))).toBe(false);
    expect(of(event("household_visit"))).toBe(true);
    expect(of({ days: [{ figures: { sessions: 1 } }], ...event("activity_moved") })).toBe(true);
    expect(of({ figures: { sessions: { value: 0, late: 1 } } })).toBe(true);
  });
});
