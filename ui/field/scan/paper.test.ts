import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readPaper, type Paper } from "./paper";

/** The cases of the server's own reading; see people/identity/identity_test.go. */
const cases = JSON.parse(
  readFileSync(new URL("../../../people/identity/testdata/qr.json", import.meta.url), "utf8"),
) as { what: string; text: string; paper: Partial<Paper> | null }[];

describe("what a card says", () => {
  it.each(cases)("$what", ({ text, paper }) => {
    const empty = { citizen: "", old: "", card: "", name: "", birth: "", sex: "", address: "" };
    expect(readPaper(text)).toEqual(paper && { ...empty, ...paper });
  });
});
