/** The public calculator: what somebody would pay and get, also without network. */
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { Demo, launch, Watched } from "./desk";

let demo: Demo;
let browser: Browser;
const opened: Watched[] = [];

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
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

async function calculator(hash = "", options: BrowserContextOptions = {}): Promise<Watched> {
  const watched = await Watched.open(browser, demo.url, options);
  opened.push(watched);
  await watched.page.goto(`${demo.url}/calculator/${hash}`);
  await watched.page.locator(".paths li").first().waitFor();
  return watched;
}

const near = "#birth=1982&sex=f&group=near-poor&paid=4";

it("answers, opens the law, and keeps the answers in the address alone", async () => {
  const { page } = await calculator();
  await page.locator("html[data-offline=ready]").waitFor();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const before = await page.locator(".large").innerText();
  await page.getByText("Hộ nghèo", { exact: true }).click();
  await expect.poll(() => page.locator(".large").innerText()).not.toBe(before);
  await page.getByLabel("Sinh năm nào?").fill("1990");
  await expect.poll(() => page.url()).toContain("birth=1990&sex=f&group=poor");
  await page.locator("summary").first().click();
  await page.getByText("Luật 41/2024/QH15").first().waitFor();
  expect(asked.filter((url) => !url.endsWith(".svg"))).toEqual([]); // nothing that was answered leaves the phone
});

it("leads from each step to its page, also without network to one that says so", async () => {
  const { page } = await calculator(near);
  await page.locator("html[data-offline=ready]").waitFor();
  await page.locator("summary").first().click();
  const link = page.getByRole("link", { name: "Chuẩn hộ nghèo nông thôn" }).first();
  await link.click();
  await page.getByRole("heading", { name: "Chuẩn hộ nghèo nông thôn" }).waitFor();
  await page.getByText("Nghị định 07/2021/NĐ-CP").first().waitFor();
  expect(await opened[0]?.barriers()).toEqual([]);
  await page.getByRole("link", { name: "English" }).click();
  await page.getByRole("heading", { name: "Rural poverty line" }).waitFor();
  await demo.kill(); // not by the browser alone: its service worker may still reach the server then
  await page.reload(); // read before
  await page.getByRole("heading", { name: "Rural poverty line" }).waitFor();
  await page.getByRole("link", { name: "All rules and values" }).click();
  await page.getByText("there is no network").waitFor();
  await demo.run();
});

it("opens from a link, in each language", async () => {
  const { page } = await calculator(near);
  await page.getByText("Đóng đều đến tuổi nghỉ hưu").waitFor();
  await expect.poll(() => page.getByLabel("4 năm").isChecked()).toBe(true);
  await page.getByRole("button", { name: "English" }).click();
  await page.getByText("Pay until pension age").waitFor();
  await page.getByRole("button", { name: "বাংলা" }).click();
  await page.getByText("অবসরের বয়স পর্যন্ত দেওয়া").waitFor();
  await expect.poll(() => page.locator(".large").innerText()).toMatch(/[০-৯]/);
});

it("says what is wrong and from where to where", async () => {
  const { page } = await calculator(near);
  await page.getByLabel("Thu nhập chọn đóng mỗi tháng").fill("1000");
  await page
    .getByText(/“Thu nhập chọn đóng” phải từ [\d.]+ đồng đến [\d.]+ đồng/)
    .first()
    .waitFor();
  await page.getByLabel("Thu nhập chọn đóng mỗi tháng").fill("");
  await page.getByLabel("Sinh năm nào?").fill("2399");
  await page.getByText(/“Năm sinh” phải từ [\d/]+ đến [\d/]+/).waitFor();
});

it("works without network once it was opened", async () => {
  const { page } = await calculator(near);
  await page.locator("html[data-offline=ready]").waitFor();
  await page.context().setOffline(true);
  await page.reload();
  await page.locator(".paths li").first().waitFor();
  const before = await page.locator(".large").innerText();
  await page.getByText("Nhóm khác", { exact: true }).click();
  await expect.poll(() => page.locator(".large").innerText()).not.toBe(before);
});

it("can be used by everybody, on a phone and in the dark", async () => {
  for (const options of [{}, { viewport: { width: 390, height: 844 } }]) {
    const watched = await calculator(near, options);
    expect(await watched.barriers()).toEqual([]);
    const wide = await watched.page.evaluate(
      () => document.documentElement.scrollWidth > innerWidth,
    );
    expect(wide).toBe(false);
  }
});
