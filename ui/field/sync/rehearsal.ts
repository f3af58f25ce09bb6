/**
 * A rehearsal: made-up records of the kinds that a day brings go to the real
 * server over the real network, are answered as if they were pushed, and are
 * kept nowhere. It tests the way; practice tests the worker.
 */
import { Refusal } from "$shared/refusal";
import type { Entry, Fact } from "../store/entry";
import { call, jsonOf, type Door } from "./door";
import type { Activity, Plan } from "./pull";
import type { Rehearsed } from "./telling";

/** Whom the records are about: nobody could take it for a name. */
const nobody = "Người diễn tập";

/** The activity for which it is rehearsed: the worker's next. */
export function nextOf(activities: readonly Activity[], now: Date): Activity | undefined {
  return activities
    .filter((a) => a.mine && a.status !== "cancelled" && Date.parse(a.end) > now.getTime())
    .sort((a, b) => Date.parse(a.start) - Date.parse(b.start))[0];
}

/** What the worker's next activity brings; without one, what is recorded at a door. */
export function madeUp(plan: Plan, campaign: string, now: Date): Fact[] {
  const next = nextOf(plan.activities, now);
  const where = {
    campaign: next?.campaign ?? campaign,
    commune: next?.commune.code ?? plan.communes[0]?.code ?? "",
  };
  const person = { name: nobody, commune: where.commune };
  const at = next && { activity: next.id };
  return [
    ...(at
      ? [
          { ...where, ...at, kind: "attendance" as const, body: { state: "arrived" } },
          { ...where, ...at, kind: "activity_held" as const, body: { head_count: 1 } },
        ]
      : []),
    { ...where, ...at, kind: "consultation", person, body: { topics: ["hi"] } },
    {
      ...where,
      ...at,
      kind: "enrolment",
      person,
      body: { scheme: "household_hi", stage: "pledged", prior: "none" },
    },
  ];
}

/** How a push would have been answered, for what is to be pushed. */
const taken = ["accepted", "repeated", "held-back"];

/** Whether a refusal is the server's word on what was sent, and not on who asks or when. */
const onIt = ({ status, code }: Refusal): boolean =>
  code !== "" && status >= 400 && status < 500 && ![401, 403, 404, 408, 425, 429].includes(status);

/** Rehearses a push. @throws Refusal where nobody of ours answered, or not to this. */
export async function rehearse(
  door: Door,
  device: string,
  entries: readonly Entry[],
  /** The server's clock less this phone's, in milliseconds. */
  offset: number,
): Promise<Rehearsed> {
  const sent_at = door.now().toISOString();
  const body = JSON.stringify({ device, sent_at, entries });
  try {
    const response = await call(door, "/api/v1/sync/rehearse", { method: "POST", body });
    const told = (await jsonOf(response)) as {
      rehearsed?: unknown;
      received?: unknown;
      results?: { id: string; status: string; code?: string }[];
    } | null;
    const results = told?.results ?? [];
    const ids = new Set(results.map((r) => r.id));
    // A portal's page says nothing of the way to us.
    if (told?.rehearsed !== true || !entries.every((e) => ids.has(e.id))) throw new Refusal(0, "");
    const bad = results.find((r) => !taken.includes(r.status));
    return outcome(String(told.received), bad ? (bad.code ?? bad.status) : "");
  } catch (error) {
    if (!(error instanceof Refusal) || !onIt(error)) throw error;
    return outcome(new Date(door.now().getTime() + offset).toISOString(), error.code);
  }
}

function outcome(at: string, code: string): Rehearsed {
  return { at, ok: !code, ...(/^[a-z_.]{1,60}$/.test(code) && { code }) };
}
