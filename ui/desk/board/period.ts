/** The periods in which the board can be read. */
import { addDays, isDay, type Day } from "$shared/i18n/dates";
import type { words } from "../words";

export const periods = ["all", "today", "peak", "seven"] as const;
export type Period = (typeof periods)[number];

export function isPeriod(value: string | null): value is Period {
  return (periods as readonly (string | null)[]).includes(value);
}

export type CampaignDays = { start: Day; end: Day; peak_from: Day | null };

/** The last day of the campaign that has begun: today while it runs, its end when it is over. */
export function lastDay(campaign: CampaignDays, today: Day): Day {
  if (today < campaign.start) return campaign.start;
  return today > campaign.end ? campaign.end : today;
}

/** Whether "today" lies in the campaign; else the last day is offered in its place. */
export function runsToday(campaign: CampaignDays, today: Day): boolean {
  return campaign.start <= today && today <= campaign.end;
}

/** The days of a period, or nothing for the whole campaign. */
export function spanOf(
  period: Period,
  campaign: CampaignDays,
  today: Day,
): { from?: Day; to?: Day } {
  const to = lastDay(campaign, today);
  const since = (days: number) => {
    const from = addDays(to, 1 - days);
    return { from: from < campaign.start ? campaign.start : from, to };
  };
  switch (period) {
    case "all":
      return {};
    case "today":
      return { from: to, to };
    case "peak":
      // Before it begins, all of it lies ahead.
      return campaign.peak_from && campaign.peak_from > to
        ? { from: campaign.peak_from, to: campaign.end }
        : { from: campaign.peak_from ?? campaign.start, to };
    case "seven":
      return since(7);
  }
}

/** A period in words, with the year once. */
export function daysOf({ from, to }: { from: Day; to: Day }, say: typeof words): string {
  if (from === to) return say.longDay(to);
  const sameYear = from.slice(0, 4) === to.slice(0, 4);
  return say.t("board.span", {
    from: sameYear ? say.shortDay(from) : say.longDay(from),
    to: say.longDay(to),
  });
}

/** Whether a text names a moment that has passed, as "2025-11-22T14:30" on a clock in Viet Nam. */
export function isPast(text: string, now: number): boolean {
  const written = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) && isDay(text.slice(0, 10));
  return written && Date.parse(`${text}:00+07:00`) <= now;
}

/** Whether an hour of the day is one of the office: half of it at least. */
export function worksAt(hour: number, { from, to }: { from: number; to: number }): boolean {
  const half = hour * 60 + 30;
  return from <= half && half <= to;
}
