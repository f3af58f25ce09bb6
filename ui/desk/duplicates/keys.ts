/** What a key decides about the pair that has the focus. The letters are those of the words on the buttons. */
import type { Language } from "$shared/i18n/message";

export type Move = "same" | "apart" | "next" | "previous";

const letters: Record<Language, Record<string, Move>> = {
  vi: { g: "same", k: "apart" },
  en: { s: "same", d: "apart" },
  bn: { s: "same", d: "apart" },
};

const arrows: Record<string, Move> = { ArrowDown: "next", ArrowUp: "previous" };

type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">;

export function moveOf(press: Press, language: Language): Move | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  return arrows[press.key] ?? letters[language][press.key.toLowerCase()] ?? null;
}

/** The letter of a decision, as it is written on its button. */
export function letterOf(move: Move, language: Language): string {
  const found = Object.entries(letters[language]).find(([, m]) => m === move);
  return found?.[0].toUpperCase() ?? "";
}
