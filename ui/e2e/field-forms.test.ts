/**
 * The forms of the field app in a real browser: what is wrong is said at its
 * field.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Demo, launch, Watched } from "./desk";

let demo: Demo;
let browser: Browser;
let folder: string;
const pin = "482915";
const screen = { viewport: { width: 360, height: 740 }, hasTouch: true, locale: "vi-VN" };

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "caunoi-forms-"));
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A phone that its worker has taken. */
async function taken(user: string, page: Page): Promise<Page> {
  await page.goto(await demo.phoneLink(user));
  await page.getByLabel("Tên máy").fill("Máy mô phỏng");
  await page.getByLabel("Chọn mã PIN").fill(pin);
  await page.getByLabel("Nhập lại mã PIN").fill(pin);
  await page.getByRole("button", { name: "Bắt đầu" }).click();
  await page.getByRole("navigation").waitFor();
  await page.locator("html[data-offline=ready]").waitFor();
  return page;
}

const open = async (page: Page, hash: string) => {
  await page.evaluate((h) => (location.hash = h), hash);
  await page.getByRole("heading", { level: 1 }).waitFor();
};

it("says what is wrong at its field, once it was left", async () => {
  const watched = await Watched.open(browser, demo.url, screen);
  const page = await taken("cb-bac-ha-02", watched.page);
  await open(page, "#/record/new/consultation");
  const birth = page.getByLabel("Ngày hoặc năm sinh");
  await birth.fill("30/2/1982");
  expect(await birth.getAttribute("aria-invalid")).toBeNull();
  await birth.blur();
  const told = page.locator(`[id="${await birth.getAttribute("aria-describedby")}"]`);
  expect(await told.textContent()).toContain("Ghi ngày sinh như 3/2/1982");
  await birth.fill("3/2/1982");
  expect(await birth.getAttribute("aria-describedby")).toBeNull();

  // What was never touched is told when saving is tried, and the first of it has the focus.
  await page.getByRole("button", { name: "Lưu" }).click();
  const name = page.getByLabel("Họ và tên");
  expect(await name.getAttribute("aria-invalid")).toBe("true");
  expect(await name.evaluate((e) => e === document.activeElement)).toBe(true);
  expect(await watched.barriers()).toEqual([]);
  await watched.close();
});
