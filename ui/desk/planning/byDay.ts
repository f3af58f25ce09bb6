/** Activities in the order of their days. */
import type { Activity } from "$shared/api";
import { dayOf, type Day } from "$shared/i18n/dates";

export type DayOfActivities = { day: Day; activities: Activity[] };

/** Grouped by the day on which they begin, each day in order of time. */
export function byDay(activities: readonly Activity[]): DayOfActivities[] {
  const days = new Map<Day, Activity[]>();
  for (const activity of activities) {
    const day = dayOf(activity.start);
    const had = days.get(day);
    if (had) had.push(activity);
    else days.set(day, [activity]);
  }
  return [...days]
    .map(([day, list]) => ({
      day,
      activities: list.sort((a, b) => Date.parse(a.start) - Date.parse(b.start)),
    }))
    .sort((a, b) => a.day.localeCompare(b.day));
}

/** The first of each day, and how many there are on it beside. */
export function firstOf(
  activities: readonly Activity[],
  most: number,
): { first: Activity[]; beside: { day: Day; n: number }[] } {
  const days = byDay(activities);
  return {
    first: days.flatMap((d) => d.activities.slice(0, most)),
    beside: days.flatMap(({ day, activities: { length } }) =>
      length > most ? [{ day, n: length - most }] : [],
    ),
  };
}

/** Days in their order until they hold so many, the last of them cut. */
export function upTo(days: readonly DayOfActivities[], most: number): DayOfActivities[] {
  const out: DayOfActivities[] = [];
  let left = most;
  for (const { day, activities } of days) {
    if (left <= 0) break;
    out.push({ day, activities: activities.slice(0, left) });
    left -= activities.length;
  }
  return out;
}

/** The day to show first: today or the next that has something, else the last. */
export function firstDay(days: readonly DayOfActivities[], today: Day): Day {
  return (days.find((d) => d.day >= today) ?? days.at(-1))?.day ?? today;
}

/** How many activities run at the same moment, at the most. */
export function mostAtOnce(activities: readonly Pick<Activity, "start" | "end">[]): number {
  const steps = activities
    .flatMap(({ start, end }) => [
      { at: Date.parse(start), by: 1 },
      { at: Date.parse(end), by: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.by - b.by); // what ends makes room
  let [now, most] = [0, 0];
  for (const { by } of steps) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
