/** The words of lists: search, order, file and what to do where nothing fits. */
import bn from "$messages/bn/desk-lists.json";
import en from "$messages/en/desk-lists.json";
import vi from "$messages/vi/desk-lists.json";
import bnRefusal from "$messages/bn/refusal-lists.json";
import enRefusal from "$messages/en/refusal-lists.json";
import viRefusal from "$messages/vi/refusal-lists.json";
import { Speaker } from "$shared/i18n/language.svelte";
import { alsoExplain } from "../words";

export type Key = keyof typeof vi;

export const say = new Speaker<Key>({ vi, en, bn });

alsoExplain({ vi: viRefusal, en: enRefusal, bn: bnRefusal });
