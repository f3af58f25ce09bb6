/** What became of records on the server, as it tells their author. */
import type { Kept, Standing } from "../store/db";
import { call, jsonOf, type Door } from "./door";

export const fates = [
  "counted",
  "late",
  "kept",
  "review",
  "replaced",
  "waits",
  "no_effect",
  "apart",
  "absent",
] as const;
export type Fate = (typeof fates)[number];

export interface Told {
  readonly fate: Fate;
  /** Why somebody is to look at it; a code. */
  readonly reason: string;
}

/** The most of one request; see fieldsync.FatesOf. */
export const most = 500;

/** Asks for the fates of records, by id; of what the answer does not list nothing is known. @throws Refusal */
export async function askFates(door: Door, ids: readonly string[]): Promise<Map<string, Told>> {
  const body = JSON.stringify({ entries: ids });
  const answer = await jsonOf(await call(door, "/api/v1/sync/fates", { method: "POST", body }));
  const results = (answer as { results?: unknown } | null)?.results;
  const told = new Map<string, Told>();
  if (!Array.isArray(results)) return told; // a portal
  for (const result of results as { id?: unknown; fate?: unknown; reason?: unknown }[]) {
    const fate = fates.find((f) => f === result?.fate);
    if (fate && typeof result.id === "string") {
      told.set(result.id, { fate, reason: typeof result.reason === "string" ? result.reason : "" });
    }
  }
  return told;
}

/**
 * A record as its fate leaves it; null where it stays as it is. One that was
 * taken for sent and is not there goes again.
 */
export function fated(record: Kept, { fate, reason }: Told): Kept | null {
  const standing = standingOf(record.standing, fate);
  const before = record.fate;
  if (standing === record.standing && before?.fate === fate && before.reason === reason)
    return null;
  return { ...record, standing, fate: { fate, reason } };
}

function standingOf(standing: Standing, fate: Fate): Standing {
  switch (fate) {
    case "absent": // what was kept apart was dropped; all else is missing
      return standing === "apart" ? "apart" : "waiting";
    case "apart":
      return "apart";
    case "waits":
      return "held";
    default:
      return "sent";
  }
}
