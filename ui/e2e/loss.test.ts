/** Where a fifth of all packets is lost, each way; namespaces are for root alone. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Demo } from "./desk";
import { entriesBy, importPeople, screen, sendAll, shutDoors, tab, take } from "./handset";
import { Namespace } from "./link";

let space: Namespace;
let demo: Demo;
let folder: string | undefined;
const binary = process.env["CAUNOI_BIN"] ?? "";

const root = process.getuid?.() === 0;

beforeAll(async () => {
  if (!root) return;
  space = await Namespace.make();
  process.env["CAUNOI_BIN"] = await space.inside(binary);
  demo = await Demo.start();
  folder = await mkdtemp(join(tmpdir(), "caunoi-loss-"));
  await importPeople(demo, folder);
});

afterAll(async () => {
  await demo?.stop();
  await space?.remove();
  if (folder) await rm(folder, { recursive: true, force: true });
  process.env["CAUNOI_BIN"] = binary;
});

it.runIf(root)(
  "brings every record once",
  async () => {
    const browser = await chromium.launch({
      executablePath: await space.inside("/usr/bin/chromium"),
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    const page = await take(demo, browser, "cb-bac-ha-02", await browser.newContext(screen));
    await tab(page, "Đi hộ");
    await page.getByText("Mô phỏng Vàng").first().waitFor();
    await page.context().setOffline(true);
    await shutDoors(page, 200);
    await space.lose(20, new URL(demo.url).port);
    await page.context().setOffline(false);
    await sendAll(page);
    expect(await space.lost()).toBeGreaterThan(10);
    const there = await entriesBy(demo, "cb-bac-ha-02");
    expect(there.length).toBe(200);
    expect(new Set(there.map((e) => e.id)).size).toBe(200);
    await browser.close();
  },
  240_000,
);
