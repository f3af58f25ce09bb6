import { expect, it } from "vitest";
import { ageOf, coverOf, find, readVillagers, reasonFor } from "./neighbour";

const head = JSON.stringify({
  v: 1,
  commune: "02902",
  name: "Bản Liền",
  at: "2026-11-25T00:00:00Z",
  salt: "c2FsdA==",
  villages: [
    ["Đội 1", 2],
    ["Đội 2", 1],
  ],
});
const row = (id: string, village: number, name: string, hi: string, birth = "1982") =>
  JSON.stringify([id, village, "H1", name, "f", birth, hi, "", 48, 5, "", "", "", "ann", "abc"]);
const text = [
  head,
  row("p1", 0, "Mô phỏng Vàng Thị Mẩy", "2026-12-01"),
  row("p2", 0, "Mô phỏng Lù Seo Đủ", ""),
  row("p3", 1, "Mô phỏng Vàng Đình", "2026-11-01", "1990-12-31"),
].join("\n");

it("reads a snapshot, also one that was cut", () => {
  const whole = readVillagers(text);
  expect(whole?.people.length).toBe(3);
  expect(whole?.people[0]).toMatchObject({ village: "Đội 1", student: true, cash: true });
  const cut = readVillagers(text.split("\n").slice(0, 2).join("\n") + "\n");
  expect(cut?.people.map((p) => p.id)).toEqual(["p1"]);
  expect(readVillagers("")).toBeNull();
});

it("finds people without tone marks, in a village or everywhere", () => {
  const people = readVillagers(text)?.people ?? [];
  const ids = (typed: string, village = "") => find(people, typed, village).map((p) => p.id);
  expect(ids("vang")).toEqual(["p1", "p3"]);
  expect(ids("VÀNG may")).toEqual(["p1"]);
  expect(ids("du lu")).toEqual(["p2"]);
  expect(ids("vang", "Đội 2")).toEqual(["p3"]);
  expect(ids("")).toEqual(["p1", "p2", "p3"]);
});

it("says how somebody stands on a day", () => {
  const [p1, p2, p3] = readVillagers(text)?.people ?? [];
  if (!p1 || !p2 || !p3) throw new Error("nobody was read");
  expect([p1, p2, p3].map((p) => coverOf(p, "2026-11-25"))).toEqual(["ends_30", "none", "lapsed"]);
  expect(coverOf(p1, "2026-10-01")).toBe("current");
  expect(reasonFor(p1, "2026-10-01")).toBe("pension_cash");
  expect(ageOf(p1, "2026-11-25")).toBe(44);
  expect(ageOf(p3, "2026-11-25")).toBe(35); // not yet 36
});
