/**
 * The articles of the server, and their texts with the numbers of a day. An
 * article holds questions to policy and names in braces instead of numbers; see
 * the Go package knowledge.
 */
import type { Named } from "../i18n/language.svelte";
import type { Language } from "../i18n/message";
import type { Answer, Answered, Engine, Value } from "./engine";
import { say } from "./words";

export interface Part extends Named {
  readonly law?: string;
  readonly source?: string;
  /** Nobody has compared it with the law yet. */
  readonly unconfirmed?: boolean;
}

export interface Article {
  readonly id: string;
  readonly topic: string;
  readonly quote?: "voluntary" | "household";
  readonly title: Named;
  /** Other ways to ask. */
  readonly also: Readonly<Record<Language, readonly string[]>>;
  readonly asks?: readonly { as: string; question: Readonly<Record<string, unknown>> }[];
  readonly parts: readonly Part[];
  readonly pages?: readonly string[];
}

/** Answers of policy by the names that an article gives them. */
export type Answers = ReadonlyMap<string, Answer<Answered>>;

/** Fetches the articles, which the service worker keeps. */
export async function articles(): Promise<Article[]> {
  const response = await fetch("./articles.json");
  if (!response.ok) throw new Error(`articles.json: ${response.status}`);
  return (await response.json()) as Article[];
}

const named = /\{([a-z]+)\.([a-z0-9_.]+)\}/g;

/** A text without what stands for numbers, to be searched. */
export const bare = (text: string): string => text.replace(named, " ");

/** Asks an article's questions; a value may name what an earlier one found. */
export function ask(article: Article, engine: Engine, on: string): Answers {
  const answers = new Map<string, Answer<Answered>>();
  for (const { as, question } of article.asks ?? []) {
    const filled = Object.entries(question).map(([field, value]) => {
      const [whole, of, name] =
        typeof value === "string" ? (new RegExp(`^${named.source}$`).exec(value) ?? []) : [];
      return [field, whole ? found(answers, of, name)?.value : value];
    });
    answers.set(as, engine.ask({ ...Object.fromEntries(filled), on }));
  }
  return answers;
}

/** A text with its numbers, in the language of the page; a number that is not known is "…". */
export const said = (text: string, answers: Answers): string =>
  text.replace(named, (_, of: string, name: string) => {
    const it = found(answers, of, name);
    return it ? say(it.unit, it.value) : "…";
  });

interface Found {
  readonly unit: string;
  readonly value: Value;
}

/** Units of what an answer holds beside its steps; all else is in đồng. */
const units: Readonly<Record<string, string>> = { first_month: "month", months: "months" };

/**
 * A name with a dot is a path in the answer; else it is the result of the last
 * step of that rule; else what went into a step.
 */
function found(answers: Answers, of = "", name = ""): Found | null {
  const answer = answers.get(of);
  if (!answer || "error" in answer) return null;
  if (name.includes(".")) {
    let value: unknown = answer;
    for (const part of name.split(".")) {
      value = (value as Record<string, unknown> | null | undefined)?.[part];
    }
    if (typeof value !== "number" && typeof value !== "string") return null;
    return { unit: units[name.split(".").at(-1) ?? ""] ?? "dong", value };
  }
  const step = answer.trace.findLast((s) => s.rule === name);
  if (step) return { unit: step.unit, value: step.result };
  return answer.trace.flatMap((s) => s.operands).find((o) => o.name === name) ?? null;
}
