/** A phone with the field app, as its worker uses it, in Vietnamese. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Demo } from "./desk";

export const screen = { viewport: { width: 360, height: 740 }, hasTouch: true, locale: "vi-VN" };
const pin = "482915";

/** Gives the server a list of people of a commune, in households of four, as an office has it. */
export async function importPeople(demo: Demo, folder: string, n = 800): Promise<void> {
  const rows = Array.from({ length: n }, (_, i) =>
    [
      `Mô phỏng Vàng Thị ${["Mẩy", "Dở", "Xuân", "Đào"][i % 4]} ${i}`,
      String(10_182_000_000 + i).padStart(12, "0"),
      String(1950 + (i % 60)),
      i % 2 ? "Nữ" : "Nam",
      "02839",
      i % 3 ? "Đội 1" : "Đội 2",
      `H${Math.floor(i / 4)}`,
    ].join(","),
  );
  await importList(demo, folder, "Họ và tên,Số CCCD,Năm sinh,Giới tính,Mã xã,Thôn,Mã hộ", rows);
}

/** Gives the server a list of people, as the lines of a CSV file. */
export async function importList(
  demo: Demo,
  folder: string,
  head: string,
  rows: readonly string[],
): Promise<void> {
  const list = join(folder, "list.csv");
  await writeFile(list, [head, ...rows].join("\n"));
  await demo.command("import", "people", list);
}

/** Takes a phone by a worker's link, and waits until it works without network. */
export async function take(
  demo: Demo,
  browser: Browser,
  user: string,
  at?: BrowserContext | Page,
  url = demo.url,
): Promise<Page> {
  const page = at && "goto" in at ? at : await (at ?? (await browser.newContext(screen))).newPage();
  await page.goto(await demo.phoneLink(user, url));
  await choosePin(page);
  await page.locator("html[data-offline=ready]").waitFor();
  return page;
}

/** Fills in what a worker is asked who takes a phone. */
export async function choosePin(page: Page): Promise<void> {
  await page.getByLabel("Tên máy").fill("Máy mô phỏng");
  await page.getByLabel("Chọn mã PIN").fill(pin);
  await page.getByLabel("Nhập lại mã PIN").fill(pin);
  await page.getByRole("button", { name: "Bắt đầu" }).click();
  await page.getByRole("navigation").waitFor();
}

export async function unlock(page: Page, typed = pin): Promise<void> {
  const enter = page.getByRole("button", { name: "Vào" });
  for (;;) {
    await page.getByLabel("Mã PIN").fill(typed);
    try {
      await enter.click({ timeout: 3000 });
      return;
    } catch {
      // A screen that just changed to another worker has forgotten what was typed.
      await enter.waitFor();
    }
  }
}

export const tab = (page: Page, name: string): Promise<void> =>
  page
    .getByRole("navigation")
    .getByRole("link", { name: new RegExp(`^${name}`) })
    .click();

/** Opens a screen by its address, and waits until the one before is gone. */
export async function open(page: Page, hash: string): Promise<void> {
  await page.evaluate(
    (to) =>
      new Promise<void>((drawn) => {
        if (location.hash === to) return drawn();
        addEventListener("hashchange", () => requestAnimationFrame(() => drawn()), { once: true });
        location.hash = to;
      }),
    hash,
  );
  await page.getByRole("heading", { level: 1 }).waitFor();
}

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

/** Records that nobody was at home, at so many doors at once. */
export async function shutDoors(page: Page, n: number): Promise<void> {
  await tab(page, "Đi hộ");
  await page.getByRole("link", { name: "Nhà vắng" }).click();
  await page
    .getByRole("checkbox")
    .nth(n - 1)
    .waitFor();
  for (const box of (await page.getByRole("checkbox").all()).slice(0, n)) await box.check();
  await page.getByRole("button", { name: `Lưu ${n} nhà vắng` }).click();
  await page.getByRole("heading", { name: "Cần gặp" }).waitFor();
}

/** Sends, as often as a worker would tap, until all is there, or what else it is to say. */
export async function sendAll(page: Page, said = "Mọi bản ghi đã ở máy chủ"): Promise<void> {
  await tab(page, "Gửi");
  const all = page.getByText(said);
  const now = page.getByRole("button", { name: "Gửi ngay" });
  while (!(await all.count())) {
    await now.click({ timeout: 2000 }).catch(() => {}); // it may be sending
    await all.waitFor({ timeout: 2000 }).catch(() => {});
  }
}

export const everythingSent = (page: Page): Promise<void> =>
  page.getByText("Mọi bản ghi đã ở máy chủ").waitFor();

/** What a worker's phones have brought, as the journal holds it. */
export async function entriesBy(
  demo: Demo,
  author: string,
): Promise<
  { id: string; kind: string; person?: { name?: string }; body?: Record<string, unknown> }[]
> {
  const lines = (await demo.command("export", "entries")).trim().split("\n");
  return lines
    .map(
      (line) =>
        JSON.parse(line).entry as { id: string; kind: string; author: string; device: string },
    )
    .filter((e) => e.author === author && e.device.length === 36);
}
