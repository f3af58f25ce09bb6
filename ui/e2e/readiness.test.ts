/**
 * Before the day: a worker confirms without network, the lead asks for a
 * rehearsal, the phone does it over the real way, and the desk shows who is
 * ready, while no figure moves.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { barriersOf, Sitting } from "./desk";
import { entriesBy, everythingSent, importPeople, open, screen, tab, take } from "./handset";

const at = new Sitting("lead", "province");
const { sit } = at;
const shots = process.env["CAUNOI_SHOTS"];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "caunoi-ready-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The day so many days from today, in Viet Nam. */
const day = (n: number) =>
  new Date(Date.now() + 7 * 3_600_000 + n * 86_400_000).toISOString().slice(0, 10);

const worker = "cb-bac-ha-02";
const other = "cb-bac-ha-03";
const activity = "019a6c22-a080-7000-8000-00000000a001";
let made = 0;

/** Imports an entry of the plan, as another server has it. */
async function bring(kind: string, body: object, more: object = {}): Promise<void> {
  made++;
  const entry = {
    id: kind === "activity_planned" ? activity : `019a6c22-a080-7000-8000-00000000b00${made}`,
    kind,
    v: 1,
    campaign: "thuong-xuyen",
    office: "bac-ha",
    commune: "02839",
    author: "cb-bac-ha-01",
    device: "mô phỏng",
    seq: 9000 + made,
    device_time: new Date(Date.now() - 3_600_000 + made).toISOString(),
    body,
    ...more,
  };
  const file = join(folder, `${made}.jsonl`);
  await writeFile(file, `${JSON.stringify(entry)}\n`);
  await at.demo.command("import", "entries", file);
}

const shoot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
};

/** Sends, and takes what is new. */
async function renewed(page: Page): Promise<void> {
  await tab(page, "Gửi");
  const told = page.waitForResponse(/sync\/receipt/);
  await page.getByRole("button", { name: "Gửi ngay" }).click();
  await told;
}

const row = (page: Page, name: string) =>
  page.getByRole("list", { name: "Sẵn sàng" }).locator(":scope > li").filter({ hasText: name });

it("confirms offline, rehearses when asked, and is shown to be ready; no figure moves", async () => {
  const { demo, browser } = at;
  await importPeople(demo, folder, 40);
  await bring("activity_planned", {
    activity_kind: "small_group",
    place: "Nhà văn hóa mô phỏng",
    start: `${day(1)}T08:00:00+07:00`,
    end: `${day(1)}T10:00:00+07:00`,
    lead: worker,
    team: [worker, other],
    topics: ["card"],
  });
  const context = await browser.newContext(screen);
  const phone = await take(demo, browser, worker, context);
  const card = phone.locator("section.card", { hasText: "Nhà văn hóa mô phỏng" });
  await card.waitFor();

  // Without network, as any record.
  await context.setOffline(true);
  await card.getByRole("button", { name: "Không đi được" }).click();
  await card.getByRole("button", { name: "Quay lại" }).click();
  expect(await barriersOf(phone)).toEqual([]);
  await shoot(phone, "phone-confirm");
  await card.getByRole("button", { name: "Tôi sẽ đi" }).click();
  await card.getByText("Bạn sẽ đi").waitFor();
  await card.getByText(/^Chưa trả lời:/).waitFor();
  expect(await barriersOf(phone)).toEqual([]);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  await shoot(phone, "phone-confirmed");
  await context.setOffline(false);
  await renewed(phone);
  await everythingSent(phone);
  expect((await entriesBy(demo, worker)).map((e) => [e.kind, e.body?.["coming"]])).toEqual([
    ["confirmation", true],
  ]);

  const desk = await sit("lead", "/readiness");
  const { page } = desk;
  const mine = row(page, "phụ trách");
  await mine.getByText("Sẽ đi", { exact: true }).waitFor();
  await mine.getByText("Ứng dụng đúng bản").waitFor();
  await mine.getByText("Đủ 1 danh sách").waitFor();
  await mine.getByText("Đồng hồ đúng").waitFor();
  await mine.getByText("Chưa diễn tập", { exact: true }).waitFor();
  await page
    .getByRole("heading", { name: /^1\/2 điện thoại sẵn sàng, 1 người chưa xác nhận$/ })
    .waitFor();
  await desk.passable();
  await shoot(page, "desk-before");

  const figures = await demo.command("export", "entries");
  await page.getByRole("button", { name: "Diễn tập", exact: true }).click();
  await page.getByText(/^Đã yêu cầu điện thoại của 2 người diễn tập/).waitFor();
  await mine.getByText("Chưa diễn tập như yêu cầu", { exact: true }).waitFor();

  const rehearsed = phone.waitForResponse(/sync\/rehearse/);
  const told = phone.waitForResponse(/device\/state/);
  await renewed(phone);
  const reply = (await (await rehearsed).json()) as {
    rehearsed: boolean;
    results: { status: string }[];
  };
  expect(reply.rehearsed).toBe(true);
  expect(reply.results.map((r) => r.status)).toEqual(Array(4).fill("accepted"));
  await told;
  await open(phone, "#/help");
  await phone.getByText(/^✓ Diễn tập tốt lúc/).waitFor();
  expect(await barriersOf(phone)).toEqual([]);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  await shoot(phone, "phone-help");

  await page.reload();
  await mine.getByText("Diễn tập tốt", { exact: true }).waitFor();
  // By hand, too; and nothing of it is anywhere.
  const again = phone.waitForResponse(/sync\/rehearse/);
  await phone.getByRole("button", { name: "Diễn tập ngay" }).click();
  expect((await again).status()).toBe(200);
  expect(await demo.command("export", "entries")).toBe(figures);
  await demo.command("verify"); // fails where a figure differs
  expect((await entriesBy(demo, worker)).length).toBe(1);

  // The plan is moved: what was confirmed was another time.
  await bring(
    "activity_moved",
    { reason: "weather", start: `${day(1)}T13:00:00+07:00`, end: `${day(1)}T15:00:00+07:00` },
    { activity },
  );
  await page.reload();
  await mine.getByText("Xác nhận cho giờ cũ").waitFor();
  await renewed(phone);
  await tab(phone, "Hôm nay");
  await card.getByText(/^Bạn đã xác nhận cho giờ cũ/).waitFor();
  await shoot(phone, "phone-stale");
  await card.getByRole("button", { name: "Không đi được" }).click();
  await card.getByRole("button", { name: "Không có xe, đường khó" }).click();
  const said = card.getByRole("group", { name: "Bạn có đi không?" });
  await said.filter({ hasText: "Bạn không đi được: Không có xe, đường khó" }).waitFor();
  await renewed(phone);
  await everythingSent(phone);
  await page.reload();
  await mine.getByText("Không đi được: không có xe, đường khó").waitFor();

  // What is shown stands in the address; nobody who is ready is in the way.
  await page.getByRole("searchbox").fill("khong co ai nhu the");
  await page.getByRole("heading", { name: "Không có gì khớp" }).waitFor();
  await page.getByRole("searchbox").fill("nha van hoa");
  await page.getByLabel("Chỉ những gì chưa sẵn sàng").check();
  await page.getByLabel("Sắp xếp").selectOption("name");
  expect(new URL(page.url()).search).toContain("open=yes");
  await expect
    .poll(() => page.getByRole("list", { name: "Sẵn sàng" }).locator(":scope > li").count())
    .toBe(2);
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: /CSV$/ }).click();
  expect((await file).suggestedFilename()).toBe(`san-sang-${day(1)}.csv`);
  await page.getByText("Việc cần làm").first().click();
  await desk.passable();
  await shoot(page, "desk-after");

  const narrow = await sit("lead", "/readiness", {
    viewport: { width: 390, height: 844 },
    colorScheme: "dark",
  });
  await row(narrow.page, "phụ trách").waitFor();
  await narrow.passable();
  await shoot(narrow.page, "desk-narrow");
  await narrow.page.goto(`${demo.url}/readiness?on=${day(300)}`);
  await narrow.page.getByText("Không có hoạt động nào").waitFor();
  await narrow.passable();
}, 180_000);

it("shows the province all offices, each opened by its name, and is reached from the plan", async () => {
  const desk = await sit("province", `/c/thuong-xuyen/activities?view=day&on=${day(1)}`);
  const { page } = desk;
  await page.getByRole("link", { name: "Sẵn sàng", exact: true }).click();
  await page.getByRole("heading", { name: "Sẵn sàng", exact: true }).waitFor();
  expect(new URL(page.url()).search).toBe(`?on=${day(1)}`);
  await page.getByRole("list", { name: "Sẵn sàng" }).waitFor();
  await desk.passable();
  await shoot(page, "desk-province");
  const office = page.getByRole("region", { name: "Theo đơn vị" }).getByRole("link").first();
  if (await office.count()) {
    await office.click();
    await page.getByRole("combobox").first().waitFor();
    expect(new URL(page.url()).searchParams.get("of")).toBeTruthy();
  }
});
