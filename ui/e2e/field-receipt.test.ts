/**
 * The photo of a paper receipt: taken without network, sealed on the phone, and
 * brought piece by piece over a bad network, upright and without what the camera
 * wrote beside it; then seen at the desk.
 */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Demo, launch, Watched } from "./desk";
import { entriesBy, open, screen, tab, take, unlock } from "./handset";
import { BadLink } from "./link";

let demo: Demo;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "caunoi-receipt-"));
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What a camera writes beside a picture: that it lies on its side, and where it was taken. */
function exif(place: string): Buffer {
  const text = Buffer.from(`${place}\0`);
  const tiff = Buffer.alloc(8 + 2 + 2 * 12 + 4);
  tiff.write("MM\0*", 0, "latin1");
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(2, 8);
  const field = (at: number, tag: number, type: number, count: number) => {
    tiff.writeUInt16BE(tag, at);
    tiff.writeUInt16BE(type, at + 2);
    tiff.writeUInt32BE(count, at + 4);
  };
  field(10, 0x010e, 2, text.length); // ImageDescription
  tiff.writeUInt32BE(tiff.length, 18);
  field(22, 0x0112, 3, 1); // Orientation: to be turned by 90 degrees
  tiff.writeUInt16BE(6, 30);
  const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff, text]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** A file as a camera makes it: 3,000 by 2,000, as it lies, the left half of it dark. */
async function photograph(page: Page, name: string): Promise<string> {
  const base64 = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [3000, 2000];
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas");
    context.fillStyle = "#eee";
    context.fillRect(0, 0, 3000, 2000);
    context.fillStyle = "#222";
    context.fillRect(0, 0, 1500, 2000);
    for (let i = 0; i < 1000; i++) {
      context.fillStyle = `hsl(${(i * 7919) % 360} 60% 50%)`;
      context.fillRect((i * 127) % 2990, (i * 311) % 1990, 9, 9);
    }
    return canvas.toDataURL("image/jpeg", 0.95).split(",")[1] ?? "";
  });
  const plain = Buffer.from(base64, "base64");
  const path = join(folder, name);
  const meta = exif("21.9N 104.1E");
  await writeFile(path, Buffer.concat([plain.subarray(0, 2), meta, plain.subarray(2)]));
  return path;
}

const next = (page: Page) => page.getByRole("button", { name: "Tiếp" }).click();
const shot = (page: Page, name: string) => {
  const to = process.env["CAUNOI_SHOTS"];
  return to ? page.screenshot({ path: join(to, `${name}.png`) }) : null;
};

async function donate(page: Page, name: string): Promise<void> {
  await open(page, "#/record/new/card_donation");
  await page.getByLabel("Họ và tên").fill(name);
  const commune = page.getByLabel("Xã, phường nơi ở");
  if (await commune.count()) await commune.selectOption({ index: 1 });
  await next(page);
}

it("keeps a photo in practice, too, and brings it nowhere", async () => {
  const watched = await Watched.open(browser, demo.url, screen);
  const { page } = watched;
  await page.goto(`${demo.url}/field/?practice`);
  await page.evaluate(() => localStorage.setItem("caunoi.practice.walked", "yes"));
  await page.reload();
  await page.getByRole("navigation").waitFor();
  const file = await photograph(page, "practice.jpg");
  const asked: string[] = [];
  page.on("request", (r) => r.url().includes("/api/") && asked.push(r.url()));
  await donate(page, "Mô phỏng Tập Biên Lai");
  await page.getByLabel("Chụp ảnh").setInputFiles(file);
  await page.getByText(/^Ảnh 1, \d+ KB$/).waitFor();
  await page.getByRole("button", { name: "Lưu" }).click();
  await tab(page, "Gửi");
  await page.getByText(/^Ảnh \d+ KB: còn trên máy, chờ gửi/).waitFor(); // it begins without signal
  await page.getByText("Tập thử: không tính").click();
  await page.getByRole("switch", { name: "Giả vờ có sóng" }).check();
  await page.keyboard.press("Escape");
  await page.getByText(/^Ảnh \d+ KB: đã ở máy chủ/).waitFor();
  expect(asked).toEqual([]);
  expect(watched.faults).toEqual([]);
  await watched.close();
});

interface Told {
  attachments?: { digest: string; bytes: number; type: string }[];
}

it("brings a photo over a bad network, which was taken without any", async () => {
  const link = await BadLink.start(demo.url, 7);
  const watched = await Watched.open(browser, link.url, screen);
  const page = await take(demo, browser, "cb-bac-ha-04", watched.page, link.url);
  await page.context().setOffline(true);
  const file = await photograph(page, "receipt.jpg");
  await donate(page, "Mô phỏng Sùng Thị Biên Lai");
  await page.getByLabel("Chụp ảnh").setInputFiles(file);
  await page.getByText(/^Ảnh 1, \d+ KB$/).waitFor();
  expect(await watched.barriers()).toEqual([]);
  await page.locator("canvas").scrollIntoViewIfNeeded();
  await shot(page, "receipt-form");
  await page.emulateMedia({ colorScheme: "dark" });
  await shot(page, "receipt-form-dark");
  await page.emulateMedia({ colorScheme: "light" });

  // The phone is locked, and its page ended, before the record is saved.
  await page.reload();
  await unlock(page);
  await next(page);
  await page.getByText(/^Ảnh 1, \d+ KB$/).waitFor();
  await page.getByLabel("Chụp ảnh").setInputFiles(join(folder, "receipt.jpg"));
  await page.getByText("Chụp ảnh").waitFor();
  await expect.poll(() => page.getByText(/^Ảnh \d, \d+ KB$/).count()).toBe(1); // the same one twice is one
  const note = join(folder, "note.txt");
  await writeFile(note, "no picture");
  await page.getByLabel("Chụp ảnh").setInputFiles(note);
  await page.getByText("Trình duyệt không đọc được tệp này").waitFor();
  await page.getByRole("button", { name: "Lưu" }).click();
  await tab(page, "Gửi");
  await page.getByText(/^Ảnh \d+ KB: còn trên máy, chờ gửi/).waitFor();
  expect(await watched.barriers()).toEqual([]);
  await shot(page, "receipt-waits");

  // Nothing of it lies in clear on the phone.
  const readable = await page.evaluate(async () => {
    const request = indexedDB.open("caunoi-field");
    const db = await new Promise<IDBDatabase>((done) => {
      request.onsuccess = () => done(request.result);
    });
    const all = db.transaction("pictures").objectStore("pictures").getAll();
    const rows = await new Promise<{ sealed: { data: ArrayBuffer } }[]>((done) => {
      all.onsuccess = () => done(all.result as never);
    });
    db.close();
    return rows.map(({ sealed }) => new TextDecoder("latin1").decode(sealed.data.slice(0, 400)));
  });
  expect(readable.length).toBe(1);
  expect(readable[0]).not.toMatch(/RIFF|WEBP|JFIF/);

  await link.worsen();
  await page.context().setOffline(false);
  await page.getByText(/^Ảnh \d+ KB: đã ở máy chủ/).waitFor({ timeout: 170_000 });
  await page.getByText("Mọi bản ghi đã ở máy chủ").waitFor({ timeout: 30_000 });
  await shot(page, "receipt-there");

  const [entry] = (await entriesBy(demo, "cb-bac-ha-04")) as unknown as (Told & {
    id: string;
    campaign: string;
  })[];
  const [named] = entry?.attachments ?? [];
  if (!entry || !named) throw new Error("the entry names no photo");
  const desk = await Watched.open(browser, demo.url);
  await desk.signIn(demo.link("province"));
  const path = `/api/v1/campaigns/${entry.campaign}/entries/${entry.id}/attachments/${named.digest}`;
  const answer = await desk.page.request.get(demo.url + path);
  expect(answer.status()).toBe(200);
  const data = await answer.body();
  expect(answer.headers()["content-type"]).toBe(named.type);
  expect(data.length).toBe(named.bytes);
  expect(data.length).toBeLessThan(1 << 20);
  expect(createHash("sha256").update(data).digest("hex")).toBe(named.digest);
  for (const trace of ["Exif", "21.9N"]) expect(data.includes(trace)).toBe(false);
  // It stands upright: what was on the left is on top.
  const seen = await desk.page.evaluate(
    async ({ base64, type }) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext("2d");
      if (!context) throw new Error("no canvas");
      context.drawImage(bitmap, 0, 0);
      const mean = (y: number) => {
        const { data } = context.getImageData(0, y, bitmap.width, 100);
        return data.reduce((sum, v, i) => sum + (i % 4 === 3 ? 0 : v), 0) / (data.length * 0.75);
      };
      return {
        size: [bitmap.width, bitmap.height],
        top: mean(50),
        foot: mean(bitmap.height - 150),
      };
    },
    { base64: data.toString("base64"), type: named.type },
  );
  expect(seen.size).toEqual([1067, 1600]);
  expect(seen.top).toBeLessThan(seen.foot);

  // The same at the desk: on a touch, and not before.
  const looked: string[] = [];
  desk.page.on("request", (r) => r.url().includes("/attachments/") && looked.push(r.url()));
  await desk.page.goto(`${demo.url}/c/${entry.campaign}?entry=${entry.id}`);
  const button = desk.page.getByRole("button", { name: "Xem ảnh 1" });
  await button.waitFor();
  expect(await desk.barriers()).toEqual([]);
  expect(looked).toEqual([]);
  await button.click();
  const image = desk.page.getByRole("img", { name: /^Ảnh 1, \d+ KB$/ });
  await image.waitFor();
  await expect.poll(() => image.evaluate((e: HTMLImageElement) => e.naturalHeight)).toBe(1600);
  expect(looked.length).toBe(1);
  expect(desk.faults).toEqual([]);
  await shot(desk.page, "receipt-desk");
  await desk.page.setViewportSize({ width: 390, height: 844 });
  await shot(desk.page, "receipt-desk-390");
  expect(await desk.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(await demo.command("verify")).toContain("differences: 0");
  await desk.close();
  await watched.close();
  await link.stop();
}, 300_000);
