/**
 * The reader of QR codes for browsers that have none of their own (ZXing in
 * WebAssembly, 460 KB): fetched once and kept. A download that was cut goes on
 * where it was.
 */
import url from "zxing-wasm/reader/zxing_reader.wasm?packed";

const cacheName = "caunoi-scanner";
const part = `${url}?part`;

/** How many bytes are put on disk at a time: what a cut costs at most. */
const step = 64 << 10;

/** Milliseconds for which one attempt goes on: a link that died silently ends, too. */
const longest = 60_000;

/** Whether the browser reads QR codes by itself. */
export async function readsItself(): Promise<boolean> {
  const own = (globalThis as { BarcodeDetector?: { getSupportedFormats(): Promise<string[]> } })
    .BarcodeDetector;
  try {
    return (await own?.getSupportedFormats())?.includes("qr_code") ?? false;
  } catch {
    return false;
  }
}

/** Fetches what scanning needs, so that it works without network later. @throws Error */
export async function keepReader(): Promise<void> {
  if (await readsItself()) return;
  const cache = await caches.open(cacheName);
  if (!(await cache.match(url))) await fetchedModule(cache);
}

/** The reader's code: what is kept, else what the network gives. @throws Error */
export async function readerModule(): Promise<ArrayBuffer> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(url);
  return kept ? await unpacked(await kept.arrayBuffer()) : await fetchedModule(cache);
}

async function fetchedModule(cache: Cache): Promise<ArrayBuffer> {
  const begun = await (await cache.match(part))?.blob();
  const response = await fetch(url, {
    cache: "no-store",
    headers: begun?.size ? { Range: `bytes=${begun.size}-` } : {},
    signal: AbortSignal.timeout(longest),
  });
  if (response.status === 416) await cache.delete(part);
  if (!response.ok || !response.body) throw new Error(`${url}: ${response.status}`);

  let bytes = response.status === 206 && begun ? begun : new Blob();
  let since: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const keep = async () => {
    bytes = new Blob([bytes, ...since]);
    since = [];
    size = 0;
    await cache.put(part, new Response(bytes));
  };
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      since.push(value);
      size += value.length;
      if (size >= step) await keep();
    }
  } catch (error) {
    await keep();
    throw error;
  }
  const whole = await new Blob([bytes, ...since]).arrayBuffer();
  try {
    const module = await unpacked(whole); // gzip has a checksum: a portal's page ends here
    for (const old of await cache.keys()) await cache.delete(old);
    await cache.put(url, new Response(whole));
    return module;
  } catch (error) {
    await cache.delete(part);
    throw error;
  }
}

async function unpacked(bytes: ArrayBuffer): Promise<ArrayBuffer> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).arrayBuffer();
}
