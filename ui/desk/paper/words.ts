/** The words of paper forms, fetched with their screen alone. */
import bn from "$messages/bn/desk-paper.json";
import en from "$messages/en/desk-paper.json";
import vi from "$messages/vi/desk-paper.json";
import { Speaker } from "$shared/i18n/language.svelte";

export type Key = keyof typeof vi;

export const say = new Speaker<Key>({ vi, en, bn });
