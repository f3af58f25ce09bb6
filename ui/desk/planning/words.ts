/** The words of planning, fetched with its screen alone. */
import bn from "$messages/bn/desk-planning.json";
import en from "$messages/en/desk-planning.json";
import vi from "$messages/vi/desk-planning.json";
import { Speaker } from "$shared/i18n/language.svelte";

export type Key = keyof typeof vi;

export const say = new Speaker<Key>({ vi, en, bn });
