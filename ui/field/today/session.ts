/** What stands of a session: its head count and whose it is, and when it was. */
import { dayOf, noon } from "$shared/i18n/dates";
import type { Entry } from "../store/entry";
import type { Activity } from "../sync/pull";

/** The head count of a session, and what this worker can do about it. */
export interface Count {
  /** Who counted; empty where nobody did, or it was this worker. */
  readonly by: string;
  readonly heads: number | null;
  /** The record that a correction names; one without counts anew. */
  readonly corrects: string | undefined;
  /** What this worker records now is looked at by the lead, and changes nothing before. */
  readonly apart: boolean;
  /** What this worker has told so, apart from what counts. */
  readonly told: number | null;
}

const headsOf = (entry: Entry) => Number((entry.body as { head_count?: unknown }).head_count);

/**
 * Of the head counts of a session the lead's counts, else the earlier; a
 * correction names what it corrects, and is for who counted or a lead of their
 * office (tally/session.go, journal/append.go). `own` are this worker's records
 * that hold on this phone.
 */
export function countOf(a: Activity, me: string, own: readonly Entry[]): Count {
  const mine = own
    .filter((e) => e.kind === "activity_held" && e.activity === a.id)
    .sort((x, y) => y.seq - x.seq)[0];
  const there = a.held;
  const none = { by: "", heads: null, corrects: undefined, apart: false, told: null };
  if (!there) {
    return mine ? { ...none, heads: headsOf(mine), corrects: mine.id } : none;
  }
  // What was recorded here since the plan came corrects it, or is the lead's.
  const follows = mine && followsOn(mine, there.id, own);
  if (mine && (follows || (a.lead === me && there.author.id !== me))) {
    return { ...none, heads: headsOf(mine), corrects: mine.id };
  }
  const by = there.author.id === me ? "" : there.author.name;
  const heads = a.head_count;
  if (there.may) return { ...none, by, heads, corrects: there.id };
  if (a.lead === me) return { ...none, by, heads };
  return {
    by,
    heads,
    corrects: mine?.id,
    apart: true,
    told: mine ? headsOf(mine) : null,
  };
}

/** Whether a record is that one, or corrects it over records of this phone. */
function followsOn(entry: Entry, id: string, own: readonly Entry[]): boolean {
  for (let e: Entry | undefined = entry; e;) {
    if (e.id === id || e.supersedes === id) return true;
    const before: string | undefined = e.supersedes;
    e = before ? own.find((o) => o.id === before) : undefined;
  }
  return false;
}

/** A session counts on the day on which it began, also one that ends after midnight. */
const short = 24 * 3_600_000;

/**
 * When a session was, for a record that is made now: nothing while its day
 * lasts, since the record's own time says it; else its end, or for one that
 * went into the small hours the last second of the day on which it began.
 */
export function heldAt(a: Pick<Activity, "start" | "end">, now: Date): string | undefined {
  const began = dayOf(a.start);
  const end = Date.parse(a.end);
  const overnight = dayOf(a.end) !== began && end - Date.parse(a.start) < short;
  const last = overnight ? noon(began).getTime() + 12 * 3_600_000 - 1000 : end;
  const over = overnight ? dayOf(now) > began : dayOf(now) > dayOf(a.end);
  return over ? new Date(last).toISOString() : undefined;
}

/** Sessions of the days before that nobody closed, the latest first. */
export function unclosed(
  activities: readonly Activity[],
  today: string,
  me: string,
  own: readonly Entry[],
): Activity[] {
  return activities
    .filter(
      (a) =>
        dayOf(a.end) < today &&
        a.mine &&
        (a.status === "planned" || a.status === "moved") &&
        countOf(a, me, own).heads === null,
    )
    .sort((x, y) => (x.start < y.start ? 1 : -1));
}
