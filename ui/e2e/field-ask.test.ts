/**
 * Asking on the phone: articles without network, questions that are answered
 * later, quotes that begin with what is known of a person.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { barriersOf, Demo, launch, Watched } from "./desk";
import { everythingSent, importList, screen, tab, take, unlock } from "./handset";

let demo: Demo;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "caunoi-ask-"));
  // A household of three, a pupil and a small child among them.
  await importList(
    demo,
    folder,
    "Họ và tên,Số CCCD,Ngày sinh,Giới tính,Mã xã,Thôn,Mã hộ,Số tháng đóng BHXH",
    [
      "Mô phỏng Vàng Thị Mẩy,010182000001,01/09/1982,Nữ,02839,Đội 1,H1,48",
      "Mô phỏng Vàng Văn Dở,010180000002,02/03/1980,Nam,02839,Đội 1,H1,",
      "Mô phỏng Vàng Thị Đào,010324000003,05/05/2024,Nữ,02839,Đội 1,H1,",
    ],
  );
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Exported {
  id: string;
  kind: string;
  author: string;
  device: string;
  supersedes?: string;
  person?: { name?: string };
  body: Record<string, string>;
}

async function questionsBy(author: string): Promise<Exported[]> {
  const lines = (await demo.command("export", "entries")).trim().split("\n");
  return lines
    .map((line) => (JSON.parse(line) as { entry: Exported }).entry)
    .filter((e) => e.author === author && e.kind === "question" && e.device.length === 36);
}

const search = (page: Page) => page.getByLabel("Người ta hỏi gì? Gõ không dấu cũng được");

async function person(page: Page, name: string): Promise<void> {
  await tab(page, "Đi hộ");
  await page.getByLabel("Chỉ người nên gặp").uncheck();
  await page.getByLabel("Tìm tên hoặc mã hộ, không cần dấu").fill(name);
  await page.getByRole("link", { name: new RegExp(name) }).click();
}

it("finds and reads articles without network, with the numbers of the day, and records what was answered", async () => {
  const context: BrowserContext = await browser.newContext(screen);
  let page = await take(demo, browser, "cb-bac-ha-02", context);
  await tab(page, "Đi hộ");
  await page.getByText("Mô phỏng Vàng Thị Mẩy").waitFor();

  // The app is opened anew in flight mode: nobody has looked at an article yet.
  await context.setOffline(true);
  await page.close();
  page = await context.newPage();
  await page.goto(`${demo.url}/field/`);
  await unlock(page);
  await person(page, "Mẩy");
  await page.getByRole("link", { name: "Tra câu trả lời" }).click();
  await search(page).fill("ho tro dong bhxh tu nguyen");
  await page.getByRole("link", { name: /^Nhà nước hỗ trợ bao nhiêu/ }).click();
  await page.getByText("hộ cận nghèo 132.000 đồng").waitFor();
  await page.getByText("Nghị định 159/2025/NĐ-CP, Điều 5 · theo thongtin.vietnam.vn").waitFor();
  await page.getByText("Vì sao? Xem điều luật").click();
  await page.getByText("Chuẩn nghèo nông thôn").first().waitFor();
  expect(await page.getByText("…", { exact: true }).count()).toBe(0);

  await page.getByRole("link", { name: "Đã trả lời theo bài này" }).click();
  await expect
    .poll(() => page.getByLabel("Câu hỏi", { exact: true }).inputValue())
    .toMatch(/^Nhà nước hỗ trợ/);
  await expect
    .poll(() => page.getByLabel("Đã trả lời thế nào").inputValue())
    .toContain("132.000 đồng");
  await page.getByRole("button", { name: "Hài lòng", exact: true }).click();
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByText("1 bản ghi đã lưu an toàn trên máy").waitFor();
  await context.setOffline(false);
  await everythingSent(page);
  const [entry, ...others] = await questionsBy("cb-bac-ha-02");
  expect(others).toEqual([]);
  expect(entry?.person?.name).toBe("Mô phỏng Vàng Thị Mẩy");
  expect(entry?.body).toMatchObject({ topic: "support", answered: "at_once", satisfied: "yes" });
  expect(entry?.body["answer"]).toContain("132.000 đồng");
  await context.close();
});

it("keeps a question that nobody could answer, and answers it later", async () => {
  const page = await take(demo, browser, "cb-bac-ha-03");
  await tab(page, "Hỏi đáp");
  await search(page).fill("xyzzy");
  await page.getByText("Không có bài nào trả lời câu này.", { exact: false }).waitFor();
  await page.getByRole("link", { name: "Ghi câu hỏi, hẹn trả lời" }).click();
  await expect.poll(() => page.getByLabel("Câu hỏi", { exact: true }).inputValue()).toBe("xyzzy");
  await page.getByLabel("Câu hỏi", { exact: true }).fill("Mô phỏng: xyzzy?");
  // Who asks need not say a name; a day must be promised.
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByText("Chọn ngày hẹn trả lời.").waitFor();
  await page.getByRole("group", { name: "Hẹn trả lời" }).getByRole("button").first().click();
  await page.getByRole("button", { name: "Lưu" }).click();
  await everythingSent(page);

  await tab(page, "Hỏi đáp");
  await page.getByRole("heading", { name: "1 câu đã hẹn trả lời" }).waitFor();
  await page.getByRole("link", { name: /xyzzy/ }).click();
  await page.getByLabel("Đã trả lời thế nào").fill("Mô phỏng: đã hỏi cơ quan.");
  await page.getByRole("button", { name: "Lưu" }).click();
  await search(page).waitFor();
  await everythingSent(page);
  expect(await page.getByRole("heading", { name: /đã hẹn trả lời/ }).count()).toBe(0);

  const all = await questionsBy("cb-bac-ha-03");
  const asked = all.find((e) => e.body["answered"] === "pending");
  const later = all.find((e) => e.body["answered"] === "later");
  expect(asked?.body["promise_by"]).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(asked?.person).toBeUndefined();
  expect(later?.supersedes).toBe(asked?.id);
  expect(later?.body).toMatchObject({
    text: "Mô phỏng: xyzzy?",
    answer: "Mô phỏng: đã hỏi cơ quan.",
  });
  await page.context().close();
});

it("begins a quote with what is known of a person, and gives it away", async () => {
  const context = await browser.newContext({
    ...screen,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await take(demo, browser, "cb-bac-ha-04", context);
  await person(page, "Mẩy");
  await page.getByRole("link", { name: "Tính mức cho người này" }).waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await page.getByRole("link", { name: "Tính mức cho người này" }).click();
  // No card: the household is asked about, the small child not among those who pay.
  await page.getByRole("button", { name: /^Bỏ / }).nth(1).waitFor();
  await expect.poll(() => page.getByRole("button", { name: /^Bỏ / }).count()).toBe(2);
  await page.getByRole("button", { name: "BHXH tự nguyện", exact: true }).click();
  await page.getByText("đã đóng BHXH 48 tháng", { exact: false }).waitFor();
  await page.getByRole("button", { name: "hộ cận nghèo", exact: true }).click();
  await page.getByText("198.000").first().waitFor();
  await page.getByRole("heading", { name: "Nếu đóng đều từ nay" }).waitFor();
  await page.getByText("Lương hưu từ tháng").waitFor();
  expect(await barriersOf(page)).toEqual([]);

  await page.getByRole("button", { name: "Gửi cho người ấy" }).click();
  await page.getByText("Đã chép. Dán vào tin nhắn để gửi.").waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain("Mỗi tháng đóng: 198.000");
  expect(text).toContain("Nhà nước hỗ trợ: −132.000");
  expect(text).toContain("Luật 41/2024/QH15, Điều 36");
  expect(text).not.toContain("Mẩy");

  // On paper: the amounts and the law, and nothing to press.
  await page.emulateMedia({ media: "print" });
  await page.getByText("Theo: Nghị định", { exact: false }).waitFor();
  expect(await page.getByRole("button").count()).toBe(0);
  expect(await page.getByRole("navigation").count()).toBe(0);
  await context.close();
});

it("asks for help with how the phone stands, and nothing of anybody", async () => {
  // The agency says whom to call, as it says all of its plan.
  const plan = (await demo.command("export", "plan")).trim().split("\n");
  const office = plan
    .map((line) => JSON.parse(line) as { office?: { id: string; parent?: string } })
    .find((item) => item.office && !item.office.parent);
  if (!office?.office) throw new Error("the plan has no province");
  const file = join(folder, "plan.jsonl");
  await writeFile(file, JSON.stringify({ office: { ...office.office, phone: "0214 3840 123" } }));
  await demo.command("import", "plan", file);

  const context = await browser.newContext({
    ...screen,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await take(demo, browser, "cb-bac-ha-06", context);
  await context.setOffline(true);
  await tab(page, "Hỏi đáp");
  await page.getByRole("link", { name: "Ghi câu hỏi, hẹn trả lời" }).click();
  await page.getByLabel("Họ và tên").fill("CANARY Mô phỏng");
  await page.getByLabel("Số định danh (nếu có)").fill("010199000077");
  const commune = page.getByLabel("Xã, phường nơi ở");
  if (await commune.count()) await commune.selectOption({ index: 1 });
  await page.getByLabel("Câu hỏi", { exact: true }).fill("CANARY câu hỏi");
  await page.getByRole("group", { name: "Hẹn trả lời" }).getByRole("button").first().click();
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByText("1 bản ghi đã lưu an toàn trên máy").waitFor();

  await tab(page, "Gửi");
  await page.getByRole("link", { name: "Cần trợ giúp?" }).click();
  await page.getByText("1 chờ gửi, 0 đã gửi", { exact: false }).waitFor();
  const call = page.getByRole("link", { name: /0214 3840 123/ });
  await expect.poll(() => call.getAttribute("href")).toBe("tel:02143840123");
  await page.getByRole("button", { name: "Chia sẻ" }).click();
  await page.getByText("Đã chép. Dán vào tin nhắn.").waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  const sms = await page.getByRole("link", { name: "Nhắn tin SMS" }).getAttribute("href");
  expect(decodeURIComponent(sms ?? "")).toBe(`sms:02143840123?body=${text}`);
  await page.getByRole("button", { name: "Gửi cho trưởng cơ sở và tỉnh" }).click();
  await page.getByText("Chưa gửi được.", { exact: false }).waitFor();
  await context.setOffline(false);
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/v1/help"));
  await page.getByRole("button", { name: "Gửi cho trưởng cơ sở và tỉnh" }).click();
  const body = (await sent).postData() ?? "";
  await page.getByText("Đã gửi. Trưởng cơ sở thấy", { exact: false }).waitFor();
  for (const secret of ["CANARY", "010199000077", "cb-bac-ha-06"]) {
    expect(text + body).not.toContain(secret);
  }

  const desk = await Watched.open(browser, demo.url);
  await desk.signIn(demo.link("province"));
  await desk.page.goto(`${demo.url}/phones`);
  await desk.page.getByText(/^Cần trợ giúp, /).click();
  await desk.page.getByText("1 chờ gửi, 0 đã gửi", { exact: false }).waitFor();
  expect(await desk.barriers()).toEqual([]);
  await desk.close();
  await context.close();
});

it("keeps nobody out of the screens for asking", async () => {
  const watched = await Watched.open(browser, demo.url, screen);
  const page = await take(demo, browser, "cb-bac-ha-05", watched.page.context());
  await watched.page.goto(`${demo.url}/field/`);
  await page.close();
  await unlock(watched.page);
  for (const hash of [
    "#/ask",
    "#/ask//voluntary-support",
    "#/ask//lost-card",
    "#/quote",
    "#/help",
  ]) {
    await watched.page.goto(`${demo.url}/field/${hash}`);
    await watched.page.locator(".card").first().waitFor();
    expect(await watched.barriers(), hash).toEqual([]);
  }
  expect(watched.faults).toEqual([]);
  await watched.close();
});
