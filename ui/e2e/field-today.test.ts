/**
 * The field app around a session, in a real browser: what is in progress is
 * lost to nothing.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Demo, launch } from "./desk";

let demo: Demo;
let browser: Browser;
let folder: string;
const pin = "482915";
const screen = { viewport: { width: 360, height: 740 }, hasTouch: true, locale: "vi-VN" };

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "caunoi-today-"));
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A phone that its worker has taken. */
async function taken(user: string, context?: BrowserContext): Promise<Page> {
  const page = await (context ?? (await browser.newContext(screen))).newPage();
  await page.goto(await demo.phoneLink(user));
  await page.getByLabel("Tên máy").fill("Máy mô phỏng");
  await page.getByLabel("Chọn mã PIN").fill(pin);
  await page.getByLabel("Nhập lại mã PIN").fill(pin);
  await page.getByRole("button", { name: "Bắt đầu" }).click();
  await page.getByRole("navigation").waitFor();
  await page.locator("html[data-offline=ready]").waitFor();
  return page;
}

async function unlock(page: Page): Promise<void> {
  await page.getByLabel("Mã PIN").fill(pin);
  await page.getByRole("button", { name: "Vào" }).click();
  await page.getByRole("navigation").waitFor();
}

const tab = (page: Page, name: string) =>
  page
    .getByRole("navigation")
    .getByRole("link", { name: new RegExp(`^${name}`) })
    .click();

/** When the notes of the phone were last written. */
const noted = (page: Page) =>
  page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open("caunoi-field");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error as Error);
    });
    const all = await new Promise<{ at: string; ends?: string }[]>((resolve) => {
      const request = db.transaction("notes").objectStore("notes").getAll();
      request.onsuccess = () => resolve(request.result);
    });
    db.close();
    return all.filter((n) => n.ends).map((n) => n.at);
  });

it("keeps a form in progress across a lock and a killed browser, until it is saved", async () => {
  const profile = join(folder, "profile");
  const options = {
    ...screen,
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  };
  let context = await chromium.launchPersistentContext(profile, options);
  let page = await taken("cb-bac-ha-02", context);
  await context.setOffline(true);
  await tab(page, "Đi hộ");
  await page.getByRole("link", { name: "Người chưa có tên" }).click();
  await page.getByLabel("Họ và tên").fill("Mô phỏng Dở Dang");
  await page.getByRole("button", { name: "Thẻ BHYT" }).click();
  await expect.poll(() => noted(page).then((all) => all.length)).toBe(1);

  // Locked: whoever comes back is where they were, and is told so.
  await page.evaluate(() => (location.hash = "#/outbox"));
  await page.getByRole("button", { name: "Khóa máy" }).click();
  await unlock(page);
  await page.evaluate(() => (location.hash = "#/person/new"));
  await page.getByText(/^Viết tiếp từ/).waitFor();
  const before = await noted(page);
  await page.getByLabel("Ghi chú").fill("hẹn chiều mai");
  await expect.poll(() => noted(page)).not.toEqual(before);

  // The browser is gone from one moment to the next.
  await context.close();
  context = await chromium.launchPersistentContext(profile, { ...options, offline: true });
  page = await context.newPage();
  await page.goto(`${demo.url}/field/`);
  await unlock(page);
  await page.getByText(/^Viết tiếp từ/).waitFor();
  expect(await page.getByLabel("Họ và tên").inputValue()).toBe("Mô phỏng Dở Dang");
  expect(await page.getByLabel("Ghi chú").inputValue()).toBe("hẹn chiều mai");

  // Thrown away, and taken back.
  await page.getByRole("button", { name: "Bỏ, viết lại từ đầu" }).click();
  expect(await page.getByLabel("Họ và tên").inputValue()).toBe("");
  await page.getByRole("button", { name: "Lấy lại" }).click();
  expect(await page.getByLabel("Họ và tên").inputValue()).toBe("Mô phỏng Dở Dang");

  const commune = page.getByLabel("Xã, phường nơi ở");
  if (await commune.count()) await commune.selectOption({ index: 1 });
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: "Cần gặp" }).waitFor();
  expect(await noted(page)).toEqual([]);
  await page.getByRole("link", { name: "Người chưa có tên" }).click();
  expect(await page.getByLabel("Họ và tên").inputValue()).toBe("");
  await context.close();
});
