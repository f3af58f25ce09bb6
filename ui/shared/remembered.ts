/**
 * What this browser remembers of a person's choices. A browser that keeps
 * nothing (private mode, storage full) costs the memory, not the page.
 */
import { languages, type Language } from "./i18n/message";

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`caunoi.${name}`, value);
  } catch {
    // The choice holds for this visit.
  }
}

export function forget(name: string): void {
  try {
    localStorage.removeItem(`caunoi.${name}`);
  } catch {
    // It was never kept.
  }
}

export function recall<T extends string>(
  name: string,
  valid: (value: string) => value is T,
): T | undefined {
  try {
    const value = localStorage.getItem(`caunoi.${name}`);
    return value !== null && valid(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isLanguage(value: string): value is Language {
  return (languages as readonly string[]).includes(value);
}
