/**
 * The forms of the field app in a real browser: what is wrong is said at its
 * field, and what the official forms need reaches the server.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Demo, launch, Watched } from "./desk";
import { entriesBy, everythingSent, open, screen, tab, take } from "./handset";

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

it("says what is wrong at its field, once it was left", async () => {
  const watched = await Watched.open(browser, demo.url, screen);
  const page = await take(demo, browser, "cb-bac-ha-02", watched.page);
  await open(page, "#/record/new/consultation");
  const birth = page.getByLabel("Ngày hoặc năm sinh");
  await birth.fill("30/2/1982");
  await expect.poll(() => birth.getAttribute("aria-invalid")).toBeNull();
  await birth.blur();
  const told = page.locator(`[id="${await birth.getAttribute("aria-describedby")}"]`);
  await expect.poll(() => told.textContent()).toContain("Ghi ngày sinh như 3/2/1982");
  await birth.fill("3/2/1982");
  await expect.poll(() => birth.getAttribute("aria-describedby")).toBeNull();

  // What was never touched is told when saving is tried, and the first of it has the focus.
  await page.getByRole("button", { name: "Lưu" }).click();
  const name = page.getByLabel("Họ và tên");
  await expect.poll(() => name.getAttribute("aria-invalid")).toBe("true");
  expect(await name.evaluate((e) => e === document.activeElement)).toBe(true);
  expect(await watched.barriers()).toEqual([]);
  await watched.close();
});

const next = (page: Page) => page.getByRole("button", { name: "Tiếp" }).click();
const told = async (page: Page, name: string) => {
  await page.getByLabel("Họ và tên").fill(name);
  const commune = page.getByLabel("Xã, phường nơi ở");
  if (await commune.count()) await commune.selectOption({ index: 1 });
};

it("takes nobody back who goes on while it saves", async () => {
  const watched = await Watched.open(browser, demo.url, screen);
  const page = await take(demo, browser, "cb-bac-ha-02", watched.page);
  await page.context().setOffline(true);
  await open(page, "#/record/new/consultation");
  await told(page, "Mô phỏng Vội");
  await page.getByRole("button", { name: "Thẻ BHYT" }).click();
  await page.getByRole("button", { name: "Hẹn ngày" }).click();
  // Sealing takes as long as the test wants.
  await page.evaluate(() => {
    const seal = crypto.subtle.encrypt.bind(crypto.subtle);
    const gate = new Promise((opens) => addEventListener("go-on", opens, { once: true }));
    crypto.subtle.encrypt = (...of) => gate.then(() => seal(...of));
  });
  await page.getByRole("button", { name: "Lưu" }).click();
  await tab(page, "Hôm nay");
  await page.evaluate(() => dispatchEvent(new Event("go-on")));
  await page
    .getByText(/1 bản ghi đã lưu an toàn trên máy/)
    .first()
    .waitFor();
  await page.evaluate(() => new Promise(requestAnimationFrame)); // where it would be taken back
  expect(new URL(page.url()).hash).toBe("#/today");
  expect(watched.faults).toEqual([]);
  await watched.close();
});

it("takes without network what the forms of voluntary insurance need, at the amount of the engine", async () => {
  const watched = await Watched.open(browser, demo.url, screen);
  const page = await take(demo, browser, "cb-bac-ha-03", watched.page);
  await page.context().setOffline(true);
  await open(page, "#/record/new/enrolment");
  await told(page, "Mô phỏng Giàng Thị Tờ Khai");
  await next(page);
  await page.getByRole("button", { name: "BHXH tự nguyện" }).click();
  await page.getByRole("button", { name: "Đã đóng tiền" }).click();
  await page.getByRole("button", { name: "1 tháng", exact: true }).click();
  await page.getByRole("button", { name: "hộ cận nghèo", exact: true }).click();
  await page.getByText("198.000").waitFor();
  // An income outside the bounds is told at its field, and goes no further.
  const income = page.getByLabel("Mức khác, đồng mỗi tháng");
  await income.fill("100000");
  await next(page);
  await expect.poll(() => income.getAttribute("aria-invalid")).toBe("true");
  await income.fill("1500000");
  await next(page);
  await page.getByLabel("Số điện thoại").fill("0912 000 001");
  await page.getByLabel("Dân tộc").selectOption("Mông");
  await page.getByText("Tờ khai còn thiếu").waitFor();
  expect(await watched.barriers()).toEqual([]);
  // The phone's own "back" goes one step back, with all that was told.
  await page.goBack();
  await page.getByText("198.000").waitFor();
  await next(page);
  await expect.poll(() => page.getByLabel("Số điện thoại").inputValue()).toBe("0912 000 001");
  await next(page);
  await page.getByRole("button", { name: "Lưu" }).click();
  const receipt = page.getByLabel("Số biên lai");
  await expect.poll(() => receipt.getAttribute("aria-invalid")).toBe("true");
  await receipt.fill("BL-0001");
  await page.getByLabel("Đã ký trên giấy").check();
  expect(await watched.barriers()).toEqual([]);
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByText("1 bản ghi đã lưu an toàn trên máy").waitFor();
  await page.context().setOffline(false);
  await everythingSent(page);
  const [entry] = await entriesBy(demo, "cb-bac-ha-03");
  expect(entry?.body).toEqual({
    scheme: "voluntary_si",
    stage: "paid",
    prior: "none",
    months: 1,
    terms: { group: "near-poor", income: 1_500_000, amount: 198_000, support: 132_000 },
    declared: { phone: "0912000001", ethnic: "Mông" },
    payment: { method: "cash", receipt: "BL-0001" },
    signed: "paper",
  });
  expect(watched.faults).toEqual([]);
  await watched.close();
});

it("takes the account of somebody who is paid without cash, from the list of banks", async () => {
  const watched = await Watched.open(browser, demo.url, screen);
  const page = await take(demo, browser, "cb-bac-ha-04", watched.page);
  await page.context().setOffline(true);
  await open(page, "#/record/new/noncash_switch");
  await told(page, "Mô phỏng Vàng Seo Lương");
  await next(page);
  await page.getByLabel("Số tài khoản").fill("8888 0000 1111");
  await page.getByRole("button", { name: "Lưu" }).click();
  const bank = page.getByLabel("Ngân hàng");
  await expect.poll(() => bank.getAttribute("aria-invalid")).toBe("true");
  await bank.selectOption("970405");
  expect(await watched.barriers()).toEqual([]);
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByText("1 bản ghi đã lưu an toàn trên máy").waitFor();
  await page.context().setOffline(false);
  await everythingSent(page);
  const [entry] = await entriesBy(demo, "cb-bac-ha-04");
  expect(entry?.body?.["account"]).toMatchObject({ bank: "970405", number: "888800001111" });
  await watched.close();
});

it("shows without network the code that a banking app pays by, at the amount of the engine", async () => {
  const watched = await Watched.open(browser, demo.url, screen);
  const page = await take(demo, browser, "cb-bac-ha-05", watched.page);
  await page.context().setOffline(true);
  await open(page, "#/record/new/enrolment");
  await told(page, "Mô phỏng Sùng Thị Mã");
  await next(page);
  await page.getByRole("button", { name: "Đã đóng tiền" }).click();
  await next(page);
  await next(page);
  await page.getByRole("button", { name: "Mã VietQR" }).click();
  const code = page.getByRole("img", { name: "Mã VietQR" });
  await code.locator("svg").waitFor();
  const figure = (await page.locator("figure").textContent()) ?? "";
  expect(figure).toContain("MOPHONG0000001");
  const purpose = /BHXH [2-9A-Z]{8}/.exec(figure)?.[0];
  expect(purpose).toBeDefined();
  expect(await watched.barriers()).toEqual([]);
  expect((await code.boundingBox())?.width).toBeGreaterThan(250);

  // Signed on the glass: three strokes, of which the last is taken back.
  const pad = page.getByRole("img", { name: "Ô ký" });
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (!box) throw new Error("no field to sign in");
  for (const x of [0.2, 0.5, 0.8]) {
    await page.mouse.move(box.x + box.width * x, box.y + box.height * 0.3);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * x, box.y + box.height * 0.7, { steps: 4 });
    await page.mouse.up();
  }
  await page.getByRole("button", { name: "Bỏ nét cuối" }).click();
  await page.getByRole("img", { name: "Ô ký: đã ký" }).waitFor();
  expect(await watched.barriers()).toEqual([]);
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByText("1 bản ghi đã lưu an toàn trên máy").waitFor();
  await page.context().setOffline(false);
  await everythingSent(page);
  const [entry] = await entriesBy(demo, "cb-bac-ha-05");
  expect(entry?.body?.["payment"]).toEqual({ method: "vietqr", purpose });
  expect(entry?.body?.["terms"]).toMatchObject({ group: "self", member: 1 });
  expect(entry?.body?.["signed"]).toBe("glass");
  const signature = String(entry?.body?.["signature"]);
  expect(signature).toMatch(/^(M\d+ \d+(L\d+ \d+)+){2}$/);
  expect(watched.faults).toEqual([]);
  await watched.close();
});
