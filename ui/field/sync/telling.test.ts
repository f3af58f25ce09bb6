import { expect, it } from "vitest";
import type { PhoneState } from "$shared/office";
import { gistOf, isToTell, tellAgain } from "./telling";

const state = (change: Partial<PhoneState> = {}): PhoneState => ({
  app: "index-A",
  signal: "idle",
  epoch: "e1",
  records: { waiting: 0, sent: 3, refused: 0, conflict: 0, apart: 0, mended: 0 },
  refused: [],
  used: 1_000_000,
  room: 6_000_000_000,
  lasting: true,
  offset_ms: 800,
  browser: "Chrome 126",
  language: "vi",
  installed: true,
  offline: true,
  lists: [{ commune: "02839", people: 800, at: "2026-11-20T01:00:00.000Z" }],
  ...change,
});

const now = new Date("2026-11-20T09:00:00Z");
const told = { at: now.toISOString(), gist: gistOf(state()) };
const later = (ms: number) => new Date(now.getTime() + ms);

it("tells what was never told, and nothing twice within some hours", () => {
  expect(isToTell(state(), undefined, now)).toBe(true);
  expect(isToTell(state(), told, later(tellAgain - 1))).toBe(false);
  expect(isToTell(state(), told, later(tellAgain))).toBe(true);
  expect(isToTell(state(), told, later(-400 * 86_400_000))).toBe(true);
});

it("tells at once what bears on the day", () => {
  const records = state().records;
  const changes: Partial<PhoneState>[] = [
    { app: "index-B" },
    { offline: false },
    { lasting: false },
    { room: 100_000_000 },
    { offset_ms: -7_000 },
    { offset_ms: 61_000 },
    { records: { ...records, waiting: 1 } },
    { records: { ...records, refused: 1 } },
    { lists: [] },
    { lists: [{ commune: "02839", people: 801, at: "2026-11-20T01:00:00.000Z" }] },
    { rehearsed: { at: "2026-11-20T08:00:00.000Z", ok: true } },
  ];
  for (const change of changes) expect(isToTell(state(change), told, later(1))).toBe(true);
});

it("is silent about what always moves", () => {
  const records = state().records;
  const changes: Partial<PhoneState>[] = [
    { used: 2_000_000 },
    { offset_ms: -900 },
    { reached: "2026-11-20T09:00:00Z" },
    { records: { ...records, sent: 99 } },
    { lists: [{ commune: "02839", people: 800, at: "2026-11-20T09:00:00.000Z" }] },
  ];
  for (const change of changes) expect(isToTell(state(change), told, later(1))).toBe(false);
});
