import bnScan from "$messages/bn/scan.json";
import enScan from "$messages/en/scan.json";
import viScan from "$messages/vi/scan.json";
import { Speaker } from "$shared/i18n/language.svelte";

/** The words around a camera that looks for codes. */
export const words = new Speaker<keyof typeof viScan>({ vi: viScan, en: enScan, bn: bnScan });
