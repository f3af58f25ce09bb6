/** The words of confirming figures, fetched with its screen alone. */
import bn from "$messages/bn/desk-closing.json";
import en from "$messages/en/desk-closing.json";
import vi from "$messages/vi/desk-closing.json";
import bnRefusal from "$messages/bn/refusal-closing.json";
import enRefusal from "$messages/en/refusal-closing.json";
import viRefusal from "$messages/vi/refusal-closing.json";
import { Speaker } from "$shared/i18n/language.svelte";
import { alsoExplain } from "../words";

export type Key = keyof typeof vi;

export const say = new Speaker<Key>({ vi, en, bn });

alsoExplain({ vi: viRefusal, en: enRefusal, bn: bnRefusal });
