import { describe, expect, it } from "vitest";
import { fullAt, lengthOf, movement } from "./league";

describe("the league", () => {
  it("tells who rose and who fell", () => {
    expect(movement(2, 4)).toEqual({ kind: "up", n: 2 });
    expect(movement(4, 2)).toEqual({ kind: "down", n: 2 });
    expect(movement(1, null)).toEqual({ kind: "same", n: 0 });
  });

  it("leaves room for the mark of the target, and for the best", () => {
    expect(fullAt([50, null])).toBe(120);
    expect(fullAt([50, 179.5])).toBe(179.5);
    expect(lengthOf(60, 120)).toBe(50);
  });
});
