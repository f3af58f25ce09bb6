/**
 * Every list of the desk: what is looked for and its order stand in the address,
 * a link shows the same, and a file has what is shown.
 */
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { folded } from "../shared/i18n/folded";
import { Sitting, type Role, type Watched } from "./desk";

const at = new Sitting("province", "lead", "administrator");
const { sit } = at;

const shots = process.env["CAUNOI_SHOTS"];
async function shoot({ page }: Watched, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` });
}

const small = { width: 390, height: 844 };
const large = { width: 1440, height: 960 };

const festival = "/c/lao-cai-2025";
const running = "/c/thuong-xuyen";

type List = {
  name: string;
  role?: Role;
  path: string;
  /** Where the list stands, of several on a screen. */
  within?: (page: Page) => Locator;
  /** A row of it. */
  row: string;
  /** The column of the file whose text each row shows. */
  key: number;
  /** How the row says it, where that differs. */
  says?: (cell: string) => string;
  /** The column in which something is looked for; -1 where the list has no text. */
  find: number;
  /** Another filter, and what it puts into the address. */
  filter?: {
    set: (page: Page) => Promise<unknown>;
    says: string;
    /** A column of the file, and what it says where the filter lets a row through. */
    lets?: readonly [column: number, text: string];
  };
  /** The order to choose, as the address has it, and the column of the file that is then in order. */
  by: string;
  ordered: number;
  /** Headings are pressed. */
  heading?: string;
  /** The parameters of the address, where a screen has two lists. */
  params?: { q: string; by: string };
  /** The server pages it: the file has more than the screen. */
  paged?: boolean;
  /** Makes something to list. */
  before?: (page: Page) => Promise<unknown>;
};

const cards = "ul.card > li";

/** Asks the server as the page would. */
const call = (page: Page, method: string, path: string, body?: object) =>
  page.evaluate(
    async ({ method, path, body }) => {
      const headers = { "Content-Type": "application/json", "X-Caunoi": "1" };
      const res = await fetch(`/api/v1${path}`, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await res.text();
      return (text ? JSON.parse(text) : null) as never;
    },
    { method, path, body },
  );

const select = (name: string, value: string) => (page: Page) =>
  page.getByRole("combobox", { name, exact: true }).selectOption(value);
const press = (name: RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();

async function enrolPhones(page: Page): Promise<void> {
  const { users } = (await call(page, "GET", "/users")) as {
    users: { id: string; role: string }[];
  };
  for (const { id } of users.filter((u) => u.role === "campaigner").slice(0, 3)) {
    const { path } = (await call(page, "POST", `/users/${id}/links`, { phone: true })) as {
      path: string;
    };
    const token = path.split("#enrol=")[1];
    await call(page, "POST", "/devices", { token, device: `mo-phong-${id}`, name: `Máy ${id}` });
  }
}

/** Two days are confirmed, and wait for a second person to be opened again. */
async function reopenDays(page: Page): Promise<void> {
  await call(page, "PUT", "/settings/approvals", { acts: { "day.reopen": true } });
  const { offices } = (await call(page, "GET", "/campaigns/thuong-xuyen/closings")) as {
    offices: { id: string; days: { day: string; may_close: boolean }[] }[];
  };
  const office = offices.find((o) => o.days.filter((d) => d.may_close).length > 1);
  const days = office?.days.filter((d) => d.may_close).slice(0, 2) ?? [];
  for (const { day } of days) {
    const act = { scope: "day", office: office?.id, days: [day] };
    await call(page, "POST", "/campaigns/thuong-xuyen/closings", act);
    const again = { ...act, reopen: true, reason: "Mô phỏng sót phiếu" };
    await call(page, "POST", "/campaigns/thuong-xuyen/closings", again);
  }
}

/** Rows that may be one person: a phone and a name alike. */
async function addPairs(page: Page): Promise<void> {
  const got = await call(page, "GET", "/worklists/villages");
  const { villages } = got as { villages: { commune: { code: string } }[] };
  const commune = villages[0]?.commune.code;
  for (const name of ["Thử Mô Phỏng", "Khác Mô Phỏng"]) {
    const person = { name, phone: name === "Thử Mô Phỏng" ? "0912000001" : "0912000002", commune };
    await call(page, "POST", "/people", { ...person, birth: "1980" });
    await call(page, "POST", "/people", { ...person, village: "Bản Thử" });
  }
}

async function askRequests(page: Page): Promise<void> {
  const { people } = (await call(page, "GET", "/people?limit=3")) as { people: { id: string }[] };
  for (const [i, kind] of (["access", "correct", "erase"] as const).entries()) {
    await call(page, "POST", "/requests", { person: people[i]?.id, kind });
  }
}

const lists: List[] = [
  {
    name: "users",
    path: "/users",
    row: cards,
    key: 0,
    find: 0,
    filter: { set: select("Vai trò", "campaigner"), says: "role=campaigner" },
    by: "-id",
    ordered: 1,
  },
  {
    name: "phones",
    path: "/phones",
    row: cards,
    key: 0,
    find: 2,
    filter: { set: press(/^Đang dùng/), says: "state=in_use" },
    by: "-person",
    ordered: 0,
    before: enrolPhones,
  },
  {
    name: "approvals",
    path: "/approvals",
    row: ".card:has(.kind) > ul > li",
    key: 0,
    find: 1,
    by: "who",
    ordered: 1,
    before: reopenDays,
  },
  {
    name: "requests",
    role: "lead",
    path: "/requests",
    row: "section.card > ul > li",
    key: 0,
    find: 0,
    filter: { set: select("Trạng thái", "open"), says: "state=open" },
    by: "kind",
    ordered: 0,
    before: askRequests,
  },
  {
    name: "duplicates",
    role: "lead",
    path: "/duplicates",
    row: "article",
    key: 1,
    find: 1,
    by: "commune",
    ordered: 5,
    before: addPairs,
  },
  {
    name: "audit",
    path: "/audit",
    row: "tbody tr",
    key: 5,
    find: -1,
    filter: { set: select("Việc", "session.begun"), says: "act=session.begun" },
    by: "time",
    ordered: 0,
    heading: "Lúc",
    paged: true,
  },
  {
    name: "people",
    role: "lead",
    path: "/people",
    row: "ul.people > li",
    key: 0,
    find: -1,
    filter: { set: select("Tình trạng tham gia", "none"), says: "coverage=none" },
    by: "-birth_year",
    ordered: 2,
    paged: true,
  },
  {
    name: "worklists",
    role: "lead",
    path: "/worklists",
    row: ".card li:has(.name)",
    key: 0,
    find: -1,
    filter: { set: select("Người phụ trách", "-"), says: "assigned=-" },
    by: "birth_year",
    ordered: 2,
    paged: true,
  },
  {
    name: "entries",
    path: `${festival}?figure=enrolments`,
    within: (page) => page.getByRole("dialog"),
    row: "ol > li",
    key: 6,
    find: 5,
    by: "author",
    ordered: 7,
    params: { q: "find", by: "order" },
    paged: true,
  },
  {
    name: "flags",
    path: `${festival}/league`,
    within: (page) => page.locator("#flags"),
    row: "ul > li",
    key: 1,
    find: 1,
    by: "-value",
    ordered: 5,
    params: { q: "flag", by: "flags_by" },
  },
  {
    name: "standings",
    path: `${festival}/league`,
    within: (page) => page.locator("section.card:has(table)"),
    row: "tbody tr",
    key: 1,
    find: 1,
    by: "name",
    ordered: 1,
    heading: "Đơn vị",
  },
  {
    name: "plan",
    path: `${festival}/activities?view=list&on=2025-11-01`,
    row: ".card > ul > li",
    key: 3,
    find: 3,
    filter: { set: select("Đơn vị", "sa-pa"), says: "office=sa-pa", lets: [5, "Sa Pa"] },
    by: "-commune",
    ordered: 4,
  },
  {
    name: "closing",
    path: `${running}/closing?of=sa-pa&rows=days`,
    within: (page) => page.locator("section.days"),
    row: "ul > li",
    key: 1,
    says: (day) => day.slice(5).split("-").map(Number).reverse().join("/"),
    find: -1,
    filter: { set: press(/^Mở \d/), says: "state=open" },
    by: "day",
    ordered: 1,
  },
  {
    name: "reviews",
    path: `${festival}/reviews`,
    row: ".rows li",
    key: 0,
    find: 2,
    by: "-at",
    ordered: 4,
    paged: true, // only what is seen is drawn
  },
  {
    name: "talk",
    path: `${running}/talk`,
    row: ".list li",
    key: 3,
    find: 3,
    filter: { set: press(/^Tất cả/), says: "state=all" },
    by: "about",
    ordered: 0,
    before: async (page) => {
      for (const [figure, text] of [
        ["enrolments", "Mô phỏng: vì sao thấp?"],
        ["people_reached", "Mô phỏng: đã đủ phiếu?"],
      ] as const) {
        const id = `01a20d00-0000-7000-8000-${figure === "enrolments" ? "00000000000a" : "00000000000b"}`;
        await call(page, "POST", "/campaigns/thuong-xuyen/talk", {
          id,
          at: { figure },
          text,
        });
      }
    },
  },
  {
    name: "readiness",
    path: "/readiness",
    row: "ul.rows > li",
    key: 0,
    find: 0,
    by: "name",
    ordered: 0,
  },
  {
    name: "units",
    path: "/units",
    row: "ul.tree > li",
    key: 1,
    find: 1,
    by: "name",
    ordered: -1, // within the tree
    paged: true, // a line for each commune
  },
  {
    name: "indicators",
    path: "/indicators",
    row: "ul > li.card",
    key: 0,
    find: 0,
    by: "name",
    ordered: 0,
  },
];

/** The rows of a file of comma-separated values, without its headings. */
function rowsOf(csv: string): string[][] {
  const rows: string[][] = [[]];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < csv.length; i++) {
    const c = csv[i];
    if (quoted) {
      if (c === '"' && csv[i + 1] === '"') cell += csv[i++];
      else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"') quoted = true;
    else if (c === "," || c === "\n") {
      rows.at(-1)?.push(cell);
      cell = "";
      if (c === "\n") rows.push([]);
    } else cell += c;
  }
  return rows.slice(1, -1);
}

describe.each(lists)("$name", (list) => {
  const scope = (page: Page) => list.within?.(page) ?? page.getByRole("main");
  const params = list.params ?? { q: "q", by: "by" };
  const query = (page: Page) => new URL(page.url()).searchParams;
  const shown = async (page: Page) => {
    await scope(page).locator(list.row).first().waitFor();
    return await scope(page).locator(list.row).allInnerTexts();
  };
  /** What was asked of the server has come. */
  const settled = (page: Page) =>
    expect.poll(() => scope(page).locator("[aria-busy=true]").count(), { interval: 300 }).toBe(0);
  const file = async (page: Page): Promise<string[][]> => {
    const [saved] = await Promise.all([
      page.waitForEvent("download"),
      scope(page).getByRole("button", { name: "Tải bảng về, CSV" }).click(),
    ]);
    return rowsOf(await readFile(await saved.path(), "utf8"));
  };

  it("is found, put in order, sent as a link, and taken as a file", async () => {
    const desk = await sit(list.role ?? "province", list.path);
    const { page } = desk;
    page.setDefaultTimeout(15_000);
    if (list.before) {
      await list.before(page);
      await page.reload();
    }
    await shown(page);
    const all = await file(page);
    expect(all.length).toBeGreaterThan(1);

    const lets = list.filter?.lets;
    const through = lets ? all.filter((r) => r[lets[0]] === lets[1]) : all;

    // Looked for without tone marks.
    if (list.find >= 0) {
      const sought = folded(through.findLast((r) => r[list.find])?.[list.find] ?? "");
      expect(sought).not.toBe("");
      await scope(page).getByRole("searchbox").fill(sought);
      await expect.poll(() => query(page).get(params.q)).toBe(sought);
    }
    if (list.filter) {
      await list.filter.set(page);
      const [name, value] = list.filter.says.split("=");
      await expect.poll(() => query(page).get(name ?? "")).toBe(value);
    }

    // Put in order by keyboard.
    const down = list.by.startsWith("-");
    const column = down ? list.by.slice(1) : list.by;
    if (list.heading) {
      const heading = scope(page).getByRole("columnheader", { name: list.heading, exact: true });
      const order = () => heading.getAttribute("aria-sort");
      const wanted = down ? "descending" : "ascending";
      for (let now = await order(); now !== wanted; now = await order()) {
        await heading.getByRole("button").focus();
        await page.keyboard.press("Enter");
        await expect.poll(order).not.toBe(now);
      }
    } else {
      await scope(page).getByLabel("Sắp xếp").selectOption(column);
      if (query(page).get(params.by) !== list.by) {
        await scope(page)
          .getByRole("button", { name: /Bấm để đảo chiều/ })
          .focus();
        await page.keyboard.press("Enter");
      }
    }
    await expect.poll(() => query(page).get(params.by)).toBe(list.by);

    // A link shows the same, to anybody who may see it, first on a phone's screen.
    await settled(page);
    const before = await shown(page);
    await desk.passable();
    await shoot(desk, list.name);
    const link = await sit(list.role ?? "province", page.url().replace(at.demo.url, ""), {
      viewport: small,
    });
    link.page.setDefaultTimeout(15_000);
    await shown(link.page);
    await settled(link.page);
    await link.passable();
    await shoot(link, `${list.name}-phone`);
    const controls = [
      scope(link.page).getByLabel("Sắp xếp"),
      scope(link.page).getByRole("button", { name: "Tải bảng về, CSV" }),
      ...(list.find >= 0 ? [scope(link.page).getByRole("searchbox")] : []),
    ];
    for (const control of controls) await control.click({ trial: true }); // it is reached
    await link.page.setViewportSize(large);
    await expect.poll(() => shown(link.page)).toEqual(before);

    // The file has these rows, in this order.
    const rows = await file(link.page);
    if (list.paged) expect(rows.length).toBeGreaterThanOrEqual(Math.min(2, before.length));
    else expect(rows.length).toBe(before.length);
    if (list.name !== "units") {
      for (const [i, text] of before.entries()) {
        const cell = rows[i]?.[list.key] ?? "?";
        expect(folded(text)).toContain(folded(list.says?.(cell) ?? cell));
      }
    }
    if (list.ordered >= 0) {
      const told = rows.map((r) => r[list.ordered] ?? "").filter(Boolean);
      const sorted = told.toSorted((a, b) =>
        /^-?\d+$/.test(a) && /^-?\d+$/.test(b) ? Number(a) - Number(b) : a.localeCompare(b, "vi"),
      );
      expect(told).toEqual(down ? sorted.reverse() : sorted);
    }

    // Where headings are pressed, a phone has another way.
    if (list.heading) {
      await page.setViewportSize(small);
      const order = scope(page).getByLabel("Sắp xếp");
      const other = order.locator(`option:not([value="${column}"])`).first();
      await order.selectOption((await other.getAttribute("value")) ?? "");
      await expect.poll(() => query(page).get(params.by)).not.toBe(list.by);
      await settled(page);
      await page.setViewportSize(large);
    }

    // Where nothing fits, it says so and what to do.
    if (list.find >= 0) {
      const nothing = page.getByRole("heading", { name: "Không có gì khớp" });
      await scope(page).getByRole("searchbox").fill("khong co that");
      await nothing.waitFor();
      await shoot(desk, `${list.name}-nothing`);
      await page.getByRole("button", { name: "Xóa tìm kiếm và bộ lọc" }).click();
      await nothing.waitFor({ state: "detached" });
      await shown(page);
    }
  });
});

it("the audit keeps that somebody took a list of people as a file", async () => {
  const { page } = await sit("lead", "/people?coverage=none");
  await page.locator("ul.people > li").first().waitFor();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Tải bảng về, XLSX" }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe("nguoi-dan.xlsx");
  const top = await sit("province", "/audit?act=list.exported");
  const row = top.page.locator("main tbody tr").first();
  await row.getByText("Tải tệp danh sách").waitFor();
  await expect
    .poll(() => row.innerText())
    .toMatch(/Danh sách: people.*Dạng tệp: xlsx|Dạng tệp: xlsx.*Danh sách: people/);
});
