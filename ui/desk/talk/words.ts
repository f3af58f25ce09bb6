/** The words of talks, fetched where they are shown. */
import bn from "$messages/bn/desk-talk.json";
import en from "$messages/en/desk-talk.json";
import vi from "$messages/vi/desk-talk.json";
import bnRefusal from "$messages/bn/refusal-talk.json";
import enRefusal from "$messages/en/refusal-talk.json";
import viRefusal from "$messages/vi/refusal-talk.json";
import { Speaker } from "$shared/i18n/language.svelte";
import { alsoExplain } from "../words";

export type Key = keyof typeof vi;

export const say = new Speaker<Key>({ vi, en, bn });

alsoExplain({ vi: viRefusal, en: enRefusal, bn: bnRefusal });
