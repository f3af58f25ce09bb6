/** The words of targets, fetched with their screen alone. */
import bn from "$messages/bn/desk-targets.json";
import en from "$messages/en/desk-targets.json";
import vi from "$messages/vi/desk-targets.json";
import { Speaker } from "$shared/i18n/language.svelte";

export type Key = keyof typeof vi;

export const say = new Speaker<Key>({ vi, en, bn });
