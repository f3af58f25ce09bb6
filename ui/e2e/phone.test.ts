/**
 * A day with the field app in a real browser: without network, killed, on a
 * network that cuts, beside a portal, mended, by two phones at once.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Route } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { barriersOf, Demo, launch, Watched } from "./desk";
import {
  consult,
  entriesBy,
  everythingSent,
  importPeople,
  open,
  screen,
  sendAll,
  shutDoors,
  tab,
  take,
  unlock,
} from "./handset";
import { BadLink } from "./link";

let demo: Demo;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "caunoi-phone-"));
  await importPeople(demo, folder);
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A phone that its worker has taken. */
const taken = (user: string, context?: BrowserContext) => take(demo, browser, user, context);
const entriesOf = (author: string) => entriesBy(demo, author);

it("records a day without network, across a killed browser, and brings all of it once", async () => {
  const profile = join(folder, "profile");
  const options = {
    ...screen,
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  };
  let context = await chromium.launchPersistentContext(profile, options);
  const link = await BadLink.start(demo.url, 7);
  let page = await take(demo, browser, "cb-bac-ha-02", context, link.url);
  await tab(page, "Đi hộ");
  await page.getByLabel("Chỉ người nên gặp").uncheck();
  await page.getByLabel("Tìm tên hoặc mã hộ, không cần dấu").fill("vang dao 7");
  await page.getByRole("link", { name: /Mô phỏng Vàng Thị Đào 7 / }).waitFor();

  await context.setOffline(true);
  const recorded = 12;
  for (let i = 0; i < recorded / 2; i++) await consult(page, `Mô phỏng A${i}`);
  await page.getByText("6 bản ghi đã lưu an toàn trên máy").waitFor();

  // The quote works in flight mode, too.
  await tab(page, "Tính mức");
  await page.getByRole("button", { name: "hộ nghèo", exact: true }).click();
  await page.getByText("165.000").first().waitFor();

  // The browser is gone from one moment to the next, and there is still no network.
  await context.close();
  context = await chromium.launchPersistentContext(profile, { ...options, offline: true });
  page = await context.newPage();
  await page.goto(`${link.url}/field/`);
  await page.getByText("6 bản ghi đã lưu an toàn trên máy, chờ gửi").waitFor();
  await unlock(page, "999999");
  await page.getByText("Sai mã PIN. Còn 9 lần thử.").waitFor();
  await unlock(page);
  for (let i = recorded / 2; i < recorded; i++) await consult(page, `Mô phỏng A${i}`);

  await shutDoors(page, 188); // many in one screen
  await page.getByText("200 bản ghi đã lưu an toàn trên máy").waitFor();

  // Back on a bad link, where some answers are a portal's besides.
  await link.worsen();
  let turn = 0;
  await context.route("**/api/v1/sync/push", (route: Route) =>
    turn++ % 5 === 2
      ? route.fulfill({ status: 200, body: "<html>Wi-Fi</html>" })
      : route.continue(),
  );
  const back = Date.now();
  await context.setOffline(false);
  await sendAll(page);
  expect(Date.now() - back).toBeLessThan(180_000);
  const there = await entriesOf("cb-bac-ha-02");
  expect(there.length).toBe(200);
  expect(new Set(there.map((e) => e.id)).size).toBe(200);
  await sendAll(page, "Điện thoại và máy chủ khớp nhau.");
  await context.close();
  await link.stop();
}, 300_000);

it("counts somebody once whom two phones meet without network", async () => {
  const one = await taken("cb-bac-ha-03");
  const two = await taken("cb-bac-ha-04");
  const desk = await Watched.open(browser, demo.url);
  await desk.signIn(demo.link("province"));
  /** Everybody who was met in the campaign that runs now. */
  const reached = () =>
    desk.page.evaluate(async () => {
      const board = await (await fetch("/api/v1/campaigns/thuong-xuyen/board")).json();
      return JSON.stringify(board.figures.people_reached);
    });
  const value = (figure: string) => (JSON.parse(figure) as { value: number }).value;
  const before = await reached();
  for (const page of [one, two]) {
    await page.context().setOffline(true);
    await consult(page, "Mô phỏng Chung", "010199123456");
  }
  for (const page of [one, two]) {
    await page.context().setOffline(false);
    await everythingSent(page);
  }
  expect(value(await reached())).toBe(value(before) + 1);
  await desk.close();
  await demo.command("verify"); // recounts everything, and leaves with 1 on a difference
});

it("counts on the right day what a phone recorded whose clock is three days behind", async () => {
  const context = await browser.newContext(screen);
  await context.addInitScript(() => {
    const behind = 3 * 86_400_000;
    const now = Date.now.bind(Date);
    // Every instant that the page takes from the clock is three days old.
    globalThis.Date = class extends Date {
      constructor(...given: [] | [number | string]) {
        if (given.length) super(...given);
        else super(now() - behind);
      }
      static override now = () => now() - behind;
    } as DateConstructor;
  });
  const page = await taken("cb-sa-pa-02", context);
  await context.setOffline(true);
  await consult(page, "Mô phỏng Đồng Hồ");
  await context.setOffline(false);
  await everythingSent(page);
  const lines = (await demo.command("export", "entries")).trim().split("\n");
  const line = lines
    .map(
      (l) =>
        JSON.parse(l) as {
          entry: { author: string; device: string; device_time: string };
          received: { offset_ms: number };
        },
    )
    .find((l) => l.entry.author === "cb-sa-pa-02" && l.entry.device.length === 36);
  if (!line) throw new Error("it did not arrive");
  const days = line.received.offset_ms / 86_400_000;
  expect(days).toBeGreaterThan(2.99);
  expect(days).toBeLessThan(3.01);
  const recorded = Date.parse(line.entry.device_time) + line.received.offset_ms;
  expect(Math.abs(recorded - Date.now())).toBeLessThan(60_000);
  await context.close();
});

it("counts the heads of a session once, however often it is tapped, and corrects them", async () => {
  const now = new Date();
  const day = new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
  const plan = join(folder, "session.jsonl");
  const planned = {
    id: "019a6c22-a080-7000-8000-00000000abcd",
    kind: "activity_planned",
    v: 1,
    campaign: "thuong-xuyen",
    office: "bac-ha",
    commune: "02839",
    author: "cb-bac-ha-02",
    device: "mô phỏng",
    seq: 1,
    device_time: now.toISOString(),
    body: {
      activity_kind: "small_group",
      place: "Chợ mô phỏng",
      start: `${day}T00:30:00+07:00`,
      end: `${day}T23:30:00+07:00`,
      lead: "cb-bac-ha-02",
    },
  };
  await writeFile(plan, `${JSON.stringify(planned)}\n`);
  await demo.command("import", "entries", plan);
  const page = await taken("cb-bac-ha-02");
  await page.getByRole("heading", { name: "Chợ mô phỏng" }).waitFor();
  for (let i = 0; i < 7; i++) await page.getByRole("button", { name: "Thêm một người" }).click();
  await page.getByRole("button", { name: "Kết thúc buổi" }).click();
  // A thumb that is not sure: both taps come before anything is drawn.
  await page.getByRole("button", { name: "Ghi", exact: true }).evaluate((button: HTMLElement) => {
    button.click();
    button.click();
  });
  await page.getByRole("button", { name: "Đã ghi số người" }).waitFor();
  await page.getByRole("button", { name: "Thêm một người" }).click();
  await page.getByRole("button", { name: "Sửa số người" }).click();
  await page.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByRole("button", { name: "Đã ghi số người" }).waitFor();
  await everythingSent(page);
  const held = (await entriesOf("cb-bac-ha-02")).filter((e) => e.kind === "activity_held") as {
    id: string;
    body?: Record<string, unknown>;
    supersedes?: string;
  }[];
  expect(held.map((e) => e.body?.["head_count"])).toEqual([7, 8]);
  expect(held[1]?.supersedes).toBe(held[0]?.id);

  // What must be said is always chosen.
  await page.evaluate(() => (location.hash = "#/record/new/noncash_switch"));
  const benefit = page.getByRole("button", { name: "Lương hưu" });
  await benefit.click();
  await expect.poll(() => benefit.getAttribute("aria-pressed")).toBe("true");
  await page.context().close();
});

it("gives back what is refused, mended it is taken", async () => {
  const page = await taken("cb-bac-ha-05");
  await page.route("**/api/v1/sync/push", async (route: Route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { results: { status: string }[] };
    // As the server refuses a value that a newer version knows and it does not.
    body.results = body.results.map((r) => ({
      ...r,
      status: "refused",
      code: "entry.value",
      params: { field: "outcome", value: "x" },
    }));
    return route.fulfill({ response: answer, json: body });
  });
  await consult(page, "Mô phỏng Sai");
  await page.getByText("1 bản ghi bị trả lại, cần sửa").waitFor();
  await page.unroute("**/api/v1/sync/push");
  await tab(page, "Gửi");
  await page.getByText("Mô phỏng Sai").waitFor();
  await page.getByRole("button", { name: "Sửa" }).click();
  await expect.poll(() => page.getByLabel("Họ và tên").inputValue()).toBe("Mô phỏng Sai");
  await page.getByLabel("Họ và tên").fill("Mô phỏng Đúng");
  await page.getByRole("button", { name: "Lưu" }).click();
  await everythingSent(page);
  await page.context().close();
});

it("loses nothing when the PIN is forgotten, and shares a phone between workers", async () => {
  const context = await browser.newContext(screen);
  const page = await taken("cb-bac-ha-06", context);
  // What is recorded cannot be sent; then the PIN is gone.
  await context.route("**/api/v1/sync/push", (route) => route.abort());
  await consult(page, "Mô phỏng Quên");
  await page.goto(`${demo.url}/field/`);
  for (let left = 9; left > 0; left--) {
    await unlock(page, "000111");
    await page.getByText(`Còn ${left} lần thử`).waitFor();
  }
  await unlock(page, "000111");
  await page.getByText("Sai mã PIN quá nhiều lần").first().waitFor();

  // Another worker takes the phone, and leaves the first one's record alone.
  const second = await taken("cb-bac-ha-07", context);
  await second.getByText("1 bản ghi").first().waitFor();
  expect((await entriesOf("cb-bac-ha-06")).length).toBe(0);

  // The first comes back by a new code.
  const third = await taken("cb-bac-ha-06", context);
  await everythingSent(third);
  expect((await entriesOf("cb-bac-ha-06")).map((e) => e.kind)).toEqual(["consultation"]);
  await context.close();
}, 120_000);

it("wipes what it keeps of one worker, and leaves the others their records", async () => {
  const context = await browser.newContext(screen);
  await (await taken("cb-sa-pa-03", context)).close();
  const page = await taken("cb-sa-pa-04", context);
  await context.route("**/api/v1/sync/push", (route) => route.abort());
  await consult(page, "Mô phỏng Còn");
  await demo.command("user", "disable", "cb-sa-pa-03", "--lost");
  await page.goto(`${demo.url}/field/`);
  await page.getByRole("radio", { name: /mô phỏng 3/ }).check();
  await unlock(page);
  await page.getByRole("radio").first().waitFor({ state: "detached" });
  await page.getByText("1 bản ghi đã lưu an toàn trên máy, chờ gửi").waitFor();
  await context.unroute("**/api/v1/sync/push");
  await unlock(page);
  await everythingSent(page);
  expect((await entriesOf("cb-sa-pa-04")).length).toBe(1);
  await context.close();
}, 120_000);

it("gives what waits to the office lead as a file that its carrier cannot read", async () => {
  const context = await browser.newContext({ ...screen, acceptDownloads: true });
  const page = await taken("cb-bac-ha-09", context);
  await context.route("**/api/v1/sync/push", (route) => route.abort());
  await consult(page, "Mô phỏng Giao");
  await page.goto(`${demo.url}/field/`); // locked, as a phone that changes hands
  await page.getByText("Không gửi được? Giao cho trưởng cơ sở").click();
  expect(await barriersOf(page)).toEqual([]);
  // A share sheet that fails keeps nothing from the file.
  await page.evaluate(() => {
    navigator.canShare = () => true;
    navigator.share = () => Promise.reject(new DOMException("no target", "NotAllowedError"));
  });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Giao 1 bản ghi" }).click(),
  ]);
  const file = join(folder, "rescue.json");
  await download.saveAs(file);
  expect(await readFile(file, "utf8")).not.toContain("Mô phỏng");

  const desk = await Watched.open(browser, demo.url);
  await desk.signIn(demo.link("lead"));
  await desk.page.goto(`${demo.url}/phones`);
  const taker = desk.page.getByLabel("Nhận tệp từ điện thoại");
  const list = join(folder, "list.csv");
  await taker.setInputFiles(list);
  await desk.page.getByText("không phải do điện thoại Caunoi tạo ra").waitFor();
  await taker.setInputFiles(file);
  await desk.page.getByText("Đã nhận 1 bản ghi.").waitFor();
  expect(await desk.barriers()).toEqual([]);
  expect((await entriesOf("cb-bac-ha-09")).length).toBe(1);

  // The phone finds its way again after all: it is there once.
  await context.unroute("**/api/v1/sync/push");
  await unlock(page);
  await everythingSent(page);
  expect((await entriesOf("cb-bac-ha-09")).length).toBe(1);
  await desk.close();
  await context.close();
}, 120_000);

it("can be used by everybody, screen by screen, in the light and in the dark", async () => {
  const watched = await Watched.open(browser, demo.url, screen);
  const { page } = watched;
  // A phone that nobody has been given yet.
  await page.goto(`${demo.url}/field/`);
  await page.getByRole("link", { name: "Tập thử" }).waitFor();
  expect(await watched.barriers()).toEqual([]);
  await taken("cb-bac-ha-08", watched.page.context());
  await page.goto(`${demo.url}/field/`);
  await page.getByLabel("Mã PIN").waitFor();
  expect(await watched.barriers()).toEqual([]);
  await unlock(page);
  await page.getByRole("navigation").waitFor();
  const screens = [
    "#/today",
    "#/visit",
    "#/doors",
    "#/person/new",
    "#/record/new/consultation",
    "#/record/new/enrolment",
    "#/record/new/noncash_switch",
    "#/record/new/card_donation",
    "#/record/new/question",
    "#/quote",
    "#/ask",
    "#/help",
    "#/outbox",
  ];
  for (const hash of screens) {
    await open(page, hash);
    if (hash === "#/visit") await page.locator("a[href^='#/person/']").first().waitFor();
    expect(await watched.barriers(), hash).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(wide, hash).toBe(false);
  }
  expect(watched.faults).toEqual([]);
  await watched.close();
}, 120_000);
