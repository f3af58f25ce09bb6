/** The days that people name when they promise something. */
import { addDays, noon, type Day } from "$shared/i18n/dates";

/** Tomorrow, the day after, the next Saturday and Sunday, and a week from now; each once, in order. */
export function promiseDays(today: Day): Day[] {
  const weekday = noon(today).getUTCDay();
  const next = (wanted: number) => addDays(today, (wanted - weekday + 7) % 7 || 7);
  const days = [addDays(today, 1), addDays(today, 2), next(6), next(0), addDays(today, 7)];
  return [...new Set(days)].sort();
}
