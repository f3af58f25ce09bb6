/**
 * Messages of the catalogues in the top folder `messages`, which the server
 * reads too. A message is a text, or a text for each plural category chosen by
 * the parameter `n`; parameters stand in braces.
 */
export type Message = string | { readonly other: string; readonly [category: string]: string };

export type Language = "vi" | "en" | "bn";

export const languages: readonly Language[] = ["vi", "en", "bn"];

/** What each language calls itself: the same in every language. */
export const ownNames: Record<Language, string> = {
  vi: "Tiếng Việt",
  en: "English",
  bn: "বাংলা",
};

/** The parameters of a message. Numbers are written in the digits of the language, texts as they are. */
export type Params = Readonly<Record<string, string | number>>;

const locales: Record<Language, string> = {
  vi: "vi-VN",
  en: "en-GB",
  bn: "bn-BD-u-nu-beng",
};

export function locale(language: Language): string {
  return locales[language];
}

const plurals = new Map<Language, Intl.PluralRules>();
const integers = new Map<Language, Intl.NumberFormat>();

/** 2.745, 2,745 or ২,৭৪৫. */
export function formatNumber(language: Language, n: number): string {
  let format = integers.get(language);
  if (!format) {
    format = new Intl.NumberFormat(locale(language), { maximumFractionDigits: 1 });
    integers.set(language, format);
  }
  return format.format(n || 0).replace("-", "−");
}

/** A year: 2025 or ২০২৫, without groups of digits. */
export function formatYear(language: Language, year: number): string {
  return new Intl.NumberFormat(locale(language), { useGrouping: false }).format(year);
}

const bengaliZero = 0x09e6;

/** A whole number as somebody types it, in Latin or Bengali digits; null where there is none. */
export function readNumber(typed: string): number | null {
  const digits = [...typed].flatMap((c) => {
    const bengali = (c.codePointAt(0) ?? 0) - bengaliZero;
    if (bengali >= 0 && bengali <= 9) return String(bengali);
    return c >= "0" && c <= "9" ? c : [];
  });
  return digits.length ? Number(digits.join("")) : null;
}

/** A difference with its sign: +3, −2; nothing is "0". */
export function formatDifference(language: Language, n: number): string {
  return (n > 0 ? "+" : "") + formatNumber(language, n);
}

/**
 * A share of a target in whole percent, rounded down: 99.6 is not yet 100, and
 * nobody should read that the target is met before it is.
 */
export function formatPercent(language: Language, percent: number): string {
  const whole = formatNumber(language, Math.floor(percent));
  return language === "vi" ? `${whole}\u00a0%` : `${whole}%`;
}

function pick(language: Language, message: Message, params: Params): string {
  if (typeof message === "string") return message;
  let rules = plurals.get(language);
  if (!rules) {
    rules = new Intl.PluralRules(locale(language));
    plurals.set(language, rules);
  }
  const n = params["n"];
  if (n === 0 && message["zero"] !== undefined) return message["zero"]; // as the server does
  const category = typeof n === "number" ? rules.select(n) : "other";
  return message[category] ?? message.other;
}

/** The text of a message. A parameter that is not given stays visible in braces. */
export function format(language: Language, message: Message, params: Params = {}): string {
  return pick(language, message, params).replace(/\{(\w+)\}/g, (braces, name: string) => {
    const value = params[name];
    if (value === undefined) return braces;
    return typeof value === "number" ? formatNumber(language, value) : value;
  });
}

/** The names of the parameters of a message, sorted. */
export function parametersOf(message: Message): string[] {
  const texts = typeof message === "string" ? [message] : Object.values(message);
  const names = texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? ""));
  return [...new Set(names)].sort();
}
