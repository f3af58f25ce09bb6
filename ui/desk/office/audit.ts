import office from "$messages/vi/desk-office.json";
import { isDay } from "$shared/i18n/dates";
import type { AuditQuery } from "$shared/office";
import { sayDay } from "../people/say";
import { session } from "../signin/session.svelte";
import { words } from "../words";

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

/** Where the words of a detail stand that is a code. */
const codes: Readonly<Record<string, string>> = {
  act: "act",
  role: "role",
  role_before: "role",
  reason: "review",
  state: "audit.state",
  by: "audit.by",
  list: "work.list",
};

/** A detail of an event as people read it: days, moments and what has a name; else as it is recorded. */
export function told(name: string, value: string, names: Readonly<Record<string, string>>): string {
  const known = names[value];
  if (known) return known;
  if (name === "campaign") {
    const campaign = session.campaigns.find((c) => c.id === value);
    return campaign ? words.named(campaign.name) : value;
  }
  if (isDay(value)) return sayDay(value);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value)) return words.clockOn(value, "");
  return words.maybe(`${codes[name] ?? "audit.value"}.${value}`) ?? value;
}
