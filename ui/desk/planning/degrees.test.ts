import { expect, it } from "vitest";
import { degrees } from "./degrees";

it("reads degrees with a comma or a point, and nothing else", () => {
  expect(["22.34", " 103,84 ", "-7", "", "x", "22.3.4", "1e3"].map(degrees.one)).toEqual([
    22.34,
    103.84,
    -7,
    null,
    null,
    null,
    null,
  ]);
});

it("reads both as maps give them to copy", () => {
  expect(
    ["22.34, 103.84", "22.34,103.84", "22,34; 103,84", "22.34 103.84", "22.34", "a, b"].map(
      degrees.pair,
    ),
  ).toEqual([[22.34, 103.84], [22.34, 103.84], [22.34, 103.84], [22.34, 103.84], null, null]);
});
