import office from "$messages/vi/desk-office.json";
import type { AuditQuery } from "$shared/office";

/** What is recorded; a test of the server's holds the catalogue to its list. */
export const acts = Object.keys(office)
  .filter((key) => key.startsWith("act."))
  .map((key) => key.slice("act.".length));

const names = ["from", "to", "act", "actor", "subject"] as const;

export function queryOf(url: URL): Required<AuditQuery> {
  const get = (name: string) => url.searchParams.get(name) ?? "";
  return {
    from: get("from"),
    to: get("to"),
    act: get("act"),
    actor: get("actor"),
    subject: get("subject"),
  };
}

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
