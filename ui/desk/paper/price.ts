/** What an enrolment costs, as policy says it on the day of the paper; nobody types it. */
import { answer, client } from "$shared/client";
import type { Answered } from "$shared/policy/engine";
import { costOf, questionOf, termsOf, type Cost } from "$shared/policy/terms";
import { Refusal } from "$shared/refusal";
import type { Form } from "./forms";

export type Price = {
  cost: Cost | null;
  /** As an entry holds it. */
  terms: Record<string, unknown> | undefined;
  /** Why policy cannot say. */
  refused?: Refusal;
};

const asked = new Map<string, Promise<Answered>>();

/** Asks the server once; what got no answer is asked again. */
function ask(question: object): Promise<Answered> {
  const body = question as unknown as string; // any JSON, for the schema
  const key = JSON.stringify(question);
  let had = asked.get(key);
  if (!had) {
    had = answer(client.POST("/api/v1/quote", { body })) as Promise<unknown> as Promise<Answered>;
    asked.set(key, had);
    had.catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.status === 0) asked.delete(key);
    });
  }
  return had;
}

/** The least income that voluntary SI is paid on, đồng a month, on a day. */
async function leastOn(on: string): Promise<number> {
  try {
    await ask({ quote: "voluntary-si", on, income: 0 });
  } catch (error) {
    if (error instanceof Refusal && error.code === "quote.range")
      return Number(error.params["min"]);
    throw error;
  }
  return 0;
}

/** Throws where no answer came. */
export async function priceOf(form: Form, on: string): Promise<Price> {
  const { scheme, months } = form;
  if (!months) return { cost: null, terms: undefined };
  const least = scheme === "voluntary_si" ? await leastOn(on) : 0;
  try {
    const cost = costOf(scheme, form, await ask(questionOf(scheme, form, months, on, least)));
    return { cost, terms: cost ? termsOf(scheme, form, cost, least) : undefined };
  } catch (refused) {
    if (!(refused instanceof Refusal) || !refused.code.startsWith("quote.")) throw refused;
    return { cost: null, terms: undefined, refused };
  }
}
