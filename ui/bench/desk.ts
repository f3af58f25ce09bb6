/**
 * How soon fifty open boards show what was pushed, and how soon each screen of
 * the desk can be used. Prints what it measured. CAUNOI_BENCH_DATA names the
 * folder of a larger demo, as `caunoi demo --scale 72 --load-only` makes it (a
 * million entries); without it, it is that of the tests.
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Board } from "../shared/api";
import { EventReader } from "../desk/live/sse";
import { Demo, launch, Watched } from "../e2e/desk";
import { push, writeEnrolment } from "../e2e/field";

const running = "thuong-xuyen";
const boards = 50;
const pushes = 20;
const rounds = 3;

let demo: Demo;
let browser: Browser;
let province: BrowserContext;

beforeAll(async () => {
  const data = process.env["CAUNOI_BENCH_DATA"];
  demo = data ? await Demo.on(data, "--scale", "72") : await Demo.start();
  browser = await launch();
  const watched = await Watched.open(browser, demo.url);
  await watched.signIn(demo.link("province"));
  province = watched.page.context();
}, 600_000);

afterAll(async () => {
  await browser?.close();
  await (process.env["CAUNOI_BENCH_DATA"] ? demo?.kill() : demo?.stop());
});

const say = (what: string, figures: readonly number[]) => {
  const sorted = [...figures].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.round((sorted.length - 1) * q)]?.toFixed(0).padStart(5);
  process.stdout.write(
    `${what.padEnd(44)} median ${at(0.5)}, max ${at(1)} ms of 1,000 (${sorted.length} times)\n`,
  );
};

/** Ends the bench when a board fails, which would otherwise be waited for. */
let breakOff: (why: unknown) => void = () => {};
const broken = new Promise<never>((_, reject) => (breakOff = reject));
broken.catch(() => {});

/** A board without a screen: it listens and fetches as the desk does. */
class Listener {
  enrolments = 0;
  onChange: () => void = () => {};
  readonly #headers: Record<string, string>;
  readonly #stop = new AbortController();
  #closed = false;

  constructor(cookie: string) {
    this.#headers = { cookie };
  }

  async open(): Promise<void> {
    const { body } = await fetch(`${demo.url}/api/v1/campaigns/${running}/stream`, {
      headers: this.#headers,
      signal: this.#stop.signal,
    });
    if (!body) throw new Error("no stream");
    await this.#load();
    this.#follow(body).catch((error: unknown) => this.#closed || breakOff(error));
  }

  async #follow(body: ReadableStream<Uint8Array>): Promise<void> {
    const events = new EventReader();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const text = decoder.decode(value, { stream: true });
      if (events.read(text).some((e) => e.event === "changed")) await this.#load();
    }
  }

  async #load(): Promise<void> {
    const answer = await fetch(`${demo.url}/api/v1/campaigns/${running}/board`, {
      headers: this.#headers,
    });
    if (!answer.ok) throw new Error(`the board answers ${answer.status}: ${await answer.text()}`);
    const board = (await answer.json()) as Board;
    this.enrolments = board.figures.enrolments?.value ?? 0;
    this.onChange();
  }

  close = () => {
    this.#closed = true;
    this.#stop.abort();
  };
}

it("shows a push on every board", { timeout: 600_000 }, async () => {
  const cookie = (await province.cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
  const listeners = Array.from({ length: boards - 1 }, () => new Listener(cookie));
  for (const listener of listeners) await listener.open();
  const screen = await province.newPage();
  await screen.goto(`${demo.url}/c/${running}`);
  const shown = () => screen.locator("[data-figure=enrolments] .number a").textContent();
  await screen.locator("[data-figure=enrolments] .number a").waitFor();

  const worker = await Watched.open(browser, demo.url);
  await worker.signIn(demo.link("campaigner"));
  const all: number[] = [];
  const seen: number[] = [];
  for (let i = 0; i < pushes; i++) {
    const wanted = (listeners[0]?.enrolments ?? 0) + 1;
    const before = (await shown()) ?? "";
    const everywhere = Promise.all(
      listeners.map(
        (listener) =>
          new Promise<number>((resolve) => {
            listener.onChange = () => {
              if (listener.enrolments >= wanted) resolve(performance.now());
            };
          }),
      ),
    );
    const onScreen = screen
      .waitForFunction(
        (was) => document.querySelector("[data-figure=enrolments] .number a")?.textContent !== was,
        before,
        { polling: "raf", timeout: 60_000 },
      )
      .then(() => performance.now());
    const batch = await writeEnrolment(worker.page, running);
    const began = performance.now();
    const results = await push(worker.page, batch);
    expect(results.map((r) => r.status)).toEqual(["accepted"]);
    all.push(Math.max(...(await Promise.race([everywhere, broken]))) - began);
    seen.push((await onScreen) - began);
  }
  for (const listener of listeners) listener.close();
  await screen.close();
  say(`a push is on all ${boards} boards`, all);
  say("a push is seen on a screen", seen);
});

const weekAgo = new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 16);
const screens = [
  `/c/${running}`,
  "/c/lao-cai-2025",
  `/c/${running}?at=${weekAgo}`,
  "/c/lao-cai-2025?at=2025-11-20T12:00",
  "/c/lao-cai-2025?at=2025-11-09T12:00",
  `/c/${running}/targets?year=${new Date().getFullYear()}`,
  `/c/${running}?figure=people_reached`,
  `/c/${running}/activities`,
  `/c/${running}/activities?view=list`,
  `/c/${running}/activities?view=coverage`,
  `/c/${running}/activities?view=arithmetic`,
  `/c/${running}/targets`,
  `/c/${running}/league`,
  `/c/${running}/closing`,
  `/c/${running}/reviews`,
  `/c/${running}/paper`,
  `/c/${running}/report`,
  `/c/${running}/talk`,
  "/readiness",
  "/units",
  "/indicators",
  "/people",
  "/worklists",
  "/imports",
  "/duplicates",
  "/requests",
  "/users",
  "/phones",
  "/approvals",
  "/audit",
  "/account",
];

/** When nothing is fetched, nothing loads, and the page answers. */
async function usable(page: Page, path: string): Promise<number> {
  let open = 0;
  let last = 0;
  // What only follows what is shown already: the stream, the borders, thousands of campaigners.
  const counts = (url: string) => !/\/stream$|\/boundaries|\/league$/.test(url);
  page.on("request", (r) => counts(r.url()) && open++);
  const ended = (url: string) => {
    if (!counts(url)) return;
    open--;
    last = performance.now();
  };
  page.on("requestfinished", (r) => ended(r.url()));
  page.on("requestfailed", (r) => ended(r.url()));
  const began = performance.now();
  await page.goto(demo.url + path, { waitUntil: "commit" });
  await page.locator("h1").waitFor();
  for (;;) {
    await page.waitForFunction(
      () =>
        ![...document.querySelectorAll("[role=status], [aria-busy=true]")].some(
          (e) =>
            e.getAttribute("aria-busy") === "true" || /^Đang.*…$/.test(e.textContent?.trim() ?? ""),
        ),
      undefined,
      { polling: "raf", timeout: 60_000 },
    );
    const now = performance.now();
    if (open <= 0 && now - last > 100) return Math.max(last, now - 100) - began;
    await page.evaluate(() => new Promise((done) => setTimeout(done, 20)));
  }
}

it("opens each screen", { timeout: 1_800_000 }, async () => {
  for (const path of screens) {
    const took: number[] = [];
    for (let i = 0; i < rounds; i++) {
      const page = await province.newPage();
      took.push(await usable(page, path));
      await page.close();
    }
    say(path, took);
  }
});
