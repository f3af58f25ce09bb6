/** The words of the field app. A language that lacks a key does not compile. */
import bnField from "$messages/bn/field.json";
import enField from "$messages/en/field.json";
import viField from "$messages/vi/field.json";
import { Speaker } from "$shared/i18n/language.svelte";
import { format, type Language, type Message } from "$shared/i18n/message";
import { Refusal } from "$shared/refusal";
import { Left, NotRefused } from "./store/outbox.svelte";

export type Key = keyof typeof viField;

const catalogues: Record<Language, Record<Key, Message>> = {
  vi: viField,
  en: enField,
  bn: bnField,
};

export const words = new Speaker<Key>(catalogues);

/** The message of a key that is put together; the name itself where it is none. */
export const named = (kind: string, name: string): string => words.maybe(`${kind}.${name}`) ?? name;

// What the server refuses has its words in a catalogue that the server owns. It
// is loaded when there is something to say, and kept by the service worker.
// What only the desk's screens are refused stays there.
const refusals = import.meta.glob<Record<string, Message>>(
  [
    "$messages/*/refusal*.json",
    "!$messages/*/refusal-{closing,league,planning,readiness,sent-back,talk,units}.json",
  ],
  { import: "default" },
);

/** What happened and what to do next, in the language of the page. */
export async function explain(error: unknown): Promise<string> {
  if (error instanceof DOMException && error.name === "QuotaExceededError") {
    return words.t("error.full");
  }
  if (error instanceof Left) return words.t("error.left");
  if (error instanceof NotRefused) return words.t("error.mended");
  if (!(error instanceof Refusal)) return words.t("error.unknown");
  if (!error.code) return words.t("error.unreached");
  const of = Object.entries(refusals).filter(([path]) => path.includes(`/${words.language}/`));
  const catalogue = Object.assign(
    {},
    ...(await Promise.all(of.map(([, load]) => load()))),
  ) as Record<string, Message>;
  const known = catalogue[error.code];
  if (!known) return words.t("error.unknown");
  // A parameter whose value has words of its own is shown by these.
  const params = Object.fromEntries(
    Object.entries(error.params).map(([name, value]) => {
      const own = catalogue[`${name}.${String(value)}`];
      return [name, typeof own === "string" ? own : value];
    }),
  );
  return format(words.language, known, params);
}
