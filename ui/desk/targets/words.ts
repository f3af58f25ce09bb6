/** The words of targets, fetched with their screen alone. */
import bn from "$messages/bn/desk-targets.json";
import en from "$messages/en/desk-targets.json";
import vi from "$messages/vi/desk-targets.json";
import bnRefusal from "$messages/bn/refusal-planning.json";
import enRefusal from "$messages/en/refusal-planning.json";
import viRefusal from "$messages/vi/refusal-planning.json";
import { Speaker } from "$shared/i18n/language.svelte";
import { alsoExplain } from "../words";

export type Key = keyof typeof vi;

export const say = new Speaker<Key>({ vi, en, bn });

alsoExplain({ vi: viRefusal, en: enRefusal, bn: bnRefusal });
