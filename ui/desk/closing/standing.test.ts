import { expect, it } from "vitest";
import type { Day, Stand } from "$shared/closing";
import { inOrder, lateOf, stateOf } from "./standing";

const stand = (more: Partial<Stand> = {}): Stand => ({
  closed: null,
  figures: {},
  late: {},
  unclosed: 0,
  reviews: 0,
  may_close: false,
  may_reopen: false,
  waiting: false,
  ...more,
});
const closed = { at: "2025-11-09T03:00:00Z", by: "", office: { id: "a", name: "A" }, above: false };
const day = (on: string, more: Partial<Stand> = {}): Day => ({
  day: on,
  running: false,
  ...stand(more),
});

it("says in one word how a day stands", () => {
  expect(stateOf(stand(), stand())).toBe("open");
  expect(stateOf(stand({ closed }), stand())).toBe("confirmed");
  expect(stateOf(stand(), stand({ closed }))).toBe("confirmed"); // the campaign is closed
  expect(stateOf(stand({ closed, late: { enrolments: -1 } }), stand())).toBe("late");
  expect(stateOf(stand({ closed, waiting: true }), stand())).toBe("waiting");
});

it("tells what came late by what is checked first", () => {
  const late = lateOf(stand({ late: { consultations: 2, sessions: 1, people_reached: 3 } }));
  expect(late.map((l) => l.indicator)).toEqual(["people_reached", "sessions", "consultations"]);
});

it("lists the next day to confirm first", () => {
  const days = [
    day("2025-11-06", { closed }),
    day("2025-11-07", { may_close: true }),
    day("2025-11-08", { closed }),
    day("2025-11-09", { may_close: true }),
  ];
  const order = inOrder(days).map((d) => d.day.slice(8));
  expect(order).toEqual(["07", "09", "08", "06"]);
});
