/** On what somebody joins, and what that costs by the policy engine. */
import { open, type Answer, type Engine, type Problem } from "$shared/policy/engine";
import { named as law, say } from "$shared/policy/words";
import { words } from "../words";

export type Scheme = "voluntary_si" | "household_hi" | "student_hi" | "other_hi";

/** The groups for the state's support, by scheme; the first is the usual one. */
export const groupsOf: Record<Scheme, readonly string[]> = {
  voluntary_si: ["other", "poor", "near-poor", "ethnic-minority", "island"],
  household_hi: ["self"],
  student_hi: ["student"],
  other_hi: [
    "agriculture",
    "near-poor",
    "near-poor-poor-commune",
    "ethnic-minority",
    "poor",
    "health-worker",
    "security",
    "hamlet-worker",
    "artisan",
    "trafficking-victim",
  ],
};

/** The amounts of one person, in đồng. */
export interface Cost {
  readonly amount: number;
  readonly support: number;
}

/** What is chosen of it, as a form holds it. */
export interface Chosen {
  group: string;
  /** Đồng a month, as typed; empty is the least. */
  income: string;
  /** Which of the household joins in that year, from 1. */
  member: string;
}

export function termsBy(had: unknown): Chosen {
  const of = (typeof had === "object" && had !== null ? had : {}) as Record<string, unknown>;
  const { group, income, member } = of;
  return {
    group: typeof group === "string" ? group : "",
    income: typeof income === "number" ? String(income) : "",
    member: typeof member === "number" ? String(member) : "1",
  };
}

export class Terms {
  #engine = $state.raw<Engine>();
  failed = $state(false);

  constructor(
    readonly said: Chosen,
    private readonly what: () => { scheme: Scheme; months: number; on: string },
  ) {
    open().then(
      (engine) => (this.#engine = engine),
      () => (this.failed = true),
    );
  }

  get groups(): readonly string[] {
    return groupsOf[this.what().scheme];
  }

  /** The group that holds: one of another scheme is none here. */
  get chosen(): string {
    return this.groups.includes(this.said.group) ? this.said.group : (this.groups[0] ?? "");
  }

  /** The least and the most income, đồng a month; null until the engine is here. */
  readonly range = $derived.by(() => {
    const of = this.#engine?.voluntary({ on: this.what().on, income: 0 });
    return of && "error" in of && of.error.code === "range"
      ? { least: Number(of.error.min), most: Number(of.error.max) }
      : null;
  });

  readonly #answer = $derived.by((): Answer<Cost> | undefined => {
    const engine = this.#engine;
    const { scheme, months, on } = this.what();
    if (!engine || !months) return undefined;
    if (scheme === "voluntary_si") {
      const income = this.said.income === "" ? (this.range?.least ?? 0) : Number(this.said.income);
      const pay = months === 1 ? "monthly" : String(months);
      const a = engine.voluntary({ on, income, group: this.chosen, pay });
      return "error" in a ? a : { amount: a.payable, support: a.support };
    }
    const place = scheme === "household_hi" ? Math.max(1, Number(this.said.member)) : 1;
    const members = Array.from({ length: place }, () => this.chosen);
    const a = engine.household({ on, members, months });
    if ("error" in a) return a;
    const last = a.members[place - 1];
    return last && { amount: last.payable, support: last.support };
  });

  /** What is to be paid; null where the engine cannot say. */
  get cost(): Cost | null {
    const a = this.#answer;
    return a && !("error" in a) ? a : null;
  }

  /** Why the engine cannot say, in words. */
  get problem(): string {
    const a = this.#answer;
    return a && "error" in a ? wrong(a.error) : "";
  }

  /** As an entry holds it. */
  get body(): Record<string, unknown> | undefined {
    const { scheme } = this.what();
    const { cost } = this;
    if (!cost) return undefined;
    return {
      group: this.chosen,
      ...(scheme === "voluntary_si" && {
        income: this.said.income === "" ? this.range?.least : Number(this.said.income),
      }),
      ...(scheme === "household_hi" && { member: Number(this.said.member) }),
      amount: cost.amount,
      ...(cost.support && { support: cost.support }),
    };
  }
}

function wrong(problem: Problem): string {
  const of = (v: Problem["min"]) => (v === undefined ? "" : say(problem.unit ?? "", v));
  return law("problem", problem.code, {
    field: words.maybe(`quote.field.${problem.field}`) ?? problem.field ?? "",
    what: problem.what ?? "",
    hint: "",
    choices: problem.choices ?? "",
    min: of(problem.min),
    max: of(problem.max),
  });
}
