/** The words of the map, which are loaded with it. */
import bn from "$messages/bn/field-map.json";
import en from "$messages/en/field-map.json";
import vi from "$messages/vi/field-map.json";
import { Speaker } from "$shared/i18n/language.svelte";

export const words = new Speaker<keyof typeof vi>({ vi, en, bn });
