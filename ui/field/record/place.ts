/** In which campaign, at what and where something is recorded. */
import { dayOf } from "$shared/i18n/dates";
import type { Phone } from "../phone.svelte";
import type { Activity } from "../sync/pull";

export interface Place {
  readonly campaign: string;
  readonly commune: string;
  readonly activity?: string;
}

/** Said of somebody who lives in none of the worker's communes. */
export const elsewhere = "-";

/** The activity at which the worker meets people, as long as it is one of today. */
export function sessionOf(phone: Phone): Activity | null {
  const id = phone.choice("activity");
  const activity = phone.plan?.activities.find((a) => a.id === id);
  if (!activity || activity.status === "cancelled") return null;
  const today = phone.today;
  return dayOf(activity.start) <= today && today <= dayOf(activity.end) ? activity : null;
}

/** Where it happened: at the activity, else where the person lives, else in the first of the worker's communes. */
export function placeOf(phone: Phone, session: Activity | null, home: string): Place {
  if (session) {
    return { campaign: session.campaign, commune: session.commune.code, activity: session.id };
  }
  const commune = home && home !== elsewhere ? home : (phone.plan?.communes[0]?.code ?? "");
  return { campaign: phone.campaign, commune };
}
