/** A quote as a text that can be sent: amounts first, then the articles of law. */
import type { Notice, Step } from "$shared/policy/engine";

/** The articles of law on which an answer rests, each once, in the order of its steps. */
export function citations(answer: { readonly trace: readonly Step[] }): string[] {
  const all = answer.trace.flatMap((s) => s.operands).flatMap((o) => o.parameter ?? []);
  return [...new Set(all.map((p) => p.citation))];
}

/** Whether anything of the answer is not certain. */
export const uncertain = (answer: { readonly notices: readonly Notice[] }): boolean =>
  answer.notices.some((n) => n.code !== "beyond");

export function receipt(
  head: readonly string[],
  rows: readonly (readonly [name: string, number: string])[],
  foot: readonly string[],
): string {
  return [...head, ...rows.map(([name, number]) => `${name}: ${number}`), ...foot]
    .filter(Boolean)
    .join("\n");
}
