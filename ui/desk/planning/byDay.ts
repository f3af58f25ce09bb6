/** Activities in the order of their days. */
import type { Activity } from "$shared/api";
import { dayOf, type Day } from "$shared/i18n/dates";

export type DayOfActivities = { day: Day; activities: Activity[] };

/** Grouped by the day on which they begin, each day in order of time. */
export function byDay(activities: readonly Activity[]): DayOfActivities[] {
  const days = new Map<Day, Activity[]>();
  for (const activity of activities) {
    const day = dayOf(activity.start);
    days.set(day, [...(days.get(day) ?? []), activity]);
  }
  return [...days]
    .map(([day, list]) => ({
      day,
      activities: list.sort((a, b) => Date.parse(a.start) - Date.parse(b.start)),
    }))
    .sort((a, b) => a.day.localeCompare(b.day));
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
