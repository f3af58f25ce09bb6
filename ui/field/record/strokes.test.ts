import { expect, it } from "vitest";
import { begun, drawn, shortened } from "./strokes";

it("is lines alone, in whole numbers, within its field", () => {
  let path = begun("", 10.4, 20.6);
  path = drawn(path, 11, 21); // hardly moved
  path = drawn(path, 30, 40);
  path = drawn(path, 900, -5);
  path = begun(path, 50, 50);
  expect(path).toBe("M10 21L10 21L30 40L600 0M50 50L50 50");
  expect(shortened(path)).toBe("M10 21L10 21L30 40L600 0");
  expect(shortened(shortened(path))).toBe("");
});

it("never grows beyond what the server takes", () => {
  let path = begun("", 0, 0);
  for (let i = 0; i < 5000; i++) path = drawn(path, (i * 37) % 600, (i * 53) % 240);
  expect(path.length).toBeLessThanOrEqual(8000);
  expect(path).toMatch(/^(M\d+ \d+(L\d+ \d+)+)+$/);
});
