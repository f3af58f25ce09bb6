/**
 * Finds QR codes in pictures, beside the page, so that its buttons stay quick.
 * It is the only script of the desk that may compile WebAssembly; see
 * web/pages.go.
 */
import type { Asked, Told } from "./reader";

interface Detector {
  detect(picture: ImageBitmap): Promise<{ readonly rawValue: string }[]>;
}
type Kind = new (options: { formats: "qr_code"[] }) => Detector;

let detector: Promise<Detector> | undefined;

async function open(module: ArrayBuffer | null): Promise<Detector> {
  const options: { formats: "qr_code"[] } = { formats: ["qr_code"] };
  if (!module)
    return new (globalThis as unknown as { BarcodeDetector: Kind }).BarcodeDetector(options);
  const { BarcodeDetector, prepareZXingModule } = await import("barcode-detector/ponyfill");
  // Without its code at hand the library would fetch it from a host of others.
  prepareZXingModule({ overrides: { wasmBinary: module } });
  return new BarcodeDetector(options);
}

addEventListener("message", async ({ data }: MessageEvent<Asked>) => {
  if ("module" in data) {
    detector = open(data.module);
    return;
  }
  let told: Told = { id: data.id, texts: null };
  try {
    const codes = (await (await detector)?.detect(data.picture)) ?? [];
    told = { id: data.id, texts: codes.map((code) => code.rawValue).filter(Boolean) };
  } catch {
    // Told as such: the page knows whom to tell.
  }
  data.picture.close();
  postMessage(told);
});
