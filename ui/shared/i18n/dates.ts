/**
 * Days and moments in words. A day is the calendar day in Viet Nam, written
 * "2025-11-22" everywhere; a moment is RFC 3339. Both are shown in
 * Asia/Ho_Chi_Minh wherever the reader sits, since figures are counted there.
 */
import { locale, type Language } from "./message";

export type Day = string;

const zone = "Asia/Ho_Chi_Minh";
const formats = new Map<string, Intl.DateTimeFormat>();

function formatter(
  language: Language,
  name: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${language} ${name}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale(language), { timeZone: zone, ...options });
    formats.set(key, format);
  }
  return format;
}

/** Noon of the day in Viet Nam, which is the same date in every reckoning of it. */
export function noon(day: Day): Date {
  return new Date(`${day}T12:00:00+07:00`);
}

/** The day of a moment in Viet Nam. */
export function dayOf(moment: Date | string): Day {
  const ms = (typeof moment === "string" ? new Date(moment) : moment).getTime();
  return new Date(ms + 7 * 3_600_000).toISOString().slice(0, 10);
}

export function addDays(day: Day, days: number): Day {
  return dayOf(new Date(noon(day).getTime() + days * 86_400_000));
}

/** How many days after `from` is `to`. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((noon(to).getTime() - noon(from).getTime()) / 86_400_000);
}

/** 22/11, 22 Nov, ২২ নভে */
export function shortDay(language: Language, day: Day): string {
  const options: Intl.DateTimeFormatOptions =
    language === "vi" ? { day: "numeric", month: "numeric" } : { day: "numeric", month: "short" };
  return formatter(language, "short", options).format(noon(day));
}

/** 22/11/2027, 22 Nov 2027, ২২ নভে, ২০২৭ */
export function datedDay(language: Language, day: Day): string {
  const month = language === "vi" ? "numeric" : "short";
  return formatter(language, "dated", { day: "numeric", month, year: "numeric" }).format(noon(day));
}

/** thứ Bảy 29/11, Saturday 29 Nov: how people say which day they mean. */
export function namedDay(language: Language, day: Day): string {
  const name = formatter(language, "name", { weekday: "long" }).format(noon(day));
  const first = language === "vi" ? name.charAt(0).toLowerCase() + name.slice(1) : name;
  return `${first} ${shortDay(language, day)}`;
}

/** Whether a text is a day that the calendar has: browsers read 30 February as 2 March. */
export function isDay(text: string | null): text is Day {
  if (!text || !/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const read = new Date(text);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(text);
}

/** ngày 22 tháng 11, 2025; 22 November 2025 */
export function longDay(language: Language, day: Day): string {
  return formatter(language, "long", { day: "numeric", month: "long", year: "numeric" }).format(
    noon(day),
  );
}

/** Thứ Bảy, 22 tháng 11; Saturday 22 November */
export function weekday(language: Language, day: Day): string {
  const text = formatter(language, "weekday", {
    weekday: "long",
    day: "numeric",
    month: "long",
  }).format(noon(day));
  return text.charAt(0).toLocaleUpperCase(locale(language)) + text.slice(1);
}

/** 20:14 */
export function clock(language: Language, moment: string): string {
  return formatter(language, "clock", { hour: "2-digit", minute: "2-digit", hour12: false }).format(
    new Date(moment),
  );
}

/** 20:14 when it is of that day, else 22/11 20:14. */
export function clockOn(language: Language, moment: string, today: Day): string {
  const day = dayOf(moment);
  const time = clock(language, moment);
  return day === today ? time : `${shortDay(language, day)} ${time}`;
}

/** An amount of time in the largest unit that says enough. */
export type Age = { unit: "second" | "minute" | "hour" | "day"; n: number };

export function age(milliseconds: number): Age {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return { unit: "second", n: seconds };
  if (seconds < 3600) return { unit: "minute", n: Math.floor(seconds / 60) };
  if (seconds < 86_400) return { unit: "hour", n: Math.floor(seconds / 3600) };
  return { unit: "day", n: Math.floor(seconds / 86_400) };
}
