import office from "$messages/vi/desk-office.json";
import type { AuditQuery } from "$shared/office";

/** What is recorded; a test of the server's holds the catalogue to its list. */
export const acts = Object.keys(office)
  .filter((key) => key.startsWith("act."))
  .map((key) => key.slice("act.".length));

const names = ["from", "to", "act", "actor", "subject"] as const;

/** The filters as the end of an address; empty without any. */
export function searchOf(query: AuditQuery): string {
  const search = new URLSearchParams();
  for (const name of names) {
    const value = query[name]?.trim();
    if (value) search.set(name, value);
  }
  const text = search.toString();
  return text && `?${text}`;
}
