/** What was just done to an item of the list, wherever it was done: in the list or in the record. */
import type { Flag } from "$shared/league";
import type { Apart } from "$shared/office";
import { type Act, type Item } from "$shared/reviews";

/**
 * An act of the server's; that a question to an author was taken back; that an
 * unlikely day was let pass; what becomes of a record that was held back.
 */
export type Deed = Act | "unask" | "pass" | "take" | "drop";

/** What is worked on: an item, or what is none of the journal. */
export type Thing = Item & { flag?: Flag; held?: Apart };

/** The key of each act; two acts of one key never stand side by side. */
export const keyOf: Record<Deed, string> = {
  day: "d",
  withdraw: "w",
  withdraw_other: "o",
  take_other: "o",
  number: "c",
  number_other: "o",
  join: "m",
  answer: "r",
  leave: "l",
  unask: "w",
  pass: "p",
  take: "t",
  drop: "x",
};

/** What is told before it is done; the others are done at once, and can be undone. */
export const asks: Partial<Record<Deed, "day" | "number" | "answer" | "sure">> = {
  day: "day",
  number: "number",
  number_other: "number",
  answer: "answer",
  take_other: "sure",
  drop: "sure",
};

const undone: readonly Deed[] = ["withdraw", "withdraw_other", "join", "leave", "pass"];

export type Worked = { item: Thing; act: Deed; made: string; waits: boolean };

class Work {
  /** The last that was done. */
  last = $state.raw<Worked | null>(null);

  /** Whether the last can be taken back. */
  readonly undoable = $derived(
    this.last !== null && !this.last.waits && undone.includes(this.last.act),
  );
}

export const work = new Work();
