/**
 * Makes of a camera's file a picture that travels: upright, at most 1,600 points
 * wide or high, some hundred KB, and without what cameras write beside it (place,
 * time, maker).
 */
import type { Picture } from "./photos.svelte";

/** Points of the longer side, the first that is tried and the ones after it. */
const sides = [1600, 1280, 960];

/** How well it is kept, from 0 to 1, in the order in which it is tried. */
const qualities = [0.75, 0.6, 0.45];

/** What a picture should need at most, and what the server takes; see journal.MaxAttachment. Bytes. */
const wanted = 400 << 10;
const most = 1 << 20;

/** The file is no picture that this browser reads. */
export class NoPicture extends Error {
  constructor() {
    super("no picture that this browser reads");
    this.name = "NoPicture";
  }
}

/** @throws NoPicture */
export async function shrink(file: Blob): Promise<Picture> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw new NoPicture();
  });
  try {
    let smallest: Blob | null = null;
    for (const side of sides) {
      for (const quality of qualities) {
        const blob = await encoded(bitmap, side, quality);
        if (blob && (!smallest || blob.size < smallest.size)) smallest = blob;
        if (smallest && smallest.size <= wanted) return await pictureOf(smallest);
      }
    }
    if (!smallest || smallest.size > most) throw new NoPicture();
    return await pictureOf(smallest);
  } finally {
    bitmap.close();
  }
}

async function encoded(bitmap: ImageBitmap, side: number, quality: number): Promise<Blob | null> {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (!context) throw new NoPicture();
  context.fillStyle = "#fff"; // JPEG has no transparency
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const as = (type: string) =>
    new Promise<Blob | null>((done) => {
      canvas.toBlob(done, type, quality);
    });
  const webp = await as("image/webp");
  return webp?.type === "image/webp" ? webp : await as("image/jpeg"); // Safari writes no WebP
}

const pictureOf = async (blob: Blob): Promise<Picture> => ({
  data: new Uint8Array(await blob.arrayBuffer()),
  type: blob.type,
});
