/** Entries as the server reads them; see journal.Entry. */
import type { Schemas } from "$shared/client";
import { random, toBase64 } from "./seal";

export type Kind =
  | "activity_held"
  | "attendance"
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

/** A UUIDv7 (RFC 9562, section 5.7). */
export function newId(now = Date.now()): string {
  const bytes = random(16);
  new DataView(bytes.buffer).setUint32(0, Math.floor(now / 0x10000));
  new DataView(bytes.buffer).setUint16(4, now % 0x10000);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

/** The salt keeps the hash of an entry from betraying a person after erasure. */
export function personOf(person: Omit<Person, "salt">): Person {
  const told = Object.entries(person).filter(([, value]) => value !== "" && value !== undefined);
  return { ...Object.fromEntries(told), salt: toBase64(random(12)) };
}
