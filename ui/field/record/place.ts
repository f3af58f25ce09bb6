/** In which campaign, at what and where something is recorded. */
import { dayOf } from "$shared/i18n/dates";
import type { Phone } from "../phone.svelte";
import type { Entry } from "../store/entry";
import type { Activity, Plan } from "../sync/pull";

export interface Place {
  readonly campaign: string;
  readonly commune: string;
  readonly activity?: string;
}

/** Said of somebody who lives in none of the worker's communes. */
export const elsewhere = "-";

/** Where the worker may be: the communes of the office, and those of the activities. */
export function communesOf(phone: Phone): { code: string; name: string }[] {
  const all = new Map<string, { code: string; name: string }>();
  for (const c of phone.plan?.communes ?? []) all.set(c.code, c);
  for (const a of phone.plan?.activities ?? []) {
    if (a.commune.code && !all.has(a.commune.code)) all.set(a.commune.code, a.commune);
  }
  return [...all.values()];
}

/** The commune in which the worker is: the one chosen last, else the first; empty where none is known. */
export function communeOf(phone: Phone): string {
  const all = communesOf(phone);
  const chosen = phone.choice("commune");
  return (all.find((c) => c.code === chosen) ?? all[0])?.code ?? "";
}

/** The activity at which the worker meets people, as long as it is one of today. */
export function sessionOf(phone: Phone): Activity | null {
  const id = phone.choice("activity");
  const activity = phone.plan?.activities.find((a) => a.id === id);
  if (!activity || activity.status === "cancelled") return null;
  const today = phone.today;
  return dayOf(activity.start) <= today && today <= dayOf(activity.end) ? activity : null;
}

/** Where it happened: at the activity, else where the person lives, else where the worker is. */
export function placeOf(phone: Phone, session: Activity | null, home: string): Place {
  if (session) {
    return { campaign: session.campaign, commune: session.commune.code, activity: session.id };
  }
  const commune = home && home !== elsewhere ? home : communeOf(phone);
  return { campaign: phone.campaign, commune };
}

/** Where an entry says that it was. */
export const placeBy = ({ campaign, commune, activity }: Entry): Place => ({
  campaign,
  commune,
  ...(activity && { activity }),
});

/** Whether the plan knows nothing of where something was. */
export const lacks = (plan: Plan | null, { campaign, commune, activity }: Place): boolean =>
  !plan?.campaigns.some((c) => c.id === campaign) ||
  !plan.communes.some((c) => c.code === commune) ||
  (!!activity && !plan.activities.some((a) => a.id === activity && a.status !== "cancelled"));
