import { beforeEach, expect, it, vi } from "vitest";

/** An address bar. */
const bar = vi.hoisted(() => ({ url: new URL("http://desk/users"), route: null }));
vi.mock("../address.svelte", () => ({
  address: Object.assign(bar, {
    go: (href: string) => (bar.url = new URL(href, bar.url)),
  }),
}));

const { Choices, Listing, officesOf } = await import("./listing.svelte");

type Row = { name: string; office: string; n: number | null };
const all: Row[] = [
  { name: "Đỗ Thị Thử", office: "b", n: 2 },
  { name: "Ân Mô Phỏng", office: "a", n: null },
  { name: "Bùi Văn Thử", office: "a", n: 10 },
];
const make = (params = {}) =>
  new Listing<Row>({
    rows: () => all,
    usual: { q: "", of: "", by: "name" },
    text: (r) => r.name,
    fits: { of: (r, office) => r.office === office },
    columns: () => [
      { id: "name", label: "Tên", sort: (r) => r.name },
      { id: "n", label: "Số", sort: (r) => r.n, cell: (r) => r.n ?? "–", high: true },
      { id: "due", label: "Hạn trước", sort: (r) => r.n, cell: null },
      { id: "office", label: "Đơn vị", cell: (r) => r.office },
    ],
    params,
  });
const names = (list: { rows: readonly Row[] }) => list.rows.map((r) => r.name.split(" ")[0]);

beforeEach(() => {
  bar.url = new URL("http://desk/users");
});

it("shows all in the usual order, and what an address asks for", () => {
  expect(names(make())).toEqual(["Ân", "Bùi", "Đỗ"]);
  bar.url = new URL("http://desk/users?by=-n");
  expect(names(make())).toEqual(["Bùi", "Đỗ", "Ân"]); // who has no value is last
  bar.url = new URL("http://desk/users?by=n");
  expect(names(make())).toEqual(["Đỗ", "Bùi", "Ân"]);
  bar.url = new URL("http://desk/users?q=thu&of=a");
  expect(names(make())).toEqual(["Bùi"]);
});

it("takes an order that is none for the usual one", () => {
  for (const by of ["office", "songs", ""]) {
    bar.url = new URL(`http://desk/users?by=${by}`);
    expect(names(make())).toEqual(["Ân", "Bùi", "Đỗ"]);
  }
});

it("begins where it makes sense, and turns round when pressed again", () => {
  make().press("n");
  expect(bar.url.search).toBe("?by=-n");
  make().press("n");
  expect(bar.url.search).toBe("?by=n");
  make().press("name");
  expect(bar.url.search).toBe("");
  make().turn();
  expect(bar.url.search).toBe("?by=-name");
});

it("says what each part would show, and whether anything is left out", () => {
  bar.url = new URL("http://desk/users?q=thu&of=a");
  const list = make();
  expect(list.without("of").map((r) => r.office)).toEqual(["b", "a"]);
  expect(list.narrowed).toBe(true);
  bar.url = new URL("http://desk/users?q=thu&of=a&by=n&other=1");
  make().clear();
  expect(bar.url.search).toBe("?by=n&other=1"); // the order stays
  expect(make().narrowed).toBe(false);
});

it("makes a file of what is shown, in its order", () => {
  bar.url = new URL("http://desk/users?by=-n");
  const list = make();
  expect(list.headings).toEqual(["Tên", "Số", "Đơn vị"]);
  expect(list.file()).toEqual([
    ["Bùi Văn Thử", 10, "a"],
    ["Đỗ Thị Thử", 2, "b"],
    ["Ân Mô Phỏng", "–", "a"],
  ]);
});

it("keeps apart two lists of one screen", () => {
  bar.url = new URL("http://desk/league?q=bui&flag=do");
  const flags = make({ q: "flag", by: "flags_by" });
  expect([names(make()), names(flags)]).toEqual([["Bùi"], ["Đỗ"]]);
  flags.press("n");
  expect(bar.url.search).toBe("?q=bui&flag=do&flags_by=-n");
  expect(flags.href({ q: "" })).toBe("/league?q=bui&flags_by=-n");
});

it("leaves to the server what comes page by page", () => {
  const order = new Choices<Row>({ q: "", by: "place" }, () => [
    { id: "place", label: "Nơi ở", sort: () => 0, cell: null, oneWay: true },
    { id: "card", label: "Thẻ", sort: () => 0, cell: null },
    { id: "name", label: "Tên", cell: (r) => r.name },
  ]);
  expect(order.order).toEqual({ column: "place", down: false });
  expect(order.cells(all.slice(0, 1))).toEqual([["Đỗ Thị Thử"]]);
});

it("names each office once", () => {
  const office = (id: string, name: string) => ({ id, name });
  expect(
    officesOf([office("b", "Bát Xát"), office("a", "Ân Thi"), office("b", "Bát Xát")]),
  ).toEqual([
    ["a", "Ân Thi"],
    ["b", "Bát Xát"],
  ]);
});
