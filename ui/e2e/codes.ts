/** What a camera sees of QR codes, as files that Chromium takes for one. */
import { writeFile } from "node:fs/promises";
import { chromium, type Browser, type Page } from "playwright-core";
import { encode } from "uqr";

const size = { width: 960, height: 720 };

/** The lightness of each point of a picture with a code in its middle, row by row. */
function drawn(text: string, share = 0.6): Uint8Array {
  const { data, size: modules } = encode(text, { ecc: "M", border: 4 });
  const scale = Math.floor((size.height * share) / modules);
  const left = Math.floor((size.width - modules * scale) / 2);
  const top = Math.floor((size.height - modules * scale) / 2);
  const light = new Uint8Array(size.width * size.height).fill(150);
  data.forEach((row, y) =>
    row.forEach((dark, x) => {
      for (let dy = 0; dy < scale; dy++) {
        const from = (top + y * scale + dy) * size.width + left + x * scale;
        light.fill(dark ? 30 : 220, from, from + scale);
      }
    }),
  );
  return light;
}

/** Writes a film that shows each code for a frame, again and again. */
export const film = (path: string, texts: readonly string[]): Promise<void> =>
  filmed(
    path,
    texts.map((text) => drawn(text)),
  );

/** Writes a film of pictures, each by the lightness of its points (YUV4MPEG2). */
export async function filmed(
  path: string,
  pictures: readonly Uint8Array[],
  perSecond = 5,
): Promise<void> {
  const head = `YUV4MPEG2 W${size.width} H${size.height} F${perSecond}:1 Ip A1:1 C420jpeg\n`;
  const grey = Buffer.alloc((size.width * size.height) / 2, 128);
  const frames = pictures.flatMap((light) => [Buffer.from("FRAME\n"), light, grey]);
  await writeFile(path, Buffer.concat([Buffer.from(head), ...frames]));
}

/** What a camera sees that looks at a screen, by a page that draws. */
export async function seenBy(page: Page, screenshot: Buffer): Promise<Uint8Array> {
  const told = await page.evaluate(
    async ([png, width, height]) => {
      const picture = await createImageBitmap(await (await fetch(png)).blob());
      const canvas = new OffscreenCanvas(width, height);
      const on = canvas.getContext("2d");
      if (!on) throw new Error("it cannot draw");
      on.fillStyle = "#777";
      on.fillRect(0, 0, width, height);
      const wide = (picture.width / picture.height) * height;
      on.drawImage(picture, (width - wide) / 2, 0, wide, height);
      const { data } = on.getImageData(0, 0, width, height);
      let text = "";
      for (let i = 0; i < data.length; i += 4) text += String.fromCharCode(data[i] ?? 0);
      return btoa(text);
    },
    [`data:image/png;base64,${screenshot.toString("base64")}`, size.width, size.height] as const,
  );
  return Buffer.from(told, "base64");
}

/** A photo of a code (BMP, which browsers read and needs no library). */
export function photo(text: string): Buffer {
  const light = drawn(text);
  const head = Buffer.alloc(54);
  head.write("BM");
  head.writeUInt32LE(54 + light.length * 3, 2);
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(size.width, 18);
  head.writeInt32LE(-size.height, 22); // from the top
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  const points = Buffer.alloc(light.length * 3);
  light.forEach((value, i) => points.fill(value, i * 3, i * 3 + 3));
  return Buffer.concat([head, points]);
}

/** A browser whose camera sees a film; another film at the same place is seen at the next opening. */
export function filming(path: string): Promise<Browser> {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${path}`,
    ],
  });
}
