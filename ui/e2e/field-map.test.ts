/** The commune on the phone: drawn without network from what the office imported. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Demo, launch, Watched } from "./desk";
import { importPeople, screen, shutDoors, tab, take } from "./handset";

let demo: Demo;
let browser: Browser;
let folder: string;

// Bắc Hà, whose centroid the demo knows; the square around it is made up.
const code = "02839";
const square = [
  [104.25, 22.5],
  [104.33, 22.5],
  [104.33, 22.57],
  [104.25, 22.57],
  [104.25, 22.5],
];

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "caunoi-map-"));
  await importPeople(demo, folder);
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const map = {
    type: "FeatureCollection",
    features: [
      {
        type: "Feature",
        properties: { code },
        geometry: { type: "Polygon", coordinates: [square] },
      },
    ],
  };
  await demo.command("import", "boundaries", await file("map.geojson", JSON.stringify(map)));
  const houses = Array.from(
    { length: 200 },
    (_, i) => `${code},${i % 3 ? "Đội 1" : "Đội 2"},H${i},${22.51 + i / 5000},${104.26 + i / 4000}`,
  );
  const points = [
    "commune,village,household,lat,lon",
    `${code},Đội 1,,22.52,104.27`,
    `${code},Đội 2,,22.55,104.31`,
    ...houses,
  ];
  await demo.command("import", "points", await file("points.csv", points.join("\n")));
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function openMap(page: Page): Promise<void> {
  await tab(page, "Đi hộ");
  await page.getByRole("link", { name: "Bản đồ" }).click();
  await page.getByRole("heading", { name: "Bản đồ" }).waitFor();
}

const hamlet = (page: Page, name: string) =>
  page
    .getByRole("group", { name: /^Bản đồ / })
    .getByRole("link", { name: new RegExp(`^${name}:`) });

it("draws the commune without network, and leads to a hamlet's people and doors", async () => {
  const context = await browser.newContext({
    ...screen,
    geolocation: { latitude: 22.53, longitude: 104.29 },
    permissions: ["geolocation"],
  });
  const page = await take(demo, browser, "cb-bac-ha-02", context);
  await tab(page, "Đi hộ");
  await page.getByLabel("Thôn, bản").waitFor();
  await context.setOffline(true);
  const asked: string[] = [];
  context.on("request", (request) => {
    if (!request.serviceWorker() && request.url().includes("/api/")) asked.push(request.url());
  });
  await openMap(page);
  await page.locator("path.edge").waitFor();
  const before = await hamlet(page, "Đội 2").getAttribute("aria-label");
  expect(before).toMatch(/^Đội 2: 0 trên \d+ hộ đã ghé · chưa ghé lần nào$/);

  // A tap leads to the people of the hamlet.
  await hamlet(page, "Đội 2").click();
  await page.getByRole("heading", { name: "Cần gặp" }).waitFor();
  await expect.poll(() => page.getByLabel("Thôn, bản").inputValue()).toBe("Đội 2");
  await page.getByLabel("Chỉ người nên gặp").uncheck();
  await page
    .getByRole("link", { name: /Mô phỏng Vàng/ })
    .first()
    .waitFor();

  // From the list to its doors; what is recorded there is on the map at once.
  await openMap(page);
  await page.getByRole("link", { name: "Nhà vắng Đội 2" }).click();
  await page.getByRole("heading", { name: "Nhà vắng" }).waitFor();
  await page.getByText("Đội 2").first().waitFor();
  await shutDoors(page, 4);
  await openMap(page);
  const label = await hamlet(page, "Đội 2").getAttribute("aria-label");
  expect(label).toMatch(/^Đội 2: 4 trên \d+ hộ đã ghé · lần cuối/);
  await page
    .getByRole("listitem")
    .filter({ hasText: "Đội 2" })
    .getByText(/^4 trên/)
    .waitFor();

  // Nearer, each household is told apart; the own position stays on the phone.
  expect(await page.locator("circle.house").count()).toBe(0);
  await page.getByRole("button", { name: "Phóng to" }).click();
  await page.getByRole("button", { name: "Phóng to" }).click();
  await page.locator(".map circle.house").first().waitFor({ state: "attached" });
  await expect.poll(() => page.locator(".map circle.house").count()).toBe(200);
  await expect
    .poll(() => page.locator(".map circle.house.visited").count())
    .toBeGreaterThanOrEqual(4);
  await page.getByRole("button", { name: "Vị trí của tôi" }).click();
  await page.locator(".me").waitFor({ state: "attached" });
  await page.getByText("không lưu và không gửi đi đâu").waitFor();
  await page.getByRole("button", { name: "Thu nhỏ" }).click();
  await page.getByRole("button", { name: "Thu nhỏ" }).click();
  await page.waitForFunction(() => !document.querySelector(".map circle.house"));
  expect(asked.filter((url) => url.includes("104.29") || url.includes("22.53"))).toEqual([]);
  await context.close();
});

it("is without boundaries in most communes of the demo, and then shows what has a place", async () => {
  const page = await take(demo, browser, "cb-sa-pa-02");
  await page.getByText("Mọi bản ghi đã ở máy chủ").waitFor();
  await openMap(page);
  const group = page.getByRole("group", { name: /^Bản đồ / });
  await group.getByRole("link").first().waitFor();
  await expect.poll(() => page.locator("path.edge").getAttribute("d")).toBe("");
  const listed = await page.getByRole("link", { name: /^Danh sách / }).count();
  await expect.poll(() => group.getByRole("link").count()).toBe(listed);
  await page.context().close();
});

it("says so where nothing was imported, and lists the hamlets all the same", async () => {
  const context = await browser.newContext(screen);
  await context.route("**/api/v1/sync/people/*", async (route) => {
    const answer = await route.fetch();
    if (answer.status() !== 200) return await route.fulfill({ response: answer });
    const lines = gunzipSync(await answer.body())
      .toString()
      .split("\n");
    const { ground: _, ...head } = JSON.parse(lines[0] ?? "") as Record<string, unknown>;
    lines[0] = JSON.stringify(head);
    await route.fulfill({ response: answer, body: gzipSync(lines.join("\n")) });
  });
  const page = await take(demo, browser, "cb-bac-ha-03", context);
  await page.getByText("Mọi bản ghi đã ở máy chủ").waitFor();
  await openMap(page);
  await page.getByText("Bản đồ của xã này chưa được nhập").waitFor();
  await page.getByRole("link", { name: "Nhà vắng Đội 1" }).waitFor();
  await page.getByRole("link", { name: "Danh sách Đội 1" }).click();
  await page.getByRole("heading", { name: "Cần gặp" }).waitFor();
  await expect.poll(() => page.getByLabel("Thôn, bản").inputValue()).toBe("Đội 1");
  await context.close();
});

it("is without barriers, in the light and in the dark, in three languages", async () => {
  for (const [language, colorScheme] of [
    ["vi", "light"],
    ["en", "dark"],
    ["bn", "dark"],
  ] as const) {
    const watched = await Watched.open(browser, demo.url, { ...screen, colorScheme });
    const { page } = watched;
    await page.goto(`${demo.url}/field/?practice`);
    await page.evaluate((chosen) => {
      localStorage.setItem("caunoi.language", chosen);
      localStorage.setItem("caunoi.practice.walked", "yes");
    }, language);
    await page.reload();
    await page.getByRole("navigation").waitFor();
    await page.goto(`${demo.url}/field/?practice#/map`);
    await page.locator("path.edge").waitFor();
    expect(await watched.barriers(), language).toEqual([]);
    await expect.poll(() => page.locator("svg a").count()).toBe(6);
    expect(watched.faults).toEqual([]);
    await watched.close();
  }
});
