/** The words of what is counted, fetched with its screen alone. */
import bn from "$messages/bn/desk-indicators.json";
import en from "$messages/en/desk-indicators.json";
import vi from "$messages/vi/desk-indicators.json";
import bnRefusal from "$messages/bn/refusal-units.json";
import enRefusal from "$messages/en/refusal-units.json";
import viRefusal from "$messages/vi/refusal-units.json";
import { Speaker } from "$shared/i18n/language.svelte";
import { alsoExplain } from "../words";

export type Key = keyof typeof vi;

export const say = new Speaker<Key>({ vi, en, bn });

alsoExplain({ vi: viRefusal, en: enRefusal, bn: bnRefusal });
