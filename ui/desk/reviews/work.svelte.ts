/** What was just done to an item of the list, wherever it was done: in the list or in the record. */
import { type Act, type Item } from "$shared/reviews";

/** An act of the server's, or that a question to an author was taken back. */
export type Deed = Act | "unask";

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
};

/** What is told before it is done; the others are done at once, and can be undone. */
export const asks: Partial<Record<Deed, "day" | "number" | "answer" | "sure">> = {
  day: "day",
  number: "number",
  number_other: "number",
  answer: "answer",
  take_other: "sure",
};

const undone: readonly Deed[] = ["withdraw", "withdraw_other", "join", "leave"];

export type Worked = { item: Item; act: Deed; made: string; waits: boolean };

class Work {
  /** The last that was done. */
  last = $state.raw<Worked | null>(null);

  /** Whether the last can be taken back. */
  readonly undoable = $derived(
    this.last !== null && !this.last.waits && undone.includes(this.last.act),
  );
}

export const work = new Work();
