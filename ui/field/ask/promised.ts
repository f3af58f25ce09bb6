/** The questions that the worker could not answer and promised to. */
import type { Entry } from "../store/entry";

export interface Promised {
  readonly entry: Entry;
  /** The day until which an answer was promised. */
  readonly by: string;
  readonly text: string;
}

/** Of records that hold, the questions still open: the longest overdue first. */
export function promisedOf(entries: Iterable<Entry>): Promised[] {
  const all = [...entries];
  const corrected = new Set(all.flatMap((e) => e.supersedes ?? []));
  return all
    .filter(
      (e) =>
        e.kind === "question" &&
        e.body?.["answered"] === "pending" &&
        !e.withdrawn &&
        !corrected.has(e.id),
    )
    .map((entry) => ({
      entry,
      by: String(entry.body?.["promise_by"] ?? ""),
      text: String(entry.body?.["text"] ?? ""),
    }))
    .sort((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : a.entry.id < b.entry.id ? -1 : 1));
}
