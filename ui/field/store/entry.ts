/** Entries as the server reads them; see journal.Entry. */
import type { Schemas } from "$shared/client";

export type Kind =
  | "activity_held"
  | "attendance"
  | "confirmation"
  | "consultation"
  | "question"
  | "enrolment"
  | "enrolment_stage"
  | "noncash_switch"
  | "card_donation"
  | "visit";

export type Person = Schemas["Person"];

/** A picture that an entry names; it is brought after the entry. */
export type Attachment = Schemas["Attachment"];

/** What is recorded; the phone adds who, when and where from. */
export interface Fact {
  readonly kind: Kind;
  readonly campaign: string;
  readonly commune: string;
  readonly activity?: string;
  /** When it happened, where that is not now. */
  readonly happened_at?: string;
  readonly person?: Omit<Person, "salt">;
  /** None where the record takes one back. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly attachments?: readonly Attachment[];
  /** The record that this one corrects. */
  readonly supersedes?: string;
  /** The reason, where this one takes a record back. */
  readonly withdrawn?: string;
}

export interface Entry extends Omit<Fact, "person"> {
  readonly id: string;
  readonly v: 1;
  readonly office: string;
  readonly author: string;
  readonly device: string;
  readonly seq: number;
  readonly device_time: string;
  /** What the phone knew of the right time; see clock.ts. */
  readonly clock?: {
    readonly heard: string;
    readonly offset_ms: number;
    readonly since_ms?: number;
  };
  readonly person?: Person;
}

export { newId, personOf } from "$shared/entry";
