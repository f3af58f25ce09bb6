import { expect, it } from "vitest";
import type { Review } from "$shared/api";
import type { SentBack } from "$shared/sentback";
import { moveOf, rowsOf, step, windowOf } from "./rows";

const review = (reason: Review["reason"], entry: string): Review => ({
  reason,
  entry,
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
    },
  ],
);

it("puts rows of one reason together, questions among them", () => {
  expect(rows.map((r) => r.entry)).toEqual(["1", "3", "2", "4"]);
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

it("lists what was sent back: who waits since when, and answers of seven days that nobody asked about", () => {
  const asked = (entry: string, answer?: { entry: string; at: string }): SentBack => ({
    id: `q${entry}`,
    at: "2025-11-05T03:00:00Z",
    by: "Mô phỏng Trưởng",
    entry,
    kind: "enrolment",
    author: "Mô phỏng Cán bộ",
    office: "Sa Pa",
    office_id: "sa-pa",
    commune: "Bản Liền",
    ...(answer && { answer: { ...answer, by: "Mô phỏng Cán bộ", withdrawn: false } }),
  });
  const all = [
    asked("1"),
    asked("2", { entry: "2b", at: "2025-11-07T03:00:00Z" }),
    asked("3", { entry: "3b", at: "2025-11-01T03:00:00Z" }), // long ago
    asked("4", { entry: "4b", at: "2025-11-07T03:00:00Z" }), // asked about again
    asked("4b"),
  ];
  const now = Date.parse("2025-11-09T03:00:00Z");
  expect(rowsOf([], [], all, now).map((r) => [r.why, r.entry, r.at])).toEqual([
    ["asked", "1", "2025-11-05T03:00:00Z"],
    ["asked", "4b", "2025-11-05T03:00:00Z"],
    ["answered", "2b", "2025-11-07T03:00:00Z"],
  ]);
});
