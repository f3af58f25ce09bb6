/** Practice: the app on made-up people, whose records never reach a server. */
import type { Browser, BrowserContext, Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Demo, launch, Watched } from "./desk";

let demo: Demo;
let browser: Browser;
const screen = { viewport: { width: 360, height: 740 }, hasTouch: true, locale: "vi-VN" };

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

/** A phone that nobody has taken, on which the app is installed. */
async function installed(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${demo.url}/field/`);
  await page.locator("html[data-offline=ready]").waitFor();
  return page;
}

/** Goes into practice from the screen that is open, past the walkthrough. */
async function practise(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Tập thử" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Bỏ qua" }).click();
}

const sign = (page: Page) => page.getByText("Tập thử: không tính", { exact: true });
const tab = (page: Page, name: string) =>
  page
    .getByRole("navigation")
    .getByRole("link", { name: new RegExp(`^${name}`) })
    .click();

async function consult(page: Page, name: string): Promise<void> {
  await tab(page, "Đi hộ");
  await page.getByRole("link", { name: "Người chưa có tên" }).click();
  await page.getByLabel("Họ và tên").fill(name);
  await page.getByRole("button", { name: "Thẻ BHYT" }).click();
  await page.getByRole("button", { name: "Hẹn ngày" }).click();
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: "Cần gặp" }).waitFor();
}

/** What the phone of a database keeps in its outbox, sealed as it lies there. */
const outboxOf = (page: Page, database: string): Promise<{ id: string; worker: string }[]> =>
  page.evaluate(
    (name) =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onerror = () => reject(new Error(name));
        request.onsuccess = () => {
          const all = request.result.transaction("outbox").objectStore("outbox").getAll();
          all.onsuccess = () => {
            resolve(all.result as { id: string; worker: string }[]);
            request.result.close();
          };
        };
      }),
    database,
  );

const pretendNetwork = async (page: Page) => {
  await sign(page).click();
  await page.getByRole("switch", { name: "Giả vờ có sóng" }).check();
  await page.keyboard.press("Escape");
};

it("is there before any enrolment and without network, and asks no server for anything", async () => {
  const context = await browser.newContext(screen);
  const page = await installed(context);
  const asked: Request[] = [];
  context.on("request", (request) => {
    if (!request.serviceWorker()) asked.push(request);
  });
  await context.setOffline(true);
  await practise(page);

  // Somebody is found without tone marks, and met.
  await tab(page, "Đi hộ");
  await page.getByLabel("Chỉ người nên gặp").uncheck();
  await page.getByLabel("Tìm tên hoặc mã hộ, không cần dấu").fill("mau thi hoa");
  await page
    .getByRole("link", { name: /Mẫu Thị Hoa/ })
    .first()
    .click();
  await page.getByRole("link", { name: "Tư vấn" }).click();
  await page.getByRole("button", { name: "Lương hưu" }).click();
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("link", { name: "Tư vấn" }).waitFor();
  await consult(page, "Mô phỏng tập thử");

  // Heads are counted, and a quote is given.
  await tab(page, "Hôm nay");
  await page.getByRole("button", { name: "Thêm một người" }).first().click();
  await page.getByRole("button", { name: "Kết thúc buổi" }).first().click();
  await page.getByRole("button", { name: "Ghi", exact: true }).click();
  await page.getByRole("button", { name: "Đã ghi số người" }).waitFor();
  await tab(page, "Tính mức");
  await page.getByRole("button", { name: "hộ nghèo", exact: true }).click();
  await page.getByText("165.000").first().waitFor();
  await sign(page).waitFor();

  // What came back is mended; what waits goes, as is pretended.
  await tab(page, "Gửi");
  await page.getByRole("heading", { name: "1 bị trả lại" }).waitFor();
  await page.getByRole("heading", { name: "4 chờ gửi" }).waitFor();
  await page.getByRole("button", { name: "Sửa" }).click();
  await page.getByLabel("Ngày hoặc năm sinh").fill("28/2/1984");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: "5 chờ gửi" }).waitFor();
  await pretendNetwork(page);
  await page.getByRole("heading", { name: "5 đã gửi" }).waitFor();
  await page.getByText("Điện thoại và máy chủ khớp nhau").waitFor();
  await sign(page).waitFor();

  // It is all there after the page was closed, and gone when begun anew.
  await page.reload();
  await tab(page, "Gửi");
  await page.getByRole("heading", { name: "5 đã gửi" }).waitFor();
  await sign(page).click();
  await page.getByRole("button", { name: "Làm lại từ đầu" }).click();
  await tab(page, "Gửi");
  await page.getByRole("heading", { name: "1 chờ gửi" }).waitFor();

  const paths = new Set(asked.map((r) => new URL(r.url()).pathname));
  expect([...paths].filter((path) => !path.startsWith("/field/"))).toEqual([]);
  expect(asked.filter((r) => r.method() !== "GET" || r.postData())).toEqual([]);
  await context.close();
});

it("cannot send, whatever a script of the page tries", async () => {
  const context = await browser.newContext(screen);
  const page = await installed(context);
  await practise(page);
  const asked: string[] = [];
  context.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const tried = await page.evaluate(async () => {
    const failed = (attempt: Promise<unknown>) =>
      attempt.then(
        () => false,
        () => true,
      );
    const beacon = navigator.sendBeacon("/api/v1/sync/push", "{}");
    return {
      fetch: await failed(fetch("/api/v1/sync/push", { method: "POST", body: "{}" })),
      get: await failed(fetch("/api/v1/sync/pull")),
      beacon,
      engine: await failed(fetch("./parameters.json")),
    };
  });
  expect(tried).toMatchObject({ fetch: true, get: true, engine: false });
  expect(asked.filter((path) => path.startsWith("/api/"))).toEqual([]);
  await context.close();
});

it("leaves nothing in the outbox of who takes the phone afterwards", async () => {
  const context = await browser.newContext(screen);
  const page = await installed(context);
  await practise(page);
  await consult(page, "Mô phỏng tập thử trước");
  await pretendNetwork(page);
  await page.getByText("bị trả lại, cần sửa").waitFor();
  const practised = await outboxOf(page, "caunoi-practice");
  expect(practised.length).toBe(3);

  const bodies: string[] = [];
  context.on("request", (request) => {
    const body = request.postDataBuffer();
    if (body && request.url().includes("/sync/")) bodies.push(body.toString("latin1"));
  });
  await page.goto(await demo.phoneLink("cb-bac-ha-02"));
  await page.getByLabel("Tên máy").fill("Máy mô phỏng");
  await page.getByLabel("Chọn mã PIN").fill("482915");
  await page.getByLabel("Nhập lại mã PIN").fill("482915");
  await page.getByRole("button", { name: "Bắt đầu" }).click();
  await page.getByText("Mọi bản ghi đã ở máy chủ").waitFor();
  expect(await sign(page).count()).toBe(0);
  expect(await outboxOf(page, "caunoi-field")).toEqual([]);
  await tab(page, "Gửi");
  await page.getByText("Chưa có bản ghi nào").waitFor();

  // And back: the two know nothing of each other.
  await page.getByRole("link", { name: "Tập thử" }).click();
  await tab(page, "Gửi");
  await page.getByRole("heading", { name: "2 đã gửi" }).waitFor();
  await sign(page).click();
  await page.getByRole("link", { name: "Về việc thật" }).click();
  await page.getByRole("heading", { name: "Mở khóa" }).waitFor();
  expect(bodies).toEqual([]);
  await context.close();
});

it("is refused by the server where its records are pushed by hand", async () => {
  const { page, ...desk } = await Watched.open(browser, demo.url);
  await page.goto(demo.link("lead"));
  await page.getByRole("button", { name: "Vào Caunoi" }).click();
  await page.locator("[data-figure=enrolments]").waitFor();
  const results = await page.evaluate(async () => {
    const me = await (await fetch("/api/v1/session")).json();
    const now = new Date().toISOString();
    const time = Date.now().toString(16).padStart(12, "0");
    const entry = (n: number, campaign: string, device: string) => ({
      id: `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`,
      kind: "visit",
      v: 1,
      campaign,
      office: me.office.id,
      author: me.id,
      device,
      seq: n,
      device_time: now,
      body: { outcome: "not_home", household: "TT-1" },
    });
    const campaigns = await (await fetch("/api/v1/campaigns")).json();
    const response = await fetch("/api/v1/sync/push", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Caunoi": "1" },
      body: JSON.stringify({
        device: "e2e",
        sent_at: now,
        entries: [
          entry(1, "practice", "practice-1"),
          entry(2, campaigns.campaigns[0].id, "practice-1"),
          entry(3, "practice", "e2e"),
        ],
      }),
    });
    return ((await response.json()) as { results: { status: string; code: string }[] }).results;
  });
  expect(results.map((r) => `${r.status} ${r.code}`)).toEqual(
    Array(3).fill("refused entry.practice"),
  );
  await page.context().close();
  expect(desk.faults).toEqual([]);
});

it("walks through five steps by keyboard, once and again when asked for", async () => {
  const watched = await Watched.open(browser, demo.url, screen);
  const { page } = watched;
  await page.goto(`${demo.url}/field/`);
  await page.getByRole("link", { name: "Tập thử" }).click();
  const card = page.getByRole("dialog");
  for (const [i, title] of [
    "Tìm một người",
    "Ghi một cuộc tư vấn",
    "Đếm người dự buổi",
    "Dấu an toàn",
    "Không có sóng, quên mã PIN",
  ].entries()) {
    await card.getByRole("heading", { name: title }).waitFor();
    await page.waitForFunction((title) => document.activeElement?.textContent === title, title);
    // The card lies beside its control, not over it, and both are in sight.
    await page.waitForFunction(() => {
      const of = (selector: string) => document.querySelector(selector)?.getBoundingClientRect();
      const a = of("[popover]");
      const b = of("[data-walking]");
      return (
        a &&
        b &&
        (a.top >= b.bottom || a.bottom <= b.top) &&
        a.top >= 0 &&
        a.bottom <= innerHeight &&
        b.top >= 0
      );
    });
    expect(await watched.barriers(), title).toEqual([]);
    const next = card.getByRole("button", { name: i === 4 ? "Xong" : "Tiếp" });
    await next.focus();
    await page.keyboard.press("Enter");
  }
  await card.waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("navigation").waitFor();
  expect(await card.count()).toBe(0);
  await sign(page).click();
  expect(await watched.barriers()).toEqual([]);
  await page.getByRole("button", { name: "Xem hướng dẫn" }).click();
  await card.getByRole("heading", { name: "Tìm một người" }).waitFor();
  await page.keyboard.press("Escape");
  await card.waitFor({ state: "detached" });

  // Locked, it tells the PIN; that opens it.
  await tab(page, "Gửi");
  await page.getByRole("button", { name: "Khóa máy" }).click();
  const told = await page.getByText(/^Mã PIN tập thử/).textContent();
  await sign(page).waitFor();
  expect(await watched.barriers()).toEqual([]);
  await page.getByLabel("Mã PIN", { exact: true }).fill(told?.replace(/\D/g, "") ?? "");
  await page.getByRole("button", { name: "Vào" }).click();
  await page.getByRole("navigation").waitFor();
  expect(watched.faults).toEqual([]);
  await watched.close();
});
