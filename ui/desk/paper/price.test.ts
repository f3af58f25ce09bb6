import { Refusal } from "$shared/refusal";
import { expect, it, vi } from "vitest";
import { empty, type Form } from "./forms";
import { priceOf } from "./price";

const post = vi.hoisted(() => vi.fn());
vi.mock("$shared/client", () => ({
  client: { POST: (_: string, { body }: { body: object }) => post(body) },
  answer: async (asked: Promise<unknown>) => await asked,
}));

/** What the server is asked, and answers. */
function server(answers: (question: Record<string, unknown>) => object) {
  const asked: object[] = [];
  post.mockImplementation(async (question: Record<string, unknown>) => {
    asked.push(question);
    const told = answers(question);
    if (told instanceof Refusal) throw told;
    return told;
  });
  return asked;
}

const form = (change: Partial<Form>): Form => ({ ...empty, ...change });

it("asks policy for the amounts of one of a household, once", async () => {
  const asked = server(() => ({
    members: [
      { payable: 900, support: 0 },
      { payable: 630, support: 0 },
    ],
  }));
  const second = form({ scheme: "household_hi", member: "2", months: 12 });
  expect((await priceOf(second, "2025-11-08")).terms).toEqual({
    group: "self",
    member: 2,
    amount: 630,
  });
  await priceOf(second, "2025-11-08");
  expect(asked).toEqual([
    { quote: "household-hi", on: "2025-11-08", members: ["self", "self"], months: 12 },
  ]);
  expect((await priceOf(form({ months: 0 }), "2025-11-08")).terms).toBeUndefined();
});

it("takes the least income where none was chosen, and says why policy cannot tell", async () => {
  server(({ income }) =>
    Number(income) < 1500
      ? new Refusal(422, "quote.range", { field: "income", min: 1500, max: 9000 })
      : { payable: 264, support: 66 },
  );
  const insured = (income: string) =>
    priceOf(form({ scheme: "voluntary_si", months: 1, group: "poor", income }), "2025-11-09");
  expect((await insured("")).terms).toEqual({
    group: "poor",
    income: 1500,
    amount: 264,
    support: 66,
  });
  const { cost, refused } = await insured("7");
  expect([cost, refused?.params["field"]]).toEqual([null, "income"]);
});
