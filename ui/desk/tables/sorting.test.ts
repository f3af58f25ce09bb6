import { describe, expect, it } from "vitest";
import { press, sorted } from "./sorting";

describe("sorting", () => {
  const rows = [{ v: 2 }, { v: null }, { v: 10 }];

  it("puts what has no value last in either direction", () => {
    expect(sorted(rows, (r) => r.v, true).map((r) => r.v)).toEqual([10, 2, null]);
    expect(sorted(rows, (r) => r.v, false).map((r) => r.v)).toEqual([2, 10, null]);
  });

  it("orders names as Vietnamese does", () => {
    const names = ["Đồng", "Em", "Dao", "Ăn", "An"];
    expect(sorted(names, (n) => n, false)).toEqual(["An", "Ăn", "Dao", "Đồng", "Em"]);
  });

  it("begins with the highest number and with A, and turns round when pressed again", () => {
    const order = press({ column: "name", down: false }, "percent", true);
    expect(order).toEqual({ column: "percent", down: true });
    expect(press(order, "percent", true).down).toBe(false);
    expect(press(order, "name", false).down).toBe(false);
  });
});
