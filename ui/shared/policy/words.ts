/** What policy answers, in words. */
import bnPolicy from "$messages/bn/policy.json";
import enPolicy from "$messages/en/policy.json";
import viPolicy from "$messages/vi/policy.json";
import { Speaker } from "$shared/i18n/language.svelte";
import { locale } from "$shared/i18n/message";
import type { Cited, Value } from "./engine";

export const words = new Speaker<keyof typeof viPolicy>({
  vi: viPolicy,
  en: enPolicy,
  bn: bnPolicy,
});

/** The message of a key that is put together; the key itself where it is none. */
export const named = (kind: string, name: string, params = {}): string =>
  words.maybe(`${kind}.${name}`, params) ?? name;

export const dong = (n: number): string => words.t("unit.dong", { amount: n });

/** A day, "2026-11-24", or a month, "2026-11", in the digits of the language. */
const day = (text: string): string => {
  const [year, month, of] = text.split("-").map(Number);
  if (!year || !month) return "";
  const two = (n: number) =>
    new Intl.NumberFormat(locale(words.language), { minimumIntegerDigits: 2 }).format(n);
  return [...(of ? [two(of)] : []), two(month), yearOf(year)].join("/");
};

/** A year in the digits of the language. */
export const yearOf = (year: number): string => words.year(year);

/** A value of an answer, by its unit. */
export function say(unit: string, value: Value): string {
  if (typeof value === "boolean") return words.t(value ? "yes" : "no");
  if (typeof value === "string") {
    if (unit === "date" || unit === "month") return day(value);
    const [n, d] = value.split("/").map(Number) as [number, number];
    if (unit === "rate" || unit === "return") {
      return `${words.number((n * 100) / d)}%`;
    }
    const amount = d ? n / d : n;
    return unit === "years" ? words.t("unit.decimal_years", { amount }) : words.number(amount);
  }
  switch (unit) {
    case "dong":
      return dong(value);
    case "months":
      return words.t("unit.months", { n: value });
    case "years":
      return words.t("unit.years", { n: value });
    case "age":
      return value % 12
        ? words.t("unit.age", { years: Math.floor(value / 12), months: value % 12 })
        : words.t("unit.age_years", { years: value / 12 });
    default:
      return words.number(value);
  }
}

export function cited(p: Cited): string {
  const text = p.to
    ? words.t("cited_until", { citation: p.citation, from: day(p.from), to: day(p.to) })
    : words.t("cited", { citation: p.citation, from: day(p.from) });
  return p.confirmed ? text : `${text}; ${words.t("unconfirmed")}`;
}

export const monthOf = (text: string): string => day(text);
export const dayOf = (text: string): string => day(text);
