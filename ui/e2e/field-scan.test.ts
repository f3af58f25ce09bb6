/** The camera of the field app: cards, and codes that carry records to another phone. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { film, filming, photo } from "./codes";
import { Demo, launch, Watched } from "./desk";
import { choosePin, entriesBy, everythingSent, importList, screen, tab, take } from "./handset";

let demo: Demo;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "caunoi-scan-"));
  await importList(demo, folder, "Họ và tên,Số CCCD,Ngày sinh,Giới tính,Mã xã,Thôn,Mã hộ", [
    "Mô phỏng Vàng Thị Mẩy,010182000101,05/11/1982,Nữ,02839,Đội 1,H1",
    "Mô phỏng Lò Văn Đủ,,1975,Nam,02839,Đội 2,H2",
  ]);
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What scanning needs has come to the phone, after everything else. */
const scannerKept = (page: Page) =>
  expect
    .poll(
      () =>
        page.evaluate(async () => {
          const cache = await caches.open("caunoi-scanner");
          return (await cache.keys()).map((r) => r.url).filter((u) => !u.endsWith("part")).length;
        }),
      { timeout: 30_000 },
    )
    .toBe(1);

const hex = (text: string) => Buffer.from(text).toString("hex");

/** A picture of the screen to look at, where CAUNOI_SHOTS names a folder. */
async function shot(page: Page, name: string): Promise<void> {
  const to = process.env["CAUNOI_SHOTS"];
  if (to) await page.screenshot({ path: join(to, `${name}.png`) });
}

it("finds somebody by the card, or fills in who is new, without network", async () => {
  const seen = join(folder, "card.y4m");
  await film(seen, ["https://example.org/menu"]);
  const camera = await filming(seen);
  const watched = await Watched.open(camera, demo.url, { ...screen, permissions: ["camera"] });
  const { page } = watched;
  await take(demo, camera, "cb-bac-ha-02", page);
  await scannerKept(page);
  await page.context().setOffline(true);
  await tab(page, "Đi hộ");
  const scan = () => page.getByRole("button", { name: "Quét mã trên thẻ" }).click();

  // What is no card is told, and the camera goes on.
  await scan();
  await page.getByText("Mã này không phải của căn cước").waitFor();
  await shot(page, "scan-unknown");
  expect(await watched.barriers()).toEqual([]);
  await page.getByRole("button", { name: "Đóng" }).click();

  // The number of the card is in the list: straight to the person, the number with it.
  await film(seen, ["010182000101||Mô phỏng Vàng Thị Mẩy|05111982|Nữ|Đội 1, Bắc Hà|01012024"]);
  await scan();
  await page.getByRole("heading", { name: "Mô phỏng Vàng Thị Mẩy" }).waitFor();
  await page.getByRole("link", { name: "Ghi câu hỏi" }).click();
  await expect
    .poll(() => page.getByLabel("Số định danh (nếu có)").inputValue())
    .toBe("010182000101");
  await page.getByLabel("Câu hỏi").fill("Mô phỏng: thẻ dùng ở đâu?");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: "Mô phỏng Vàng Thị Mẩy" }).waitFor();

  // A health-insurance card that has the name of somebody without a number.
  await tab(page, "Đi hộ");
  const card = `1001123456|${hex("Mô phỏng Lò Văn Đủ")}|1975|1|${hex("Đội 2")}|10 - 001|01/01/2025`;
  await film(seen, [card]);
  await scan();
  await page.getByText("có phải một trong những người này").waitFor();
  await shot(page, "scan-alike");
  expect(await watched.barriers()).toEqual([]);
  await page.getByRole("button", { name: /^Mô phỏng Lò Văn Đủ · 1975/ }).click();
  await page.getByRole("heading", { name: "Mô phỏng Lò Văn Đủ" }).waitFor();
  // The card of another is not taken for somebody of the list.
  await page.getByRole("link", { name: "Ghi câu hỏi" }).click();
  await film(seen, ["010182000102||Mô phỏng Thào Thị Dở|05111982|Nữ|Thôn Lạ, Bắc Hà|01012024"]);
  await scan();
  await page.getByText("Đây là thẻ của Mô phỏng Thào Thị Dở").waitFor();
  await page.getByRole("button", { name: "Đóng" }).click();
  await expect.poll(() => page.getByLabel("Số định danh (nếu có)").inputValue()).toBe("");

  // Nobody has it: a newcomer, filled in.
  await tab(page, "Đi hộ");
  await scan();
  await page.getByLabel("Họ và tên").waitFor();
  await expect.poll(() => page.getByLabel("Họ và tên").inputValue()).toBe("Mô phỏng Thào Thị Dở");
  await expect.poll(() => page.getByLabel("Thôn, bản").inputValue()).toBe("Thôn Lạ");
  await shot(page, "scan-newcomer");
  await page.getByRole("button", { name: "Thẻ BHYT" }).click();
  await page.getByRole("button", { name: "Hẹn ngày" }).click();
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: "Cần gặp" }).waitFor();

  await page.context().setOffline(false);
  await everythingSent(page);
  const told = (await entriesBy(demo, "cb-bac-ha-02")).map((e) => e.person);
  expect(told).toEqual([
    expect.objectContaining({ citizen: "010182000101", registry: expect.stringMatching(/./) }),
    expect.objectContaining({
      name: "Mô phỏng Thào Thị Dở",
      citizen: "010182000102",
      birth: "1982-11-05",
      sex: "f",
    }),
  ]);
  expect(watched.faults).toEqual([]); // no foreign host, nothing that the policy forbids
  await camera.close();
}, 120_000);

it("says what to do where there is no camera, or none is allowed, and takes a photo", async () => {
  const seen = join(folder, "none.y4m");
  await film(seen, ["x"]);
  for (const [camera, told] of [
    [await launch(), "Không thấy máy ảnh nào"],
    [await filming(seen), "Caunoi chưa được dùng máy ảnh"],
  ] as const) {
    const watched = await Watched.open(camera, demo.url, screen);
    const { page } = watched;
    await take(demo, camera, "cb-bac-ha-03", page);
    await scannerKept(page);
    await tab(page, "Đi hộ");
    await page.getByRole("button", { name: "Quét mã trên thẻ" }).click();
    await page.getByText(told).waitFor();
    await shot(page, `scan-${told.split(" ")[0]}`);
    expect(await watched.barriers()).toEqual([]);
    const input = page.getByLabel("Chụp ảnh mã");
    const file = { name: "photo.bmp", mimeType: "image/bmp" };
    await input.setInputFiles({ ...file, buffer: photo("|".repeat(30)).subarray(0, 90) });
    await page.getByText("Ảnh này không có mã QR đọc được").waitFor();
    const text = "010182000101||Mô phỏng Vàng Thị Mẩy|05111982|Nữ|Đội 1, Bắc Hà|01012024";
    await input.setInputFiles({ ...file, buffer: photo(text) });
    await page.getByRole("heading", { name: "Mô phỏng Vàng Thị Mẩy" }).waitFor();
    expect(watched.faults).toEqual([]);
    await camera.close();
  }
}, 120_000);

it("takes the phone by a code that is scanned in the app", async () => {
  const seen = join(folder, "enrol.y4m");
  await film(seen, ["https://khac.example.org/field/#enrol=abc"]);
  const camera = await filming(seen);
  const watched = await Watched.open(camera, demo.url, { ...screen, permissions: ["camera"] });
  const { page } = watched;
  await page.goto(`${demo.url}/field/`);
  await page.getByRole("button", { name: "Quét mã ghi danh" }).click();
  await page.getByText("Mã này của máy chủ khác: https://khac.example.org").waitFor();
  await page.getByRole("button", { name: "Đóng" }).click();
  await film(seen, [await demo.phoneLink("cb-bac-ha-04")]);
  await page.getByRole("button", { name: "Quét mã ghi danh" }).click();
  await choosePin(page);
  expect(watched.faults).toEqual([]);
  await camera.close();
});

it("goes on with the scanner where a cut ended it, and has it for the days without network", async () => {
  // Stands before the server, and lets the scanner through to its middle only.
  const ranges: string[] = [];
  let narrow = true;
  const before = createServer((asked, answer) => {
    const scanner = asked.url?.includes("zxing_reader");
    if (scanner) ranges.push(asked.headers.range ?? "");
    let room = scanner && narrow ? 200_000 : Infinity;
    const { hostname, port } = new URL(demo.url);
    const { method, headers } = asked;
    const onward = request({ hostname, port, path: asked.url, method, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 500, given.headers);
      given.on("data", (chunk: Buffer) => {
        room -= chunk.length;
        if (room > 0) answer.write(chunk);
      });
      given.on("end", () => room > 0 && answer.end());
    });
    asked.pipe(onward);
  });
  await new Promise<void>((ready) => before.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${(before.address() as AddressInfo).port}`;
  const context = await browser.newContext(screen);
  const page = await take(demo, browser, "cb-bac-ha-05", context, url);
  const part = () =>
    page.evaluate(async () => {
      const cache = await caches.open("caunoi-scanner");
      const begun = (await cache.keys()).find((r) => r.url.endsWith("part"));
      return begun ? ((await (await cache.match(begun))?.blob())?.size ?? 0) : 0;
    });
  const enough = 100_000;
  await expect.poll(part, { timeout: 20_000 }).toBeGreaterThan(enough);
  narrow = false;
  before.closeAllConnections();
  await tab(page, "Gửi");
  await page.getByRole("button", { name: "Gửi ngay" }).click();
  await scannerKept(page);
  // The cut may reach the next request, too, and the browser's own cache stands between: where
  // each goes on is not told to the byte, but none begins anew.
  const [first, ...next] = ranges.map((range) => Number(range.slice(6, -1)));
  expect(first).toBe(0);
  expect(next.length).toBeGreaterThan(0);
  expect(Math.min(...next)).toBeGreaterThan(enough);
  expect(await part()).toBe(0);
  await context.close();
  before.close();
});
