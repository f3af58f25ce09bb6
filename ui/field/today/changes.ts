/**
 * What changed in a worker's plan since they last said that they had seen it:
 * a pure comparison of what was seen with what was pulled.
 */
import type { Activity } from "../sync/pull";

/** What of an activity a worker has seen. */
export interface Seen {
  readonly kind: string;
  readonly start: string;
  readonly end: string;
  readonly place: string;
  readonly cancelled: boolean;
  readonly team: readonly string[];
}

/** By the id of the activity. */
export type SeenPlan = Readonly<Record<string, Seen>>;

export interface Change {
  readonly id: string;
  readonly kind: string;
  readonly place: string;
  readonly start: string;
  /** Why it was moved or called off. */
  readonly reason: string;
  /** As it was seen; none of an activity that is new to the worker. */
  readonly was: Seen | undefined;
  readonly moved: boolean;
  readonly elsewhere: boolean;
  /** Called off, or taking place after all. */
  readonly cancelled: boolean;
  readonly revived: boolean;
  readonly joined: readonly string[];
  /** The worker is in it no more, or the plan is without it. */
  readonly gone: boolean;
}

const unchanged = {
  moved: false,
  elsewhere: false,
  cancelled: false,
  revived: false,
  joined: [],
} as const;

export const seenOf = (a: Activity): Seen => ({
  kind: a.kind,
  start: a.start,
  end: a.end,
  place: a.place,
  cancelled: a.status === "cancelled",
  team: [...new Set([a.lead, ...a.team.map((m) => m.id)])].filter(Boolean).sort(),
});

export const seenPlan = (activities: readonly Activity[]): SeenPlan =>
  Object.fromEntries(activities.filter((a) => a.mine).map((a) => [a.id, seenOf(a)]));

/** The changes that bear on the worker, of activities that are not over, the next first. */
export function changesOf(
  seen: SeenPlan,
  activities: readonly Activity[],
  me: string,
  now: Date,
): Change[] {
  const changes: Change[] = [];
  const here = new Set(activities.map((a) => a.id));
  for (const [id, was] of Object.entries(seen)) {
    if (here.has(id) || was.cancelled || Date.parse(was.end) < now.getTime()) continue;
    const { kind, place, start } = was;
    changes.push({ id, kind, place, start, reason: "", was, ...unchanged, gone: true });
  }
  for (const a of activities) {
    const was = seen[a.id];
    if (!a.mine && !was) continue;
    // Of what was to be by now it is still told that it was not.
    if (Date.parse(a.end) < now.getTime() && (!was || Date.parse(was.end) < now.getTime()))
      continue;
    const is = seenOf(a);
    const names = new Map(a.team.map((m) => [m.id, m.name]));
    const change: Change = {
      id: a.id,
      kind: a.kind,
      place: a.place,
      start: a.start,
      reason: a.reason,
      was,
      moved: !!was && (was.start !== is.start || was.end !== is.end),
      elsewhere: !!was && was.place !== is.place,
      cancelled: is.cancelled && !was?.cancelled,
      revived: !is.cancelled && !!was?.cancelled,
      joined: was
        ? is.team
            .filter((id) => id !== me && !was.team.includes(id))
            .map((id) => names.get(id) ?? a.lead_name)
        : [],
      gone: !!was && !a.mine,
    };
    const told =
      (!was && !is.cancelled) ||
      change.moved ||
      change.elsewhere ||
      (was && change.cancelled) ||
      change.revived ||
      change.joined.length ||
      change.gone;
    if (told) changes.push(change);
  }
  return changes.sort((x, y) => (x.start < y.start ? -1 : 1));
}

/** What was seen, with one change more; what is long over falls away. */
export function acknowledged(
  seen: SeenPlan,
  activities: readonly Activity[],
  id: string,
  now: Date,
): SeenPlan {
  const next = new Map(
    Object.entries(seen).filter(([, was]) => Date.parse(was.end) > now.getTime() - old),
  );
  const a = activities.find((a) => a.id === id);
  if (a?.mine) next.set(id, seenOf(a));
  else next.delete(id);
  return Object.fromEntries(next);
}

/** Longer than the server gives what is over; see fieldsync/pull.go. */
const old = 14 * 86_400_000;
