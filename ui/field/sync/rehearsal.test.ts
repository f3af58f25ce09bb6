import { expect, it } from "vitest";
import type { Entry } from "../store/entry";
import type { Door } from "./door";
import type { Activity, Plan } from "./pull";
import { madeUp, rehearse } from "./rehearsal";

const now = new Date("2026-11-20T09:00:00Z");

const activity = (id: string, start: string, change: Partial<Activity> = {}): Activity => ({
  id,
  campaign: "c",
  kind: "small_group",
  sub_kind: "",
  office: "a",
  commune: { code: "02839", name: "Xã mô phỏng" },
  place: "Nhà văn hóa",
  village: "",
  start,
  end: start.replace("T0", "T1"),
  status: "planned",
  reason: "",
  moved_from: null,
  lead: "ann",
  lead_name: "Ann",
  team: [],
  topics: [],
  head_count: null,
  held: null,
  present: [],
  mine: true,
  ...change,
});

const plan = (...activities: Activity[]) =>
  ({
    communes: [{ code: "00001", name: "Xã", office: "a", people: 1 }],
    activities,
  }) as unknown as Plan;

it("makes up what the worker's next activity brings, of somebody who is nobody", () => {
  const facts = madeUp(
    plan(
      activity("late", "2026-11-22T01:00:00Z"),
      activity("over", "2026-11-19T01:00:00Z"),
      activity("off", "2026-11-20T08:00:00Z", { status: "cancelled" }),
      activity("theirs", "2026-11-20T08:00:00Z", { mine: false }),
      activity("next", "2026-11-21T01:00:00Z"),
    ),
    "standing",
    now,
  );
  expect(facts.map((f) => [f.kind, f.activity, f.campaign, f.commune])).toEqual(
    ["attendance", "activity_held", "consultation", "enrolment"].map((kind) => [
      kind,
      "next",
      "c",
      "02839",
    ]),
  );
  for (const { person } of facts) {
    if (person) expect(person).toEqual({ name: "Người diễn tập", commune: "02839" });
  }
  expect(madeUp(plan(), "standing", now).map((f) => [f.kind, f.campaign, f.commune])).toEqual([
    ["consultation", "standing", "00001"],
    ["enrolment", "standing", "00001"],
  ]);
});

const entries = [{ id: "1" }, { id: "2" }] as unknown as Entry[];
const door = (response: () => Response): Door => ({
  url: "",
  token: "t",
  fetch: () => Promise.resolve(response()),
  now: () => now,
});
const told = (results: object[], more: object = { rehearsed: true }) =>
  door(() => Response.json({ received: "2026-11-20T09:00:01Z", results, ...more }));
const problem = (status: number, code: string) =>
  door(
    () =>
      new Response(JSON.stringify({ code }), {
        status,
        headers: { "Content-Type": "application/problem+json" },
      }),
  );

it("tells by the server's answers how it went", async () => {
  const all = [
    { id: "1", status: "accepted" },
    { id: "2", status: "held-back" },
  ];
  expect(await rehearse(told(all), "d", entries, 0)).toEqual({
    at: "2026-11-20T09:00:01Z",
    ok: true,
  });
  const one = [
    { id: "1", status: "accepted" },
    { id: "2", status: "refused", code: "right.missing" },
  ];
  expect(await rehearse(told(one), "d", entries, 0)).toEqual({
    at: "2026-11-20T09:00:01Z",
    ok: false,
    code: "right.missing",
  });
  // The whole of it is refused: a phone's clock is made right by what is known of it.
  expect(await rehearse(problem(422, "batch.size"), "d", entries, 60_000)).toEqual({
    at: "2026-11-20T09:01:00.000Z",
    ok: false,
    code: "batch.size",
  });
});

it("is no rehearsal where nobody of ours answered", async () => {
  const all = [
    { id: "1", status: "accepted" },
    { id: "2", status: "accepted" },
  ];
  for (const nobody of [
    told(all, {}), // a push
    told(all.slice(1)),
    door(() => new Response("<html>Xin chào</html>")),
    door(() => new Response("", { status: 502 })),
    problem(404, "not_found"),
    problem(503, "busy"),
  ]) {
    await expect(rehearse(nobody, "d", entries, 0)).rejects.toThrow();
  }
});
