import { expect, it } from "vitest";
import { suggest } from "./kit";

const file = (id: string, start = "2025-11-01") =>
  JSON.stringify({ campaign: { id, start, name: { vi: "Tháng 11 năm 2025", en: "Festival" } } });

it("suggests the same weekday of a year to come, and its year in the names", () => {
  expect(suggest(file("lao-cai-2025"), "2026-01-05")).toEqual({
    id: "lao-cai-2026",
    start: "2026-10-31",
    name: { vi: "Tháng 11 năm 2026", en: "Festival" },
  });
  expect(suggest(file("thang-11"), "2027-01-05")).toMatchObject({
    id: "thang-11-2027",
    start: "2027-10-30",
  });
});

it("suggests nothing for what is no such file", () => {
  for (const text of ["", "{", "null", "[]", '{"campaign":{}}', file("a", "2025-13-01")]) {
    expect(suggest(text, "2026-01-05")).toBeNull();
  }
});
