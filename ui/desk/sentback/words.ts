/** The words of records that are sent back to their authors, fetched with what shows them. */
import bn from "$messages/bn/desk-sent-back.json";
import en from "$messages/en/desk-sent-back.json";
import vi from "$messages/vi/desk-sent-back.json";
import bnRefusal from "$messages/bn/refusal-sent-back.json";
import enRefusal from "$messages/en/refusal-sent-back.json";
import viRefusal from "$messages/vi/refusal-sent-back.json";
import { Speaker } from "$shared/i18n/language.svelte";
import { alsoExplain } from "../words";

export type Key = keyof typeof vi;

export const say = new Speaker<Key>({ vi, en, bn });

alsoExplain({ vi: viRefusal, en: enRefusal, bn: bnRefusal });
