import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Readiness } from "$shared/readiness";
import { sorted } from "../tables/sorting";
import { isOpen, marksOf, rowsOf, weightOf } from "./rows";
import { isSo, say, toDo } from "./words";

const worker = (id: string, grade: "ok" | "warn" | "bad" | "unknown" | "", heard = "") => ({
  user: { id, name: `Mô phỏng ${id}` },
  office: { id: "a", name: "Cơ sở A" },
  seen: grade !== "",
  grade,
  ready: grade === "ok" || grade === "warn",
  ...(grade && { phone: { id: "d", name: "Máy", findings: [], ...(heard && { heard }) } }),
});
const member = (id: string, answer: "coming" | "declined" | "stale" | "silent") => ({
  user: { id, name: `Mô phỏng ${id}` },
  lead: false,
  answer,
  reason: "",
});
const told = {
  workers: [
    worker("an", "ok", "2026-11-20T05:00:00Z"),
    worker("binh", "warn", "2026-11-20T01:00:00Z"),
    worker("cuc", "bad", "2026-11-10T01:00:00Z"),
    worker("dung", ""),
  ],
  activities: [
    {
      id: "1",
      place: "Nhà văn hóa",
      commune: { code: "1", name: "Xã Một" },
      office: { id: "a", name: "Cơ sở A" },
      team: [member("an", "coming"), member("binh", "silent")],
    },
    {
      id: "2",
      place: "Chợ Bắc Hà",
      commune: { code: "2", name: "Xã Hai" },
      office: { id: "a", name: "Cơ sở A" },
      team: [member("cuc", "coming"), member("dung", "coming")],
    },
  ],
} as unknown as Readiness;

it("knows what is not ready, and how much that asks for something", () => {
  const rows = rowsOf(told);
  const ids = (list: typeof rows) => list.map((r) => r.member.user.id);
  expect(ids(rows)).toEqual(["an", "binh", "cuc", "dung"]); // by time, as they came
  expect(ids(rows.filter(isOpen))).toEqual(["binh", "cuc"]);
  expect(ids(sorted(rows, weightOf, false))).toEqual(["binh", "cuc", "an", "dung"]);
});

it("says once that a phone told nothing", () => {
  const w = worker("an", "unknown");
  const untold = (aspect: string) => ({ aspect, grade: "unknown", code: "untold", n: 0 });
  w.phone = { ...w.phone, findings: [untold("app"), untold("clock")] } as never;
  expect(marksOf(w as never).map((f) => f.code)).toEqual(["untold"]);
  expect(marksOf(undefined)).toEqual([]);
});

it("has words for all that the server finds, and what to do about what is not well", () => {
  const source = readFileSync("../readiness/judge.go", "utf8");
  const found = [...source.matchAll(/"((?:heard|app|lists|room|clock|records|rehearsal)\.\w+)"/g)];
  const codes = [...new Set(found.map((m) => m[1] ?? ""))];
  const well = [...source.matchAll(/Grade: OK, Code: "([\w.]+)"|= OK, "([\w.]+)"/g)].map(
    (m) => m[1] ?? m[2],
  );
  expect(codes.length).toBeGreaterThan(25);
  for (const language of ["vi", "en", "bn"] as const) {
    say.choose(language);
    for (const code of [...codes, "untold"]) {
      const finding = { aspect: "app", grade: "bad", code, n: 2 } as const;
      expect([language, code, isSo(finding)]).not.toEqual([language, code, code]);
      if (!well.includes(code)) expect([code, toDo(finding)]).not.toEqual([code, ""]);
    }
  }
  say.choose("vi");
});
