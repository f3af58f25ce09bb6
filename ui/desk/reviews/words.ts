/** The words of the lists to work through, fetched with their screen alone. */
import bn from "$messages/bn/desk-reviews.json";
import en from "$messages/en/desk-reviews.json";
import vi from "$messages/vi/desk-reviews.json";
import bnRefusal from "$messages/bn/refusal-reviews.json";
import enRefusal from "$messages/en/refusal-reviews.json";
import viRefusal from "$messages/vi/refusal-reviews.json";
import { Speaker } from "$shared/i18n/language.svelte";
import { alsoExplain } from "../words";

export type Key = keyof typeof vi;

export const say = new Speaker<Key>({ vi, en, bn });

alsoExplain({ vi: viRefusal, en: enRefusal, bn: bnRefusal });
