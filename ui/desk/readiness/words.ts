/** The words of readiness, fetched with its screen alone. */
import bn from "$messages/bn/desk-readiness.json";
import en from "$messages/en/desk-readiness.json";
import vi from "$messages/vi/desk-readiness.json";
import bnRefusal from "$messages/bn/refusal-readiness.json";
import enRefusal from "$messages/en/refusal-readiness.json";
import viRefusal from "$messages/vi/refusal-readiness.json";
import { Speaker } from "$shared/i18n/language.svelte";
import type { Finding } from "$shared/readiness";
import { Refusal } from "$shared/refusal";
import { alsoExplain, explain } from "../words";

export type Key = keyof typeof vi;

export const say = new Speaker<Key>({ vi, en, bn });

alsoExplain({ vi: viRefusal, en: enRefusal, bn: bnRefusal });

/** How a phone stands in one aspect. */
export const isSo = ({ code, n }: Finding): string => say.maybe(`is.${code}`, { n }) ?? code;

/** What to do about it; empty where nothing is to be done. */
export function toDo({ code, n, reason }: Finding): string {
  const why = reason ? explain(new Refusal(422, reason)) : "";
  return [why, say.maybe(`do.${code}`, { n }) ?? ""].filter(Boolean).join(" ");
}
