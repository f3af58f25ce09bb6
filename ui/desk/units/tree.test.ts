import { describe, expect, it } from "vitest";
import type { Commune, Office } from "$shared/units";
import { marketDays, treeOf } from "./tree";

const office = (id: string, parent: string): Office => ({
  id,
  parent,
  kind: "grassroots",
  name: `Cơ sở ${id}`,
  phone: "",
  order: 0,
  closed: "",
  campaigners: 0,
});
const commune = (code: string, name: string, of: string): Commune => ({
  code,
  name,
  type: "xã",
  office: of,
  lat: 0,
  lon: 0,
  people: 0,
  population: [],
  into: "",
});

const offices = [office("b", "p"), office("p", ""), office("a", "p"), office("x", "elsewhere")];
const communes = [commune("001", "Sa Pả", "a"), commune("002", "Mường Hum", "b")];

describe("the tree of offices", () => {
  it("puts each below what it belongs to, and what lies under others at the top", () => {
    const tree = treeOf(offices, communes, "");
    expect(tree.map((n) => [n.office.id, n.depth])).toEqual([
      ["p", 0],
      ["b", 1],
      ["a", 1],
      ["x", 0],
    ]);
    expect(tree.find((n) => n.office.id === "a")?.communes.map((c) => c.code)).toEqual(["001"]);
  });

  it("finds a commune without marks, with the offices above it", () => {
    const found = treeOf(offices, communes, "muong hum");
    expect(found.map((n) => n.office.id)).toEqual(["p", "b"]);
    expect(found.at(-1)?.communes).toHaveLength(1);
    expect(treeOf(offices, communes, "002").map((n) => n.office.id)).toEqual(["p", "b"]);
    expect(treeOf(offices, communes, "nothing")).toEqual([]);
  });

  it("shows all communes of an office that is found itself", () => {
    expect(treeOf(offices, communes, "cơ sở a").at(-1)?.communes).toHaveLength(1);
  });

  it("does not go round in a circle", () => {
    expect(treeOf([office("a", "b"), office("b", "a")], [], "")).toHaveLength(2);
  });
});

describe("market days", () => {
  it("fall on weekdays, or every so many days before and after one of them", () => {
    expect(marketDays({ weekdays: [0] }, "2025-11-01", 2)).toEqual(["2025-11-02", "2025-11-09"]);
    const six = { every: 6, from: "2025-11-13" };
    expect(marketDays(six, "2025-11-01", 3)).toEqual(["2025-11-01", "2025-11-07", "2025-11-13"]);
    expect(marketDays({ weekdays: [] }, "2025-11-01", 2)).toEqual([]);
  });
});
