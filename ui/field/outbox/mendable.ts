/** What of a record that came back can be said anew on this phone, and where. */
import { newcomer, whats, type Screen, type What } from "../shell/nav.svelte";
import type { Entry } from "../store/entry";

/** What can come of a visit; see outreach.VisitBody. */
export const visits = ["not_home", "joined", "promised", "refused", "moved"] as const;
export type Visit = (typeof visits)[number];

const isWhat = (kind: string): kind is What => (whats as readonly string[]).includes(kind);

/** The screen on which a record is mended; null where it cannot be. */
export function mendingOf(entry: Entry | undefined): Screen | null {
  if (!entry || entry.withdrawn) return null;
  const { kind, id, person } = entry;
  if (isWhat(kind)) {
    return { at: "record", person: person?.registry || newcomer, what: kind, mends: id };
  }
  return kind === "activity_held" || kind === "visit" ? { at: "mend", refused: id } : null;
}
