/** What makes an entry one of ours, wherever it is made: its id, and the salt of its person. */
import type { Schemas } from "./client";

export type Person = Schemas["Person"];

function random(bytes: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(bytes));
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
  return { ...Object.fromEntries(told), salt: btoa(String.fromCharCode(...random(12))) };
}
