/** What is shown of a list, and in which order, as it stands in the address: a link shows the same. */
import { folded } from "$shared/i18n/folded";
import type { Order } from "./sorting";

/** Choices by name. Each list says what is usual, which then stands in no address. */
export type Choice = Readonly<Record<string, string>>;

export function chosen<C extends Choice>(url: URL, usual: C): Record<keyof C, string> {
  return Object.fromEntries(
    Object.entries(usual).map(([name, value]) => [name, url.searchParams.get(name) ?? value]),
  ) as Record<keyof C, string>;
}

/** The same address with other choices. */
export function choosing(url: URL, usual: Choice, change: Choice): string {
  const query = new URLSearchParams(url.search);
  for (const [name, value] of Object.entries(change)) {
    if (value === (usual[name] ?? "")) query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return text ? `${url.pathname}?${text}` : url.pathname;
}

/** An order as one word: "name", and "-name" for the last first. */
export const wordOf = ({ column, down }: Order): string => (down ? "-" : "") + column;
export const orderOf = (word: string): Order =>
  word.startsWith("-") ? { column: word.slice(1), down: true } : { column: word, down: false };

/** Whether a text has all the words that somebody typed, without case and tone marks. */
export function holds(text: string, typed: string): boolean {
  const within = folded(text);
  return folded(typed)
    .split(/\s+/)
    .every((word) => within.includes(word));
}
