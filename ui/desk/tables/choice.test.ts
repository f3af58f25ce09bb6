import { expect, it } from "vitest";
import { choosing, chosen, holds, orderOf, wordOf } from "./choice";

const usual = { q: "", of: "", state: "open", by: "-at" };
const url = (query: string) => new URL(`http://desk/c/c/talk?${query}`);

it("reads from the address what is chosen, and takes the usual for the rest", () => {
  expect(chosen(url(""), usual)).toEqual(usual);
  expect(chosen(url("q=ban+lien&by=name&thread=t"), usual)).toEqual({
    q: "ban lien",
    of: "",
    state: "open",
    by: "name",
  });
  expect(chosen(url("state="), usual).state).toBe("");
});

it("leaves out of the address what is usual, and keeps what belongs to others", () => {
  const at = url("state=waiting&thread=t");
  expect(choosing(at, usual, { state: "open" })).toBe("/c/c/talk?thread=t");
  expect(choosing(at, usual, { of: "a", q: "bản" })).toBe(
    "/c/c/talk?state=waiting&thread=t&of=a&q=b%E1%BA%A3n",
  );
  expect(choosing(url("q=x"), usual, { q: "" })).toBe("/c/c/talk");
  // All of them, where usually some are shown.
  expect(choosing(url(""), usual, { state: "" })).toBe("/c/c/talk?state=");
});

it("says an order in a word", () => {
  for (const word of ["name", "-name"]) expect(wordOf(orderOf(word))).toBe(word);
  expect(orderOf("-at")).toEqual({ column: "at", down: true });
});

it("finds all words that are typed, without case and tone marks, in any order", () => {
  const text = "Chợ phiên Bắc Hà, Đội số 2";
  expect(holds(text, "bac ha")).toBe(true);
  expect(holds(text, "doi  CHỢ")).toBe(true);
  expect(holds(text, "")).toBe(true);
  expect(holds(text, "bac lieu")).toBe(false);
});
