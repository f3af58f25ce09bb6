/** The words of the public pages, and of what policy answers. */
import bnPolicy from "$messages/bn/policy.json";
import bnPublic from "$messages/bn/public.json";
import enPolicy from "$messages/en/policy.json";
import enPublic from "$messages/en/public.json";
import viPolicy from "$messages/vi/policy.json";
import viPublic from "$messages/vi/public.json";
import { Speaker } from "$shared/i18n/language.svelte";
import type { Language, Message } from "$shared/i18n/message";

const vi = { ...viPolicy, ...viPublic };
export type Key = keyof typeof vi;

const catalogues: Record<Language, Record<Key, Message>> = {
  vi,
  en: { ...enPolicy, ...enPublic },
  bn: { ...bnPolicy, ...bnPublic },
};

export const words = new Speaker<Key>(catalogues);

/** The message of a key that is put together; the key itself where it is none. */
export const named = (kind: string, name: string, params = {}): string =>
  words.maybe(`${kind}.${name}`, params) ?? name;

/** With a capital, as a label stands alone. */
export const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);
