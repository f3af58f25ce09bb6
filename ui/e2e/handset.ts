/** A phone with the field app, as its worker uses it, in Vietnamese. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Demo } from "./desk";

export const screen = { viewport: { width: 360, height: 740 }, hasTouch: true, locale: "vi-VN" };
const pin = "482915";

/** Takes a phone by a worker's link, and waits until it works without network. */
export async function take(
  demo: Demo,
  browser: Browser,
  user: string,
  context?: BrowserContext,
): Promise<Page> {
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

export async function unlock(page: Page, typed = pin): Promise<void> {
  await page.getByLabel("Mã PIN").fill(typed);
  await page.getByRole("button", { name: "Vào" }).click();
}

export const tab = (page: Page, name: string): Promise<void> =>
  page
    .getByRole("navigation")
    .getByRole("link", { name: new RegExp(`^${name}`) })
    .click();

/** Records a consultation with somebody who is in no list. */
export async function consult(page: Page, name: string, citizen = ""): Promise<void> {
  await tab(page, "Đi hộ");
  await page.getByRole("link", { name: "Người chưa có tên" }).click();
  await page.getByLabel("Họ và tên").fill(name);
  const commune = page.getByLabel("Xã, phường nơi ở");
  if (await commune.count()) await commune.selectOption({ index: 1 });
  if (citizen) await page.getByLabel("Số định danh (nếu có)").fill(citizen);
  await page.getByRole("button", { name: "Thẻ BHYT" }).click();
  await page.getByRole("button", { name: "Hẹn ngày" }).click();
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: "Cần gặp" }).waitFor();
}

export const everythingSent = (page: Page): Promise<void> =>
  page.getByText("Mọi bản ghi đã ở máy chủ").waitFor();

/** What a worker's phones have brought, as the journal holds it. */
export async function entriesBy(
  demo: Demo,
  author: string,
): Promise<{ id: string; kind: string; person?: { name?: string } }[]> {
  const lines = (await demo.command("export", "entries")).trim().split("\n");
  return lines
    .map(
      (line) =>
        JSON.parse(line).entry as { id: string; kind: string; author: string; device: string },
    )
    .filter((e) => e.author === author && e.device.length === 36);
}
