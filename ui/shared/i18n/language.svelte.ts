import { isLanguage, recall, remember } from "$shared/remembered";
import * as dates from "./dates";
import {
  format,
  formatDifference,
  formatNumber,
  formatPercent,
  type Language,
  type Message,
  type Params,
} from "./message";

/** A text in the three languages, as campaigns carry it. */
export type Named = Readonly<Record<Language, string>>;

/**
 * The language in which the page speaks: Vietnamese until the person chooses.
 * `Key` are the keys of the catalogue, so that a key that does not exist, or a
 * language that lacks one, fails to compile.
 */
export class Speaker<Key extends string> {
  #language = $state<Language>("vi");
  readonly #catalogues: Record<Language, Record<Key, Message>>;

  constructor(catalogues: Record<Language, Record<Key, Message>>) {
    this.#catalogues = catalogues;
    this.choose(recall("language", isLanguage) ?? "vi");
  }

  get language(): Language {
    return this.#language;
  }

  choose(language: Language): void {
    this.#language = language;
    remember("language", language);
    if (typeof document !== "undefined") document.documentElement.lang = language;
  }

  /** The message of a key. */
  readonly t = (key: Key, params?: Params): string =>
    format(this.#language, this.#catalogues[this.#language][key], params);

  /** The message of a key that may not be in the catalogue. */
  readonly maybe = (key: string, params?: Params): string | undefined => {
    const message = this.#catalogues[this.#language][key as Key] as Message | undefined;
    return message === undefined ? undefined : format(this.#language, message, params);
  };

  readonly number = (n: number): string => formatNumber(this.#language, n);
  readonly difference = (n: number): string => formatDifference(this.#language, n);
  readonly percent = (n: number): string => formatPercent(this.#language, n);
  readonly named = (name: Named): string => name[this.#language] || name.vi;
  readonly shortDay = (day: dates.Day): string => dates.shortDay(this.#language, day);
  readonly longDay = (day: dates.Day): string => dates.longDay(this.#language, day);
  readonly weekday = (day: dates.Day): string => dates.weekday(this.#language, day);
  readonly clock = (moment: string): string => dates.clock(this.#language, moment);
  readonly clockOn = (moment: string, today: dates.Day): string =>
    dates.clockOn(this.#language, moment, today);
}
