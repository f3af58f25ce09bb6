import { expect, it } from "vitest";
import { ask, bare, said, type Article } from "./articles";
import type { Engine } from "./engine";

const article: Article = {
  id: "a",
  topic: "other",
  title: { vi: "a", en: "a", bn: "a" },
  also: { vi: [], en: [], bn: [] },
  asks: [
    { as: "least", question: { quote: "voluntary-si" } },
    { as: "dead", question: { quote: "death", "average-income": "{least.line}" } },
  ],
  parts: [],
};

/** An engine that answers with what it was asked. */
const asked: Record<string, unknown>[] = [];
const engine = {
  ask: (question: Record<string, unknown>) => {
    asked.push(question);
    if (question["quote"] === "death" && question["average-income"] !== 1_500_000) {
      return { error: { code: "value" } };
    }
    return {
      members: [{ payable: 7_000 }],
      paths: [{ first_month: "2042-02" }],
      version: "",
      notices: [],
      trace: [
        {
          rule: "part",
          operands: [{ name: "times", unit: "times", value: "3/2" }],
          result: 1,
          unit: "dong",
          rounding: "none",
        },
        {
          rule: "part",
          operands: [
            { name: "line", unit: "dong", value: 1_500_000 },
            { name: "rate", unit: "rate", value: "11/50" },
          ],
          result: 330_000,
          unit: "dong",
          rounding: "none",
        },
      ],
    };
  },
} as unknown as Engine;

it("puts the numbers of the answers into a text, each by its unit", () => {
  const answers = ask(article, engine, "2026-11-25");
  expect(asked.every((q) => q["on"] === "2026-11-25")).toBe(true);
  const text =
    "{dead.part} {dead.times} {dead.rate} {dead.members.0.payable} {dead.paths.0.first_month}";
  expect(said(text, answers).replaceAll("\u00a0", " ")).toBe(
    "330.000 đồng 1,5 22% 7.000 đồng 02/2042",
  );
});

it("shows that a number is not known", () => {
  expect(said("{dead.part}, {none.part}, {least.none}, {least.members.3.payable}", new Map())).toBe(
    "…, …, …, …",
  );
});

it("is searched without its numbers", () => {
  expect(bare("đóng {a.b} một tháng")).toBe("đóng   một tháng");
});
