/**
 * The field app around a session, in a real browser: what is in progress is lost
 * to nothing, heads are counted once and on their day, and what changed is told.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { barriersOf, Demo, launch, Watched } from "./desk";
import { entriesBy, everythingSent, screen, tab, take, unlock } from "./handset";

let demo: Demo;
let browser: Browser;
let folder: string;
let desk: Watched;

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
  desk = await Watched.open(browser, demo.url);
  await desk.signIn(demo.link("lead"));
  folder = await mkdtemp(join(tmpdir(), "caunoi-today-"));
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function opened(page: Page): Promise<void> {
  await unlock(page);
  await page.getByRole("navigation").waitFor();
}

/** The day so many days from today, in Viet Nam. */
const day = (n: number) =>
  new Date(Date.now() + 7 * 3_600_000 + n * 86_400_000).toISOString().slice(0, 10);

let made = 0;

/** Imports an entry as another server has it, and gives its id. */
async function bring(kind: string, author: string, body: object, more: object = {}) {
  made++;
  const id = `019a6c22-a080-7000-8000-${made.toString(16).padStart(12, "0")}`;
  const entry = {
    id,
    kind,
    v: 1,
    campaign: "thuong-xuyen",
    office: "bac-ha",
    commune: "02839",
    author,
    device: "mô phỏng",
    seq: made,
    device_time: new Date(Date.now() - 3_600_000 + made).toISOString(),
    body,
    ...more,
  };
  const file = join(folder, `${id}.jsonl`);
  await writeFile(file, `${JSON.stringify(entry)}\n`);
  await demo.command("import", "entries", file);
  return id;
}

/** Plans a session of a team, the whole of today unless said otherwise. */
const plan = (place: string, team: string[], when: { start?: string; end?: string } = {}) =>
  bring("activity_planned", "cb-bac-ha-01", {
    activity_kind: "small_group",
    place,
    start: `${day(0)}T00:05:00+07:00`,
    end: `${day(0)}T23:55:00+07:00`,
    lead: team[0],
    team,
    topics: ["card"],
    ...when,
  });

const card = (page: Page, place: string) => page.getByRole("region", { name: place });

/** Sends, and takes what is new. */
async function renewed(page: Page): Promise<void> {
  await tab(page, "Gửi");
  const pulled = page.waitForResponse(/sync\/pull/);
  await page.getByRole("button", { name: "Gửi ngay" }).click();
  await pulled;
  await tab(page, "Hôm nay");
}

async function count(page: Page, place: string, heads: number, close: string): Promise<void> {
  await card(page, place).getByLabel("người dự buổi").fill(String(heads));
  await card(page, place).getByRole("button", { name: close }).click();
  await card(page, place).getByText(`${heads} người dự buổi`).waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await card(page, place).getByRole("button", { name: "Ghi", exact: true }).click();
}

interface Held {
  id: string;
  kind: string;
  activity?: string;
  supersedes?: string;
  happened_at?: string;
  body?: { head_count: number };
}

const heldBy = async (author: string, activity: string) =>
  ((await entriesBy(demo, author)) as Held[]).filter(
    (e) => e.kind === "activity_held" && e.activity === activity,
  );

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
  let page = await take(demo, browser, "cb-bac-ha-02", context);
  await context.setOffline(true);
  await tab(page, "Đi hộ");
  await page.getByRole("link", { name: "Người chưa có tên" }).click();
  await page.getByLabel("Họ và tên").fill("Mô phỏng Dở Dang");
  await page.getByRole("button", { name: "Thẻ BHYT" }).click();
  await expect.poll(() => noted(page).then((all) => all.length)).toBe(1);

  // Locked: whoever comes back is where they were, and is told so.
  await page.evaluate(() => (location.hash = "#/outbox"));
  await page.getByRole("button", { name: "Khóa máy" }).click();
  await opened(page);
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
  await opened(page);
  await page.getByText(/^Viết tiếp từ/).waitFor();
  await expect.poll(() => page.getByLabel("Họ và tên").inputValue()).toBe("Mô phỏng Dở Dang");
  await expect.poll(() => page.getByLabel("Ghi chú").inputValue()).toBe("hẹn chiều mai");

  // Thrown away, and taken back.
  await page.getByRole("button", { name: "Bỏ, viết lại từ đầu" }).click();
  await expect.poll(() => page.getByLabel("Họ và tên").inputValue()).toBe("");
  await page.getByRole("button", { name: "Lấy lại" }).click();
  await expect.poll(() => page.getByLabel("Họ và tên").inputValue()).toBe("Mô phỏng Dở Dang");

  const commune = page.getByLabel("Xã, phường nơi ở");
  if (await commune.count()) await commune.selectOption({ index: 1 });
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: "Cần gặp" }).waitFor();
  expect(await noted(page)).toEqual([]);
  await page.getByRole("link", { name: "Người chưa có tên" }).click();
  await expect.poll(() => page.getByLabel("Họ và tên").inputValue()).toBe("");
  await context.close();
});

it("loses neither a count in progress nor where people are met", async () => {
  await plan("Chợ đang đếm", ["cb-bac-ha-03"]);
  const page = await take(demo, browser, "cb-bac-ha-03");
  const it = card(page, "Chợ đang đếm");
  for (let i = 0; i < 7; i++) await it.getByRole("button", { name: "Thêm một người" }).click();
  await it.getByRole("button", { name: "Tư vấn 1 người" }).click();
  await page.getByText("Đang ở: Chợ đang đếm").waitFor();
  await expect.poll(() => noted(page).then((all) => all.length)).toBe(1);
  await page.goto(`${demo.url}/field/`); // the app was ended, and begins anew
  await opened(page);
  await expect.poll(() => it.getByLabel("người dự buổi").inputValue()).toBe("7");
  await tab(page, "Đi hộ");
  await page.getByText("Đang ở: Chợ đang đếm").waitFor();
  await page.context().close();
});

it("corrects under a new PIN the count that an earlier phone brought", async () => {
  const id = await plan("Chợ đổi mã", ["cb-bac-ha-04"]);
  const before = await take(demo, browser, "cb-bac-ha-04");
  await count(before, "Chợ đổi mã", 31, "Kết thúc buổi");
  await card(before, "Chợ đổi mã").getByRole("button", { name: "Đã ghi số người" }).waitFor();
  await everythingSent(before);
  await before.context().close();

  const page = await take(demo, browser, "cb-bac-ha-04"); // it holds nothing of the first
  const heads = card(page, "Chợ đổi mã").getByLabel("người dự buổi");
  await expect.poll(() => heads.inputValue()).toBe("31");
  await count(page, "Chợ đổi mã", 33, "Sửa số người");
  await card(page, "Chợ đổi mã").getByRole("button", { name: "Đã ghi số người" }).waitFor();
  await everythingSent(page);
  const [first, second] = await heldBy("cb-bac-ha-04", id);
  expect([first?.body?.head_count, second?.body?.head_count]).toEqual([31, 33]);
  expect(second?.supersedes).toBe(first?.id);
  await page.context().close();
});

it("says whose count stands, and tells another one to the lead", async () => {
  const id = await plan("Chợ hai người", ["cb-bac-ha-01", "cb-bac-ha-05", "cb-bac-ha-06"]);
  const one = await take(demo, browser, "cb-bac-ha-05");
  await count(one, "Chợ hai người", 20, "Kết thúc buổi");
  await card(one, "Chợ hai người").getByRole("button", { name: "Đã ghi số người" }).waitFor();
  await everythingSent(one);
  const two = await take(demo, browser, "cb-bac-ha-06");
  const it = card(two, "Chợ hai người");
  await it.getByText(/đã ghi 20 người\. Chỉ .* hoặc trưởng cơ sở sửa được/).waitFor();
  expect(await it.getByRole("button", { name: "Thêm một người" }).count()).toBe(0);
  await it.getByRole("button", { name: "Tôi đếm khác" }).click();
  await count(two, "Chợ hai người", 25, "Báo trưởng cơ sở");
  await it.getByText("Bạn đã báo 25 người").waitFor();
  await everythingSent(two);
  const [told] = await heldBy("cb-bac-ha-06", id);
  expect([told?.body?.head_count, told?.supersedes]).toEqual([25, undefined]);
  // What counts is as it was, and the lead finds the other to look at.
  const heads = await desk.page.evaluate(async (id) => {
    const got = await (await fetch("/api/v1/campaigns/thuong-xuyen/activities")).json();
    return got.activities.find((a: { id: string }) => a.id === id).head_count;
  }, id);
  expect(heads).toBe(20);
  await one.context().close();
  await two.context().close();
});

it("closes a session of the day before on its day", async () => {
  const id = await plan("Buổi hôm qua", ["cb-bac-ha-07"], {
    start: `${day(-1)}T19:00:00+07:00`,
    end: `${day(-1)}T21:00:00+07:00`,
  });
  const late = await plan("Buổi khuya", ["cb-bac-ha-07"], {
    start: `${day(-2)}T21:00:00+07:00`,
    end: `${day(-1)}T00:30:00+07:00`,
  });
  const page = await take(demo, browser, "cb-bac-ha-07");
  await page.getByRole("heading", { name: "Buổi chưa kết thúc" }).waitFor();
  await count(page, "Buổi hôm qua", 12, "Kết thúc buổi");
  await count(page, "Buổi khuya", 9, "Kết thúc buổi");
  await page.getByRole("heading", { name: "Buổi chưa kết thúc" }).waitFor({ state: "detached" });
  await everythingSent(page);
  const instant = (e: Held[]) => new Date(e[0]?.happened_at ?? 0).toISOString();
  expect(instant(await heldBy("cb-bac-ha-07", id))).toBe(
    new Date(`${day(-1)}T21:00:00+07:00`).toISOString(),
  );
  expect(instant(await heldBy("cb-bac-ha-07", late))).toBe(
    new Date(`${day(-2)}T23:59:59+07:00`).toISOString(),
  );
  await page.context().close();
});

it("shows the own activities, and those of the office behind one tap", async () => {
  await plan("Buổi của tôi", ["cb-bac-ha-08", "cb-bac-ha-05"]);
  await plan("Buổi người khác", ["cb-bac-ha-05"]);
  const page = await take(demo, browser, "cb-bac-ha-08");
  const it = card(page, "Buổi của tôi");
  await it.getByText(/Phụ trách: bạn · Cùng .*5/).waitFor();
  await it.getByText("Nội dung: Thẻ BHYT").waitFor();
  expect(await card(page, "Buổi người khác").count()).toBe(0);
  await page.getByRole("button", { name: /Hoạt động khác của cơ sở/ }).click();
  await card(page, "Buổi người khác").waitFor();
  await page.context().close();
});

it("checks in, and the lead sees who is there", async () => {
  await plan("Buổi có mặt", ["cb-bac-ha-09"]);
  const page = await take(demo, browser, "cb-bac-ha-09");
  const it = card(page, "Buổi có mặt");
  await it.getByRole("button", { name: "Tôi đã đến" }).click();
  await it.getByText(/Bạn đã đến lúc/).waitFor();
  await it.getByRole("button", { name: "Rút lại" }).click(); // a slip
  await it.getByRole("button", { name: "Tôi đã đến" }).click();
  await it.getByText(/Bạn đã đến lúc/).waitFor();
  await everythingSent(page);
  expect((await entriesBy(demo, "cb-bac-ha-09")).map((e) => e.kind)).toEqual([
    "attendance",
    "attendance",
    "attendance",
  ]);
  await desk.page.goto(`${demo.url}/c/thuong-xuyen/activities?view=list&q=buoi+co+mat`);
  await desk.page
    .getByRole("listitem")
    .filter({ hasText: "Buổi có mặt" })
    .getByText(/^Có mặt: .*mô phỏng 9 .*\d\d:\d\d$/)
    .waitFor();
  expect(await desk.barriers()).toEqual([]);
  await demo.command("verify");
  await page.context().close();
});

it("tells what was moved, with the old time and the new, until the worker says that they know", async () => {
  const activity = await plan("Buổi sẽ mưa", ["cb-bac-ha-02"], {
    start: `${day(1)}T14:00:00+07:00`,
    end: `${day(1)}T16:00:00+07:00`,
  });
  const page = await take(demo, browser, "cb-bac-ha-02");
  await page.getByText("Buổi sẽ mưa").waitFor();
  expect(await page.getByText("Kế hoạch có thay đổi").count()).toBe(0);
  await bring(
    "activity_moved",
    "cb-bac-ha-01",
    { reason: "weather", start: `${day(1)}T19:30:00+07:00`, end: `${day(1)}T21:00:00+07:00` },
    { activity },
  );
  await plan("Buổi mới", ["cb-bac-ha-02"], {
    start: `${day(2)}T08:00:00+07:00`,
    end: `${day(2)}T10:00:00+07:00`,
  });
  await renewed(page);
  const changes = page.getByRole("region", { name: "Kế hoạch có thay đổi" });
  await changes.getByText("Buổi mới").waitFor();
  const moved = changes.getByRole("listitem").filter({ hasText: "Buổi sẽ mưa" });
  expect((await moved.innerText()).replace(/\s+/g, " ")).toMatch(/14:00 → .*19:30 Vì thời tiết/);
  await moved.getByRole("button", { name: "Đã rõ" }).click();
  await moved.waitFor({ state: "detached" });
  await page.getByRole("link", { name: /^Hôm nay 1/ }).waitFor();
  await tab(page, "Gửi");
  await page.getByRole("button", { name: "Khóa máy" }).click();
  await opened(page);
  await changes.getByText("Buổi mới").waitFor();
  expect(await moved.count()).toBe(0);
  await page.context().close();
});

it("says where a record goes, lets it be chosen once, and keeps the choice sealed", async () => {
  const second = {
    campaign: {
      id: "dot-hai",
      kind: "sprint",
      name: { vi: "Đợt hai mô phỏng", en: "Second", bn: "দ্বিতীয়" },
      province: "lao-cai-tinh",
      start: day(-1),
      end: day(5),
    },
  };
  const file = join(folder, "plan.jsonl");
  await writeFile(file, `${JSON.stringify(second)}\n`);
  await demo.command("import", "plan", file);
  const page = await take(demo, browser, "cb-bac-ha-03");
  await page.evaluate(() => (location.hash = "#/person/new"));
  const where = page.getByRole("region", { name: "Nơi ghi" });
  await where.getByRole("button", { name: "Đổi" }).click();
  await where.getByLabel("Đợt tuyên truyền").selectOption("dot-hai");
  const communes = where.getByLabel("Xã, phường đang làm việc");
  const many = (await communes.count()) > 0;
  const last = many ? await communes.locator("option").last().getAttribute("value") : "";
  if (last) await communes.selectOption(last);
  await where
    .getByText(/Đợt hai mô phỏng/)
    .first()
    .waitFor();
  await page.getByLabel("Họ và tên").fill("Mô phỏng Nơi Khác");
  await page.getByLabel("Xã, phường nơi ở").selectOption("-"); // lives elsewhere
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: "Cần gặp" }).waitFor();
  await everythingSent(page);
  const [entry] = (await entriesBy(demo, "cb-bac-ha-03")) as unknown as {
    campaign: string;
    commune: string;
  }[];
  expect(entry?.campaign).toBe("dot-hai");
  if (last) expect(entry?.commune).toBe(last);
  // The next form begins there, also after a lock.
  await tab(page, "Gửi");
  await page.getByRole("button", { name: "Khóa máy" }).click();
  await opened(page);
  await page.evaluate(() => (location.hash = "#/person/new"));
  await where
    .getByText(/Đợt hai mô phỏng/)
    .first()
    .waitFor();
  const clear = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  expect(clear).not.toMatch(/village|dot-hai|02839/);
  await page.context().close();
});

it("counts in the digits of the language, and reads both", async () => {
  const id = await plan("Chợ chữ số", ["cb-bac-ha-04"]);
  const page = await take(demo, browser, "cb-bac-ha-04");
  await page.evaluate(() => localStorage.setItem("caunoi.language", "bn"));
  await page.goto(`${demo.url}/field/`);
  await page.getByLabel("PIN").fill("482915");
  await page.getByRole("button", { name: "খুলুন" }).click();
  const it = card(page, "Chợ chữ số");
  const heads = it.getByLabel("উপস্থিত");
  await heads.fill("১২");
  await expect.poll(() => heads.inputValue()).toBe("১২");
  await heads.fill("45");
  await expect.poll(() => heads.inputValue()).toBe("৪৫");
  await it.getByRole("button", { name: "পর্ব শেষ" }).click();
  await it.getByRole("button", { name: "লিখুন", exact: true }).click();
  await it.getByRole("button", { name: "সংখ্যা লেখা হয়েছে" }).waitFor();
  await expect.poll(() => heldBy("cb-bac-ha-04", id).then((h) => h[0]?.body?.head_count)).toBe(45);
  await page.context().close();
});
