/** What waits for somebody to look at it, as rows to work through one by one. */
import type { Review, ReviewReason } from "$shared/api";
import type { Question } from "$shared/closing";
import type { Flag } from "$shared/league";
import type { Item } from "$shared/reviews";
import type { SentBack } from "$shared/sentback";
import type { Reviews } from "$shared/server";
import type { Deed, Thing } from "./work.svelte";

/**
 * Why a row is there: a reason for review, a question whose answer is due, that
 * its author was asked about it, and answered or not yet, a day that looks
 * unlikely, or that a phone brought it which may not.
 */
export type Why = ReviewReason | "question" | "asked" | "answered" | "unlikely" | "held";

export type Row = {
  why: Why;
  entry: string;
  /** What is settled, and by what. */
  item: Thing;
  acts: readonly Deed[];
  /** Of entry; empty for a day. */
  kind: Review["kind"] | "";
  /** When it arrived; of a question the day of the promise; since when an answer is waited for, or there; the day that looks unlikely. */
  at: string;
  office: string;
  officeId: string;
  commune: string;
};

export function rowsOf(
  reviews: readonly Review[],
  questions: readonly Question[],
  sentBack: readonly SentBack[] = [],
  { unlikely, held, may_pass }: Pick<Reviews, "unlikely" | "held" | "may_pass"> = nothing,
): Row[] {
  const rows: Row[] = reviews.map((r) => ({
    why: r.reason,
    entry: r.entry,
    item: { reason: r.reason, entry: r.entry, other: r.other },
    acts: r.acts,
    kind: r.kind,
    at: r.at,
    office: r.office,
    officeId: r.office_id,
    commune: r.commune,
  }));
  for (const q of questions) {
    rows.push({
      why: "question",
      entry: q.entry,
      item: { reason: "question", entry: q.entry, other: "" },
      acts: q.acts,
      kind: "question",
      at: q.by,
      office: q.office,
      officeId: q.office_id,
      commune: q.commune,
    });
  }
  for (const { answer, ...q } of sentBack) {
    if (!q.listed) continue;
    const why = answer ? "answered" : "asked";
    rows.push({
      why,
      entry: answer?.entry ?? q.entry,
      item: { reason: why, entry: q.id, other: "" },
      acts: q.may_settle ? [answer ? "leave" : "unask"] : [],
      kind: q.kind as Row["kind"],
      at: answer?.at ?? q.at,
      office: q.office,
      officeId: q.office_id,
      commune: q.commune,
    });
  }
  for (const flag of unlikely) {
    rows.push({
      why: "unlikely",
      entry: "",
      item: { reason: "unlikely", entry: spotOf(flag), other: "", flag },
      acts: may_pass ? ["pass"] : [],
      kind: "",
      at: flag.day,
      office: flag.office.name,
      officeId: flag.office.id,
      commune: "",
    });
  }
  for (const r of held) {
    rows.push({
      why: "held",
      entry: r.entry,
      item: { reason: "held", entry: r.entry, other: "", held: r },
      acts: ["take", "drop"],
      kind: r.kind as Row["kind"],
      at: r.received,
      office: r.office.name,
      officeId: r.office.id,
      commune: "",
    });
  }
  // Those of one reason stand together, in the order in which reasons first come.
  const place = new Map<Why, number>();
  for (const { why } of rows) if (!place.has(why)) place.set(why, place.size);
  return rows.sort((a, b) => (place.get(a.why) ?? 0) - (place.get(b.why) ?? 0));
}

const nothing = { unlikely: [], held: [], may_pass: false };

/** Tells days that look unlikely apart. */
const spotOf = (f: Flag) => [f.office.id, f.campaigner.id, f.day, f.indicator, f.reason].join(" ");

type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">;
export type Move = "down" | "up" | "reason" | "help";

const moves: Record<string, Move> = {
  j: "down",
  ArrowDown: "down",
  k: "up",
  ArrowUp: "up",
  n: "reason",
  "?": "help",
};

/** What a key asks for; nothing while another key is held with it. */
export function moveOf(press: Press): Move | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  return moves[press.key] ?? null;
}

/** Tells rows apart. */
export const idOf = (item: Item): string => `${item.reason} ${item.entry} ${item.other}`;

/** The row to which a move leads; of the last reason the first one's first row. */
export function step(rows: readonly Row[], at: number, move: Exclude<Move, "help">): number {
  if (move === "down") return Math.min(at + 1, rows.length - 1);
  if (move === "up") return Math.max(at - 1, 0);
  const why = rows[at]?.why;
  const next = rows.findIndex((r, i) => i > at && r.why !== why);
  return next < 0 ? 0 : next;
}

/** The rows to draw of many, of which each is so high, and some more around. */
export function windowOf(
  n: number,
  top: number,
  shown: number,
  height: number,
): { from: number; to: number } {
  const from = Math.max(0, Math.floor(top / height) - 10);
  return { from, to: Math.min(n, Math.ceil((top + shown) / height) + 10) };
}
