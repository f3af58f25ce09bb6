/** On what somebody joins, and what that costs by the policy engine. */
import { open, type Answer, type Answered, type Engine, type Problem } from "$shared/policy/engine";
import {
  costOf,
  groupOf,
  groupsOf,
  questionOf,
  termsOf,
  type Chosen,
  type Cost,
  type Scheme,
} from "$shared/policy/terms";
import { named as law, say } from "$shared/policy/words";
import { words } from "../words";

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

  get chosen(): string {
    return groupOf(this.what().scheme, this.said);
  }

  /** The least and the most income, đồng a month; null until the engine is here. */
  readonly range = $derived.by(() => {
    const of = this.#engine?.voluntary({ on: this.what().on, income: 0 });
    return of && "error" in of && of.error.code === "range"
      ? { least: Number(of.error.min), most: Number(of.error.max) }
      : null;
  });

  readonly #answer = $derived.by((): Answer<Answered> | undefined => {
    const { scheme, months, on } = this.what();
    return months
      ? this.#engine?.ask(questionOf(scheme, this.said, months, on, this.range?.least ?? 0))
      : undefined;
  });

  /** What is to be paid; null where the engine cannot say. */
  get cost(): Cost | null {
    const a = this.#answer;
    return a && !("error" in a) ? costOf(this.what().scheme, this.said, a) : null;
  }

  /** Why the engine cannot say, in words. */
  get problem(): string {
    const a = this.#answer;
    return a && "error" in a ? wrong(a.error) : "";
  }

  /** As an entry holds it. */
  get body(): Record<string, unknown> | undefined {
    const { cost } = this;
    return cost ? termsOf(this.what().scheme, this.said, cost, this.range?.least ?? 0) : undefined;
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
