/** The policy engine of a page: the server's code and the server's parameters. */
import { load } from "$policy/host.mjs";

export interface Cited {
  readonly name: string;
  readonly citation: string;
  readonly from: string;
  readonly to: string | null;
  readonly confirmed: boolean;
  readonly checked: string;
}

export type Value = number | string | boolean;

export interface Operand {
  readonly name: string;
  readonly unit: string;
  readonly value: Value;
  readonly parameter?: Cited;
}

export interface Step {
  readonly rule: string;
  readonly operands: readonly Operand[];
  readonly result: Value;
  readonly unit: string;
  readonly rounding: string;
}

export interface Notice {
  readonly code: string;
  readonly rule?: string;
  readonly parameter?: string;
  readonly field?: string;
  readonly from?: string;
  readonly checked?: string;
  readonly on?: string;
}

export interface Answered {
  readonly version: string;
  readonly notices: readonly Notice[];
  readonly trace: readonly Step[];
}

export interface Problem {
  readonly code: string;
  readonly field?: string;
  readonly what?: string;
  readonly unit?: string;
  readonly min?: Value;
  readonly max?: Value;
  readonly choices?: string;
}

export interface Amounts {
  readonly contribution: number;
  readonly support: number;
  readonly payable: number;
}

export interface Voluntary extends Answered, Amounts {
  readonly group: string;
  readonly income_floor: number;
  readonly income_ceiling: number;
}

export interface Household extends Answered, Amounts {
  readonly months: number;
  readonly members: readonly {
    readonly order: number | null;
    readonly group: string;
    readonly premium: number;
    readonly support: number;
    readonly payable: number;
  }[];
}

export interface Path extends Amounts {
  readonly path: string;
  readonly lacks?: string;
  readonly months: number;
  readonly last_paid: string | null;
  readonly first_month: string | null;
  readonly social_pension: boolean;
  readonly rate_percent: number | null;
  readonly monthly_pension: number | null;
  readonly paid_back: number | null;
  readonly years: readonly { year: number; paid: number; received: number }[];
}

export interface Paths extends Answered {
  readonly paths: readonly Path[];
}

export type Answer<T> = T | { readonly error: Problem };

export interface Engine {
  /** Any question, with its kind in "quote". */
  ask(question: object): Answer<Answered>;
  voluntary(question: object): Answer<Voluntary>;
  household(question: object): Answer<Household>;
  paths(question: object): Answer<Paths>;
}

/** Fetches the engine; the words of a failure are the caller's. */
export async function open(): Promise<Engine> {
  const [code, files] = await Promise.all([fetched("./policy.wasm"), fetched("./parameters.json")]);
  const module = await WebAssembly.compile(await code.arrayBuffer());
  const policy = await load(module, (await files.json()) as string[]);
  return {
    ask: (q) => policy.ask(q) as Answer<Answered>,
    voluntary: (q) => policy.ask({ quote: "voluntary-si", ...q }) as Answer<Voluntary>,
    household: (q) => policy.ask({ quote: "household-hi", ...q }) as Answer<Household>,
    paths: (q) => policy.ask({ quote: "paths", ...q }) as Answer<Paths>,
  };
}

async function fetched(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}
