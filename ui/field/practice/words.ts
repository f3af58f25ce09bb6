/** The words of practice, which are loaded with it. */
import bn from "$messages/bn/field-practice.json";
import en from "$messages/en/field-practice.json";
import vi from "$messages/vi/field-practice.json";
import { Speaker } from "$shared/i18n/language.svelte";

export const words = new Speaker<keyof typeof vi>({ vi, en, bn });
