/** The words of the desk. A language that lacks a key does not compile. */
import bnOffice from "$messages/bn/desk-office.json";
import bnAccess from "$messages/bn/desk-access.json";
import bnPeople from "$messages/bn/desk-people.json";
import bnDesk from "$messages/bn/desk.json";
import enOffice from "$messages/en/desk-office.json";
import enAccess from "$messages/en/desk-access.json";
import enPeople from "$messages/en/desk-people.json";
import enDesk from "$messages/en/desk.json";
import viOffice from "$messages/vi/desk-office.json";
import viAccess from "$messages/vi/desk-access.json";
import viPeople from "$messages/vi/desk-people.json";
import viDesk from "$messages/vi/desk.json";
import { Speaker } from "$shared/i18n/language.svelte";
import { datedDay, isDay } from "$shared/i18n/dates";
import { format, type Language, type Message, type Params } from "$shared/i18n/message";
import { Refusal } from "$shared/refusal";

const vi = { ...viDesk, ...viAccess, ...viPeople, ...viOffice };
export type Key = keyof typeof vi;

const catalogues: Record<Language, Record<Key, Message>> = {
  vi,
  en: { ...enDesk, ...enAccess, ...enPeople, ...enOffice },
  bn: { ...bnDesk, ...bnAccess, ...bnPeople, ...bnOffice },
};

export const words = new Speaker<Key>(catalogues);

// What the server refuses has its words in a catalogue that the server owns.
// Those of one screen alone come with it.
const refusals = import.meta.glob<Record<string, Message>>(
  [
    "$messages/*/refusal*.json",
    "!$messages/*/refusal-{closing,league,lists,planning,readiness,reviews,sent-back,talk,units}.json",
  ],
  { eager: true, import: "default" },
);
const brought: Record<Language, Record<string, Message>> = { vi: {}, en: {}, bn: {} };

/** Words of what the server refuses on a screen, fetched with it. */
export function alsoExplain(more: Record<Language, Record<string, Message>>): void {
  for (const language of ["vi", "en", "bn"] as const) {
    Object.assign(brought[language], more[language]);
  }
}

function refusalCatalogue(language: Language): Record<string, Message> {
  const own = Object.entries(refusals).filter(([path]) => path.includes(`/${language}/`));
  return Object.assign({}, brought[language], ...own.map(([, messages]) => messages)) as Record<
    string,
    Message
  >;
}

/** The parameters of a refusal as people read them: what has words, days, moments. */
function readable(catalogue: Record<string, Message>, params: Params): Params {
  const read = (name: string, v: string | number) => {
    const text = String(v);
    const known = catalogue[`${name}.${text}`];
    if (known) return format(words.language, known);
    if (isDay(text)) return datedDay(words.language, text);
    return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) ? words.clockOn(text, "") : v;
  };
  return Object.fromEntries(Object.entries(params).map(([name, v]) => [name, read(name, v)]));
}

/** What happened and what to do next, in the language of the page. */
export function explain(error: unknown): string {
  if (!(error instanceof Refusal)) return words.t("refusal.server");
  const catalogue = refusalCatalogue(words.language);
  const known = error.code ? catalogue[error.code] : undefined;
  if (known) return format(words.language, known, readable(catalogue, error.params));
  if (error.status === 0) return words.t("refusal.offline");
  if (error.status === 403) return words.t("refusal.forbidden");
  if (error.status === 404) return words.t("refusal.missing");
  return words.t("refusal.server");
}
