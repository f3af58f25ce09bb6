/** What a form begins with when a campaign is made from a file. */
import { addDays, isDay } from "$shared/i18n/dates";

export type Suggestion = { id: string; start: string; name: Record<string, string> };

/**
 * The campaign again on the same weekday of a year to come, called after that
 * year where it was called after its own. Nothing if the text is no such file:
 * the server says what is wrong with it.
 */
export function suggest(text: string, today: string): Suggestion | null {
  let said: unknown;
  try {
    said = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return null;
  }
  const campaign = (said as { campaign?: Partial<Suggestion> } | null)?.campaign;
  const { id, start, name } = campaign ?? {};
  if (typeof id !== "string" || typeof start !== "string" || !isDay(start)) return null;
  let next = addDays(start, 364);
  while (next < today) next = addDays(next, 364);
  const [had, year] = [start.slice(0, 4), next.slice(0, 4)];
  const renewed = (text: string) => text.replaceAll(had, year);
  return {
    id: renewed(id) === id ? `${id}-${year}` : renewed(id),
    start: next,
    name: Object.fromEntries(
      Object.entries(name ?? {}).map(([language, text]) => [language, renewed(String(text))]),
    ),
  };
}
