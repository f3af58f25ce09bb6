import { expect, it } from "vitest";
import type { Entry } from "../store/entry";
import type { Activity } from "../sync/pull";
import { saidBy, teamOf } from "./coming";

const start = "2026-11-21T01:00:00Z";
const a = (answers: object[] = []): Activity =>
  ({
    id: "a",
    start,
    lead: "lea",
    lead_name: "Lead",
    team: [
      { id: "ann", name: "Ann" },
      { id: "bob", name: "Bob" },
      { id: "cam", name: "Cam" },
    ],
    answers,
  }) as unknown as Activity;

const entry = (seq: number, coming: boolean, at = start): Entry =>
  ({
    kind: "confirmation",
    activity: "a",
    seq,
    device_time: `2026-11-20T0${seq}:00:00Z`,
    body: { coming, for: at, ...(!coming && { reason: "travel" }) },
  }) as unknown as Entry;

it("takes the last that was said here, for the start that was seen", () => {
  expect(saidBy(a(), "ann", [])).toBeNull();
  expect(saidBy(a(), "ann", [entry(2, true), entry(1, false)])).toEqual({
    coming: true,
    reason: "",
    stale: false,
  });
  expect(saidBy(a(), "ann", [entry(1, true, "2026-11-20T01:00:00Z")])?.stale).toBe(true);
});

it("takes what was said on another phone, where that was later", () => {
  const there = (at: string) => [{ id: "ann", coming: false, reason: "work", stale: false, at }];
  expect(saidBy(a(there("2026-11-20T05:00:00Z")), "ann", [entry(1, true)])?.coming).toBe(false);
  expect(saidBy(a(there("2026-11-20T00:30:00Z")), "ann", [entry(1, true)])?.coming).toBe(true);
  expect(saidBy(a(there("2026-11-20T05:00:00Z")), "bob", [])).toBeNull();
});

it("tells the lead who comes, who cannot, and whose answer is for an earlier plan", () => {
  expect(
    teamOf(
      a([
        { id: "ann", coming: true, reason: "", stale: true, at: start },
        { id: "bob", coming: false, reason: "work", stale: false, at: start },
        { id: "lea", coming: true, reason: "", stale: false, at: start },
        { id: "cam", coming: true, reason: "", stale: false, at: start },
      ]),
      "cam",
    ),
  ).toEqual({
    coming: ["Lead"],
    declined: [{ name: "Bob", reason: "work" }],
    silent: ["Ann"],
  });
});
