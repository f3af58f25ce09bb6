/** A phone without any network gives its records by its screen to the webcam of the desk. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { filmed, filming, seenBy } from "./codes";
import { Demo, launch, Watched } from "./desk";
import { consult, entriesBy, importPeople, screen, shutDoors, tab, take } from "./handset";

let demo: Demo;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "caunoi-codes-"));
  await importPeople(demo, folder, 160);
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A picture of the screen to look at, where CAUNOI_SHOTS names a folder. */
async function shot(page: Page, name: string): Promise<void> {
  const to = process.env["CAUNOI_SHOTS"];
  if (to) await page.screenshot({ path: join(to, `${name}.png`) });
}

/** A locked phone of a worker that shows its codes. */
async function showing(user: string, doors: number): Promise<Watched> {
  const watched = await Watched.open(browser, demo.url, screen);
  const { page } = watched;
  await take(demo, browser, user, page);
  await tab(page, "Đi hộ");
  await page.getByText("Mô phỏng Vàng").first().waitFor();
  await page.context().setOffline(true);
  await consult(page, "Mô phỏng Chiếu Mã");
  if (doors) await shutDoors(page, doors);
  await page.goto(`${demo.url}/field/`);
  await page.getByText("Không gửi được? Giao cho trưởng cơ sở").click();
  await page.getByRole("button", { name: "Chiếu mã cho trưởng cơ sở quét" }).click();
  await page.getByRole("button", { name: "Chiếu", exact: true }).waitFor();
  return watched;
}

/** Films a playing screen; what it shows between two pictures is missed. */
async function filmOf(page: Page, canvas: Page, pictures: number): Promise<Uint8Array[]> {
  await page.getByRole("button", { name: "Nhanh hơn" }).click();
  await page.getByRole("button", { name: "Chiếu", exact: true }).click();
  const code = page.locator("[data-number]");
  const shots: Buffer[] = [];
  for (let last = ""; shots.length < pictures;) {
    const number = (await code.getAttribute("data-number")) ?? "";
    if (number === last) continue;
    last = number;
    shots.push(await page.screenshot());
  }
  await page.getByRole("button", { name: "Dừng" }).click();
  const seen: Uint8Array[] = [];
  for (const png of shots) seen.push(await seenBy(canvas, png));
  return seen;
}

it("gives what waits to the office lead by codes on the screen", async () => {
  const phone = await showing("cb-bac-ha-02", 40);
  const other = await showing("cb-bac-ha-03", 0);
  for (const colorScheme of ["dark", "light"] as const) {
    await phone.page.emulateMedia({ colorScheme });
    await shot(phone.page, `codes-${colorScheme}`);
  }
  expect(await phone.barriers()).toEqual([]);
  const canvas = await (await browser.newContext()).newPage();
  const wrong = await filmOf(other.page, canvas, 2);
  const seen = await filmOf(phone.page, canvas, 60);
  const told = await phone.page.getByRole("dialog").innerText();
  const blocks = Number(/(\d+) mã/.exec(told)?.[1]);
  expect(blocks).toBeGreaterThan(20);
  expect(seen.length).toBeGreaterThan(blocks + 5);

  // First the camera looks at the phone of somebody else for a moment.
  const path = join(folder, "screen.y4m");
  // Long enough that a slow machine, which leaves pictures out, sees one of them.
  const held = Array.from({ length: 5 }, () => wrong).flat();
  await filmed(path, [...seen.slice(0, 10), ...held, ...seen.slice(10)]);
  const camera = await filming(path);
  const desk = await Watched.open(camera, demo.url, { permissions: ["camera"] });
  await desk.signIn(demo.link("lead"));
  await desk.page.goto(`${demo.url}/phones`);
  await desk.page.getByRole("button", { name: "Quét mã từ điện thoại" }).click();
  await desk.page.getByText("Mã này của hộp gửi khác.").waitFor();
  await shot(desk.page, "codes-gathered");
  expect(await desk.barriers()).toEqual([]);
  // What was gathered need not be played again where the network is cut just then.
  await desk.page.context().route("**/api/v1/sync/rescue", (route) => route.abort());
  await desk.page.getByText("Đã nhận 0 bản ghi.").waitFor({ timeout: 90_000 });
  await desk.page.context().unroute("**/api/v1/sync/rescue");
  await desk.page.getByRole("button", { name: "Thử lại" }).click();
  await desk.page.getByText("Đã nhận 41 bản ghi.").waitFor();
  expect((await entriesBy(demo, "cb-bac-ha-02")).length).toBe(41);
  expect(await entriesBy(demo, "cb-bac-ha-03")).toEqual([]);
  expect(desk.faults).toEqual([]);
  await camera.close();

  // Once it finds the network after all, nothing is there twice.
  await phone.page.getByRole("button", { name: "Đóng" }).click();
  await phone.page.context().setOffline(false);
  await phone.page.getByLabel("Mã PIN").fill("482915");
  await phone.page.getByRole("button", { name: "Vào" }).click();
  await phone.page.getByRole("link", { name: /^Gửi/ }).last().click();
  await phone.page.getByText("Mọi bản ghi đã ở máy chủ").waitFor();
  expect((await entriesBy(demo, "cb-bac-ha-02")).length).toBe(41);
  expect(phone.faults).toEqual([]);
}, 240_000);
