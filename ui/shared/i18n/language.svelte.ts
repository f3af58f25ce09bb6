import { isLanguage, recall, remember } from "$shared/remembered";
import * as dates from "./dates";
import {
  format,
  formatDifference,
  formatNumber,
  formatPercent,
  formatYear,
  type Language,
  type Message,
  type Params,
} from "./message";

/** A text in the three languages, as campaigns carry it. */
export type Named = Readonly<Record<Language, string>>;

/** The language of the page, whichever catalogue speaks. */
let current = $state<Language>("vi");

/**
 * The language in which the page speaks: Vietnamese until the person chooses.
 * `Key` are the keys of the catalogue, so that a key that does not exist, or a
 * language that lacks one, fails to compile.
 */
export class Speaker<Key extends string> {
  readonly #catalogues: Record<Language, Record<Key, Message>>;

  constructor(catalogues: Record<Language, Record<Key, Message>>) {
    this.#catalogues = catalogues;
    this.choose(recall("language", isLanguage) ?? "vi");
  }

  get language(): Language {
    return current;
  }

  choose(language: Language): void {
    current = language;
    remember("language", language);
    if (typeof document !== "undefined") document.documentElement.lang = language;
  }

  /** The message of a key. */
  readonly t = (key: Key, params?: Params): string =>
    format(current, this.#catalogues[current][key], params);

  /** The message of a key that may not be in the catalogue. */
  readonly maybe = (key: string, params?: Params): string | undefined => {
    const message = this.#catalogues[current][key as Key] as Message | undefined;
    return message === undefined ? undefined : format(current, message, params);
  };

  readonly number = (n: number): string => formatNumber(current, n);
  readonly year = (year: number): string => formatYear(current, year);
  readonly difference = (n: number): string => formatDifference(current, n);
  readonly percent = (n: number): string => formatPercent(current, n);
  readonly named = (name: Named): string => name[current] || name.vi;
  readonly shortDay = (day: dates.Day): string => dates.shortDay(current, day);
  readonly longDay = (day: dates.Day): string => dates.longDay(current, day);
  readonly weekday = (day: dates.Day): string => dates.weekday(current, day);
  readonly clock = (moment: string): string => dates.clock(current, moment);
  readonly clockOn = (moment: string, today: dates.Day): string =>
    dates.clockOn(current, moment, today);
}
