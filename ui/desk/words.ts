/** The words of the desk. A language that lacks a key does not compile. */
import bn from "$messages/bn/desk.json";
import en from "$messages/en/desk.json";
import vi from "$messages/vi/desk.json";
import { Speaker } from "$shared/i18n/language.svelte";
import { format, type Language, type Message } from "$shared/i18n/message";
import { Refusal } from "$shared/refusal";

export type Key = keyof typeof vi;

const catalogues: Record<Language, Record<Key, Message>> = { vi, en, bn };

export const words = new Speaker<Key>(catalogues);

// What the server refuses has its words in a catalogue that the server owns.
const refusals = import.meta.glob<Record<string, Message>>("$messages/*/refusal.json", {
  eager: true,
  import: "default",
});

function refusalCatalogue(language: Language): Record<string, Message> {
  const path = Object.keys(refusals).find((p) => p.includes(`/${language}/`));
  return (path && refusals[path]) || {};
}

/** What happened and what to do next, in the language of the page. */
export function explain(error: unknown): string {
  if (!(error instanceof Refusal)) return words.t("refusal.server");
  const known = error.code ? refusalCatalogue(words.language)[error.code] : undefined;
  if (known) return format(words.language, known, error.params);
  if (error.status === 0) return words.t("refusal.offline");
  if (error.status === 403) return words.t("refusal.forbidden");
  if (error.status === 404) return words.t("refusal.missing");
  return words.t("refusal.server");
}
