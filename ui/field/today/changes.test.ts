import { expect, it } from "vitest";
import type { Activity } from "../sync/pull";
import { acknowledged, changesOf, seenPlan } from "./changes";

const now = new Date("2026-11-25T08:00:00+07:00");
const one = (id: string, more: Partial<Activity> = {}) =>
  ({
    id,
    kind: "small_group",
    place: "Nhà văn hoá",
    start: "2026-11-26T18:00:00+07:00",
    end: "2026-11-26T20:00:00+07:00",
    status: "planned",
    reason: "",
    lead: "bob",
    lead_name: "Bốn",
    team: [{ id: "ann", name: "An" }],
    mine: true,
    ...more,
  }) as Activity;

it("tells what changed until the worker says that they know", () => {
  const before = [
    one("same"),
    one("rained"),
    one("off"),
    one("team"),
    one("gone"),
    one("out"),
    one("theirs", { mine: false }),
    one("over", { start: "2026-11-20T18:00:00+07:00", end: "2026-11-20T20:00:00+07:00" }),
  ];
  const seen = seenPlan(before);
  expect(changesOf(seen, before, "ann", now)).toEqual([]);
  const after = [
    one("same"),
    one("rained", {
      start: "2026-11-27T19:00:00+07:00",
      end: "2026-11-27T21:00:00+07:00",
      place: "Trường",
      status: "moved",
      reason: "weather",
    }),
    one("off", { status: "cancelled", reason: "weather" }),
    one("team", { team: [...one("team").team, { id: "cam", name: "Cam" }] }),
    one("out", { mine: false, team: [] }),
    one("theirs", { mine: false, start: "2026-11-26T19:00:00+07:00" }),
    one("new"),
    one("new and off", { status: "cancelled" }),
  ];
  const changes = changesOf(seen, after, "ann", now);
  const of = (id: string) => changes.find((c) => c.id === id);
  expect(changes.map((c) => c.id).sort()).toEqual(["gone", "new", "off", "out", "rained", "team"]);
  expect(of("rained")).toMatchObject({ moved: true, elsewhere: true, reason: "weather" });
  expect(of("rained")?.was?.start).toBe("2026-11-26T18:00:00+07:00");
  expect(of("off")).toMatchObject({ cancelled: true, reason: "weather" });
  expect(of("team")?.joined).toEqual(["Cam"]);
  expect(of("gone")?.gone && of("out")?.gone).toBe(true);
  expect(of("new")?.was).toBeUndefined();

  let known = seen;
  for (const { id } of changes) known = acknowledged(known, after, id, now);
  expect(changesOf(known, after, "ann", now)).toEqual([]);
  // What is moved again is told again.
  const again = after.map((a) =>
    a.id === "rained" ? { ...a, start: "2026-11-27T20:00:00+07:00" } : a,
  );
  expect(changesOf(known, again, "ann", now).map((c) => c.id)).toEqual(["rained"]);
});
