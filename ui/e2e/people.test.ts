/**
 * The screens about people against the real server. Everybody in the list that
 * is imported here is made up. A part whose routes the server does not have yet
 * is passed over; it is named so in the run.
 */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { Demo, launch, Watched } from "./desk";

let demo: Demo;
let browser: Browser;
let lead: NonNullable<BrowserContextOptions["storageState"]>;
let commune = "";
const served = new Set<string>();
const opened: Watched[] = [];

/** A path of the API, whatever its parameters are called. */
const shape = (path: string) => path.replace("/api/v1", "").replace(/\{\w+\}/g, "{}");
const needs = ({ skip }: TestContext, ...paths: string[]) => {
  const missing = paths.filter((path) => !served.has(shape(path)));
  skip(missing.length > 0, `the server has no ${missing.join(", ")}`);
};

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
  const described = (await (await fetch(`${demo.url}/api/openapi.json`)).json()) as {
    paths: Record<string, unknown>;
  };
  for (const path of Object.keys(described.paths)) served.add(shape(path));
  const watched = await Watched.open(browser, demo.url);
  await watched.signIn(demo.link("lead"));
  lead = await watched.page.context().storageState();
  commune = await watched.page.evaluate(async () => {
    const ask = async (path: string) => (await fetch(path)).json();
    const me = await ask("/api/v1/session");
    const { default: campaign } = await ask("/api/v1/campaigns");
    const { communes } = await ask(`/api/v1/campaigns/${campaign}/board`);
    return communes.find((c: { office: string }) => c.office === me.office.id).code as string;
  });
  await watched.close();
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

afterEach(async () => {
  for (const watched of opened.splice(0)) {
    expect(watched.faults).toEqual([]);
    await watched.close();
  }
});

async function sit(path: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const watched = await Watched.open(browser, demo.url, { storageState: lead, ...options });
  opened.push(watched);
  await watched.page.goto(demo.url + path);
  await watched.page.locator("h1").waitFor();
  return watched;
}

/** Three made-up people, two of whom look like one, and a line that cannot be taken. */
const list = () =>
  [
    "Họ và tên,Số CCCD,Ngày sinh,Giới tính,Mã xã,Thôn,Số điện thoại",
    `Mô phỏng Lò Thị Hoà,010182000011,05/11/1982,Nữ,${commune},Thôn Thử,0900000011`,
    `Mo phong Lo Thi Hoa,,05/11/1982,Nữ,${commune},Thôn Thử,0900000012`,
    `Mô phỏng Vàng A Thử,010090000013,01/02/1990,Nam,${commune},Thôn Thử,0900000013`,
    `Mô phỏng Không Xã,010090000014,01/02/1990,Nam,00000,Thôn Thử,0900000014`,
  ].join("\n");

async function importList(page: Page): Promise<void> {
  await page.locator("input[type=file]").setInputFiles({
    name: "mo-phong.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(list()),
  });
  await page.getByText("Đọc thử xong. Chưa ghi gì.").waitFor();
}

describe("importing a list", () => {
  it("reads on trial, tells what is refused, and writes only then", async (test) => {
    needs(test, "/imports/people", "/imports/{id}", "/imports/{id}/run", "/people");
    const { page } = await sit("/people");
    const there = async () => {
      const told = page.getByText(/Có \d+ người/);
      return Number(/\d+/.exec((await told.textContent()) ?? "")?.[0]);
    };
    const before = await there();
    await page.goto(`${demo.url}/imports`);
    await importList(page);
    const count = (label: string) =>
      page.locator("dl > div").filter({ hasText: label }).locator("dd").textContent();
    expect(await count("Thêm mới")).toBe("3");
    expect(await count("Không nhận")).toBe("1");

    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Tải bảng các dòng lỗi" }).click();
    expect((await download).suggestedFilename()).toMatch(/\.xlsx$/);

    await page.getByRole("button", { name: "Ghi 3 người vào sổ" }).click();
    await page.getByText("Đã ghi vào sổ").waitFor();
    await page.getByRole("link", { name: "Xem người dân" }).click();
    await page.getByText(`Có ${before + 3} người`).waitFor();
  });

  it("refuses another kind of file before it is sent", async (test) => {
    needs(test, "/imports/people");
    const { page } = await sit("/imports");
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "a.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF") });
    await page.getByText("không phải .xlsx hay .csv").waitFor();
  });
});

describe("people", () => {
  it("are found without tone marks, masked, and never named in the address", async (test) => {
    needs(test, "/people");
    const { page } = await sit("/people");
    await page.getByRole("searchbox").fill("vang a thu");
    await page.getByText("Có 1 người").waitFor();
    expect(page.url()).not.toContain("vang");
    expect(await page.locator("main").textContent()).not.toContain("010090000013");
  });

  it("say what to do where nobody is found", async (test) => {
    needs(test, "/people");
    const { page } = await sit("/people");
    await page.getByRole("searchbox").fill("zzzz zzzz");
    await page.getByText("Không tìm thấy ai").waitFor();
  });

  it("are opened for a purpose only, and masked again", async (test) => {
    needs(test, "/people/{id}", "/people/{id}/reveal");
    const { page } = await sit("/people");
    await page.getByRole("searchbox").fill("vang a thu");
    await page.getByText("Có 1 người").waitFor();
    await page.locator("main li a").first().click();
    await page.getByRole("button", { name: "Xem đủ thông tin" }).click();
    const sheet = page.getByRole("dialog");
    const submit = sheet.getByRole("button", { name: "Xem và ghi lại" });
    await expect.poll(() => submit.isDisabled()).toBe(true);
    await sheet.getByRole("button", { name: "Đối chiếu giấy tờ" }).click();
    await submit.click();
    await page.getByText("010090000013").waitFor();
    await page.getByRole("button", { name: "Che lại" }).click();
    expect(await page.locator("main").textContent()).not.toContain("010090000013");
  });

  it("prove a phone number by the code that they say back", async () => {
    const watched = await sit("/people");
    const { page } = watched;
    await page.getByRole("searchbox").fill("vang a thu");
    await page.getByText("Có 1 người").waitFor();
    await page.locator("main li a").first().click();
    await page.getByRole("button", { name: "Xác nhận số điện thoại" }).click();
    await page.getByRole("button", { name: "Tạo mã" }).click();
    const code = page.locator("[data-code]");
    await expect.poll(() => code.textContent()).toMatch(/^\d{6}$/);
    expect(await watched.barriers()).toEqual([]);
    await page.getByLabel("Mã người đó đọc lại").fill((await code.textContent()) ?? "");
    await page.getByRole("button", { name: "Xác nhận", exact: true }).click();
    await page.getByText(/^Đã xác nhận bằng mã/).waitFor();
    expect(await watched.barriers()).toEqual([]);
  });
});

describe("a worklist", () => {
  it("takes an outcome in two taps and remembers it", async (test) => {
    needs(test, "/worklists", "/people/{id}/visits");
    const { page } = await sit("/worklists?list=uncovered");
    const row = page
      .locator("li")
      .filter({ has: page.locator(".outcome") })
      .first();
    await row.getByRole("button", { name: "Hẹn" }).click();
    await row.getByRole("button", { name: /^Mai, / }).click();
    await row.getByText(/Đã ghi: Hẹn/).waitFor();
    await page.reload();
    await page.locator("li .tag").filter({ hasText: "Hẹn" }).first().waitFor();
  });
});

describe("two records of one person", () => {
  it("are merged by the keyboard, and parted again with a reason", async (test) => {
    needs(test, "/duplicates", "/duplicates/{id}", "/duplicates/{id}/unmerge");
    const { page } = await sit("/duplicates");
    const pair = page.locator("article").first();
    await pair.focus();
    await page.keyboard.press("g");
    await page.getByText("Đã gộp. Số liệu đã theo.").waitFor();
    await page.getByRole("button", { name: "Đã gộp" }).click();
    await page.getByRole("button", { name: "Tách lại" }).first().click();
    const sheet = page.getByRole("dialog");
    await sheet.getByLabel("Vì sao tách").fill("Thử tách");
    await sheet.getByRole("button", { name: "Tách lại" }).click();
    await page.getByText("Đã tách lại.").waitFor();
  });
});

describe("every screen about people", () => {
  const screens = [
    { path: "/people", route: "/people" },
    { path: "/imports", route: "/imports/people" },
    { path: "/worklists", route: "/worklists" },
    { path: "/worklists?list=calls", route: "/calls" },
    { path: "/worklists/assign", route: "/assignments" },
    { path: "/duplicates", route: "/duplicates" },
    { path: "/requests", route: "/requests" },
  ];
  for (const { path, route } of screens) {
    it(`${path} has no barriers, and fits a phone`, async (test) => {
      needs(test, route);
      const watched = await sit(path, { viewport: { width: 390, height: 844 } });
      await watched.page.locator(".card:not([aria-hidden])").first().waitFor();
      expect(await watched.barriers()).toEqual([]);
      expect(await watched.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    });
  }

  it("says so, and stays in shape, where the server does not answer", async () => {
    const watched = await Watched.open(browser, demo.url, { storageState: lead });
    opened.push(watched);
    const { page } = watched;
    await page.route("**/api/v1/people?*", (route) => route.abort());
    await page.goto(`${demo.url}/people`);
    await page.getByRole("alert").waitFor();
    await expect
      .poll(() => page.getByRole("alert").textContent())
      .toMatch(/Không tới được máy chủ/);
    await page.unroute("**/api/v1/people?*");
    expect(await watched.barriers()).toEqual([]);
  });
});
