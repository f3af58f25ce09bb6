import { expect, it } from "vitest";
import type { Review } from "$shared/api";
import type { Flag } from "$shared/league";
import type { Apart } from "$shared/office";
import type { SentBack } from "$shared/sentback";
import { idOf, moveOf, rowsOf, step, windowOf } from "./rows";

const review = (reason: Review["reason"], entry: string): Review => ({
  reason,
  entry,
  other: "",
  acts: ["leave"],
  kind: "enrolment",
  at: "2025-11-08T03:00:00Z",
  office: "Sa Pa",
  office_id: "sa-pa",
  commune: "Bản Liền",
});
const rows = rowsOf(
  [review("future", "1"), review("clock_set", "2"), review("future", "3")],
  [
    {
      entry: "4",
      by: "2025-11-08",
      asked: "2025-11-05",
      topic: "",
      office: "Bắc Hà",
      office_id: "bac-ha",
      commune: "Tả Van",
      acts: ["answer"],
    },
  ],
);

it("puts rows of one reason together, questions among them", () => {
  expect(rows.map((r) => r.entry)).toEqual(["1", "3", "2", "4"]);
});

it("lists days that look unlikely and what was held back, each with what settles it", () => {
  const office = { id: "sa-pa", name: "Sa Pa" };
  const day = (day: string) =>
    ({
      office,
      campaigner: { id: "", name: "" },
      day,
      indicator: "enrolments",
      reason: "jump",
    }) as Flag;
  const beside = {
    unlikely: [day("2025-11-07"), day("2025-11-08")],
    may_pass: false,
    held: [{ entry: "9", kind: "consultation", received: "2025-11-09T03:00:00Z", office } as Apart],
  };
  const all = rowsOf([review("future", "1")], [], [], beside);
  expect(all.map((r) => [r.why, r.at, r.acts])).toEqual([
    ["future", "2025-11-08T03:00:00Z", ["leave"]],
    ["unlikely", "2025-11-07", []],
    ["unlikely", "2025-11-08", []],
    ["held", "2025-11-09T03:00:00Z", ["take", "drop"]],
  ]);
  expect(new Set(all.map((r) => idOf(r.item))).size).toBe(4);
  const [, unlikely] = rowsOf([review("future", "1")], [], [], { ...beside, may_pass: true });
  expect(unlikely?.acts).toEqual(["pass"]);
});

it("moves by keys, and to the next reason", () => {
  expect(moveOf({ key: "j", ctrlKey: false, metaKey: false, altKey: false })).toBe("down");
  expect(moveOf({ key: "n", ctrlKey: true, metaKey: false, altKey: false })).toBe(null);
  expect(step(rows, 0, "down")).toBe(1);
  expect(step(rows, 0, "up")).toBe(0);
  expect(step(rows, 3, "down")).toBe(3);
  expect([0, 2, 3].map((at) => step(rows, at, "reason"))).toEqual([2, 3, 0]);
});

it("draws no more than the screen holds and some around", () => {
  expect(windowOf(2000, 0, 480, 48)).toEqual({ from: 0, to: 20 });
  expect(windowOf(2000, 48_000, 480, 48)).toEqual({ from: 990, to: 1020 });
  expect(windowOf(5, 0, 480, 48)).toEqual({ from: 0, to: 5 });
});

it("lists of what was sent back what the server lists, each with what settles it", () => {
  const asked = (entry: string, listed: boolean, answered = false): SentBack => ({
    id: `q${entry}`,
    at: "2025-11-05T03:00:00Z",
    by: "Mô phỏng Trưởng",
    entry,
    kind: "enrolment",
    author: "Mô phỏng Cán bộ",
    office: "Sa Pa",
    office_id: "sa-pa",
    commune: "Bản Liền",
    listed,
    may_settle: true,
    ...(answered && {
      answer: {
        entry: `${entry}b`,
        at: "2025-11-07T03:00:00Z",
        by: "Mô phỏng Cán bộ",
        withdrawn: false,
      },
    }),
  });
  const all = [asked("1", true), asked("2", true, true), asked("3", false, true)];
  expect(rowsOf([], [], all).map((r) => [r.why, r.entry, r.item.entry, r.at, r.acts])).toEqual([
    ["asked", "1", "q1", "2025-11-05T03:00:00Z", ["unask"]],
    ["answered", "2b", "q2", "2025-11-07T03:00:00Z", ["leave"]],
  ]);
});
