/** What a phone outlives: a server restored from a copy, a new version, two weeks alone. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Demo, freePort, launch } from "./desk";
import { consult, entriesBy, everythingSent, screen, sendAll, tab, take, unlock } from "./handset";

let demo: Demo;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch("/usr/bin/chromium"); // it wakes pages
  folder = await mkdtemp(join(tmpdir(), "caunoi-life-"));
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

const send = async (page: Page) => {
  await tab(page, "Gửi");
  await page.getByRole("button", { name: "Gửi ngay" }).click();
};

it("fills up a server that was restored from an older copy", async () => {
  const page = await take(demo, browser, "cb-bac-ha-02");
  const copy = join(folder, "copy.db");
  await consult(page, "Mô phỏng Trước");
  await everythingSent(page);
  await demo.command("backup", copy);
  await consult(page, "Mô phỏng Sau");
  await everythingSent(page);
  const all = async () => (await entriesBy(demo, "cb-bac-ha-02")).map((e) => e.id).sort();
  const before = await all();
  expect(before.length).toBe(2);

  for (const back of ["restore", "putBack"] as const) {
    await demo[back](copy);
    expect((await all()).length).toBe(1);
    await send(page); // nothing new was recorded
    await expect.poll(all, { timeout: 30_000 }).toEqual(before);
    await everythingSent(page);
    await page.getByText("Điện thoại và máy chủ khớp nhau.").waitFor();
  }
  await demo.command("verify");
  await page.context().close();
}, 120_000);

/** Another version of the app in front of the server: the same but for its page. */
async function newer(url: string): Promise<{ url: string; publish(): void; server: Server }> {
  let published = false;
  const port = await freePort();
  const server = createServer((asked, answer) => {
    const { host, "accept-encoding": _, ...headers } = asked.headers;
    const on = request(url + asked.url, { method: asked.method, headers }, (got) => {
      const parts: Buffer[] = [];
      got.on("data", (part: Buffer) => parts.push(part));
      got.on("end", () => {
        let body = Buffer.concat(parts);
        const path = asked.url?.split("?")[0] ?? "";
        if (published && (path === "/field/index.html" || path === "/field/")) {
          body = Buffer.from(body.toString().replace("</head>", '<meta name="next"></head>'));
        }
        if (published && path === "/field/sw.js") {
          const next = body
            .toString()
            .replace(/"?revision"?:"\w+",("?url"?:"index.html")/, '"revision":"next",$1');
          const turned = next.replace(/("?url"?:"index.html","?revision"?:")\w+"/, '$1next"');
          if (turned === body.toString())
            throw new Error("the page is not in the service worker's list");
          body = Buffer.from(turned);
        }
        const { "content-length": __, "transfer-encoding": ___, etag, ...kept } = got.headers;
        answer.writeHead(got.statusCode ?? 502, {
          ...kept,
          ...(etag && !published && { etag }),
          "content-length": body.length,
        });
        answer.end(body);
      });
    });
    on.on("error", () => answer.destroy());
    asked.pipe(on);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${port}`, publish: () => (published = true), server };
}

it("is renewed with a full outbox, and loses none of it", async () => {
  const version = await newer(demo.url);
  const context = await browser.newContext(screen);
  const page = await take(demo, browser, "cb-bac-ha-03", context, version.url);
  await context.route("**/api/v1/sync/push", (route) => route.abort());
  for (let i = 0; i < 5; i++) await consult(page, `Mô phỏng ${i}`);
  expect(await page.locator("meta[name=next]").count()).toBe(0);

  version.publish();
  await page.reload();
  await unlock(page);
  await page.getByRole("button", { name: "Dùng bản mới" }).click();
  await page.locator("meta[name=next]").waitFor({ state: "attached" });
  await page.getByText("5 bản ghi đã lưu an toàn trên máy").waitFor();
  await unlock(page);
  await consult(page, "Mô phỏng Mới");
  await context.unroute("**/api/v1/sync/push");
  await sendAll(page);
  const there = await entriesBy(demo, "cb-bac-ha-03");
  expect(new Set(there.map((e) => e.id)).size).toBe(6);
  expect(there.length).toBe(6);
  await context.close();
  version.server.close();
}, 120_000);

it("works for two weeks in flight mode", async () => {
  const context = await browser.newContext(screen);
  await context.addInitScript(() => {
    const now = Date.now.bind(Date);
    const later = () => now() + Number(localStorage.getItem("days later") ?? 0) * 86_400_000;
    globalThis.Date = class extends Date {
      constructor(...given: [] | [number | string]) {
        if (given.length) super(...given);
        else super(later());
      }
      static override now = later;
    } as DateConstructor;
  });
  const first = await take(demo, browser, "cb-bac-ha-04", context);
  await context.setOffline(true);
  await first.close();
  for (let day = 1; day <= 14; day++) {
    const page = await context.newPage();
    await page.goto(`${demo.url}/field/`);
    await page.evaluate((d) => localStorage.setItem("days later", String(d)), day);
    await page.reload();
    await unlock(page);
    await page.getByRole("navigation").waitFor();
    await consult(page, `Mô phỏng ngày ${day}`);
    await page.getByText(`${day} bản ghi đã lưu an toàn trên máy`).waitFor();
    await page.close();
  }
  const page = await context.newPage();
  await page.goto(`${demo.url}/field/`);
  await unlock(page);
  await tab(page, "Tính mức");
  await page.getByRole("button", { name: "hộ nghèo", exact: true }).click();
  await page.getByText("165.000").first().waitFor();
  await context.setOffline(false);
  await sendAll(page);
  expect((await entriesBy(demo, "cb-bac-ha-04")).length).toBe(14);
  await context.close();
}, 180_000);

it("is woken by the browser when there is network again", async () => {
  const context = await browser.newContext(screen);
  await context.addInitScript(() => {
    // A page that sleeps: neither its timers nor the browser's own events reach it.
    Object.defineProperty(navigator, "onLine", { get: () => false });
    const own = globalThis.setTimeout;
    globalThis.setTimeout = ((act: TimerHandler, ms = 0, ...given: unknown[]) =>
      ms >= 1500 ? 0 : own(act, ms, ...given)) as typeof setTimeout;
    navigator.serviceWorker.addEventListener("message", ({ data }) => {
      if ((data as { type?: string }).type === "WAKE")
        document.documentElement.dataset["woken"] = "";
    });
  });
  const page = await take(demo, browser, "cb-bac-ha-05", context);
  await context.route("**/api/v1/sync/push", (route) => route.abort());
  await consult(page, "Mô phỏng Ngủ");
  await page.locator("html[data-woken]").waitFor(); // the record had asked for it
  await tab(page, "Gửi");
  await page.getByText("1 bản ghi đã lưu an toàn trên máy").waitFor();
  await context.unroute("**/api/v1/sync/push");
  await page.evaluate(async () => {
    type Waking = ServiceWorkerRegistration & { sync: { register(tag: string): Promise<void> } };
    const app = (await navigator.serviceWorker.getRegistration()) as Waking;
    await app.sync.register("again");
  });
  await page.getByText("Mọi bản ghi đã ở máy chủ").waitFor();
  expect((await entriesBy(demo, "cb-bac-ha-05")).length).toBe(1);
  await context.close();
}, 60_000);

it("says what is missing where it was not opened by HTTPS", async () => {
  const plain = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP caunoi.test 127.0.0.1"],
  });
  const page = await plain.newPage();
  await page.goto(`${demo.url.replace("127.0.0.1", "caunoi.test")}/field/`);
  await page.getByText("HTTPS").first().waitFor({ timeout: 15_000 });
  await plain.close();
});
