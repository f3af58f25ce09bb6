import { expect, it } from "vitest";
import type { Entry } from "../store/entry";
import { promisedOf } from "./promised";

const question = (id: string, body: Record<string, unknown>, more: Partial<Entry> = {}): Entry => ({
  id,
  v: 1,
  kind: "question",
  campaign: "c",
  commune: "02839",
  office: "o",
  author: "ann",
  device: "d",
  seq: 1,
  device_time: "2026-11-25T01:00:00Z",
  body: { text: `câu ${id}`, ...body },
  ...more,
});
const pending = (by: string) => ({ answered: "pending", promise_by: by });

it("tells open questions, the longest overdue first", () => {
  const all = [
    question("1", pending("2026-11-28")),
    question("2", pending("2026-11-20")),
    question("3", { answered: "at_once" }),
  ];
  expect(promisedOf(all).map((p) => [p.entry.id, p.by, p.text])).toEqual([
    ["2", "2026-11-20", "câu 2"],
    ["1", "2026-11-28", "câu 1"],
  ]);
});

it("forgets what was answered or taken back, and keeps what was put off", () => {
  const all = [
    question("1", pending("2026-11-20")),
    question("2", { answered: "later" }, { supersedes: "1" }),
    question("3", pending("2026-11-21")),
    question("4", {}, { supersedes: "3", withdrawn: "nhầm" }),
    question("5", pending("2026-11-22")),
    question("6", pending("2026-11-29"), { supersedes: "5" }),
  ];
  expect(promisedOf(all).map((p) => p.entry.id)).toEqual(["6"]);
});
