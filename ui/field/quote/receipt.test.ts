import type { Step } from "$shared/policy/engine";
import { expect, it } from "vitest";
import { citations, receipt, uncertain } from "./receipt";

const cited = (name: string, citation: string) => ({
  name,
  unit: "dong",
  value: 1,
  parameter: {
    name,
    citation,
    from: "2025-07-01",
    to: null,
    confirmed: true,
    checked: "2026-11-25",
  },
});
const step = (...operands: Step["operands"]): Step => ({
  rule: "r",
  operands,
  result: 1,
  unit: "dong",
  rounding: "none",
});

it("names each article of law once", () => {
  const trace = [
    step(cited("a", "Luật 41/2024/QH15, Điều 36"), { name: "given", unit: "dong", value: 2 }),
    step(cited("b", "Nghị định 159/2025/NĐ-CP, Điều 5"), cited("a", "Luật 41/2024/QH15, Điều 36")),
  ];
  expect(citations({ trace })).toEqual([
    "Luật 41/2024/QH15, Điều 36",
    "Nghị định 159/2025/NĐ-CP, Điều 5",
  ]);
});

it("is a text with a line for each amount", () => {
  expect(receipt(["Mỗi tháng: 198.000 đồng"], [["Mức đóng", "330.000"]], ["", "Theo: Luật"])).toBe(
    "Mỗi tháng: 198.000 đồng\nMức đóng: 330.000\nTheo: Luật",
  );
});

it("does not call uncertain that nobody looked at the law today", () => {
  expect(uncertain({ notices: [{ code: "beyond" }] })).toBe(false);
  expect(uncertain({ notices: [{ code: "beyond" }, { code: "unconfirmed" }] })).toBe(true);
});
