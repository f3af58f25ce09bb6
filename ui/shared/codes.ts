/**
 * A text as QR codes that a screen plays and a camera gathers, one way. First
 * come its blocks one by one, then sums of blocks chosen at random (a random
 * linear code over GF(2)): whichever codes were missed, about two more than
 * there are blocks are enough.
 */
import { fromBase45, toBase45 } from "./base45";
import { seeded } from "./seeded";

/** By which a code says that it is one of these. */
const mark = "CAUNOI1:";
/** Bytes of a block: what a code of 77 modules a side holds, which a webcam reads off a phone. */
const size = 480;
/** Before it: 8 bytes of the digest of all, 4 of its length, 2 of the code's number. */
const head = 14;
const numbers = 1 << 16;
/** Bytes; an outbox of ten thousand records takes about eight million. */
const longest = 16 << 20;

export interface Codes {
  /** How many codes are one round. */
  readonly blocks: number;
  code(number: number): string;
}

export async function codesOf(text: string): Promise<Codes> {
  const bytes = await packed(text);
  const blocks = Math.ceil(bytes.length / size);
  const sum = await digest(bytes);
  const data = new Uint32Array((blocks * size) / 4);
  new Uint8Array(data.buffer).set(bytes);
  const code = (number: number): string => {
    const n = number % numbers;
    const out = new Uint8Array(head + size);
    const view = new DataView(out.buffer);
    out.set(sum);
    view.setUint32(8, bytes.length);
    view.setUint16(12, n);
    const mixed = new Uint32Array(size / 4);
    for (const block of chosen(n, blocks)) {
      for (let i = 0; i < mixed.length; i++)
        mixed[i] = (mixed[i] ?? 0) ^ (data[(block * size) / 4 + i] ?? 0);
    }
    out.set(new Uint8Array(mixed.buffer), head);
    return mark + toBase45(out);
  };
  return { blocks, code };
}

/** Which blocks a code is the sum of. */
function chosen(number: number, blocks: number): number[] {
  if (number < blocks) return [number];
  const random = seeded(number * 65_599 + blocks);
  const some = Array.from({ length: blocks }, (_, i) => i).filter(() => random() < 0.5);
  return some.length ? some : [number % blocks];
}

/** What a code was: a new part, nothing new, of another outbox, or none of ours. */
export type Seen = "part" | "known" | "other" | "foreign";

/** What a camera has gathered so far. */
export class Gathering {
  #sum = "";
  #length = 0;
  readonly #seen = new Set<number>();
  /** By its first block: which blocks it is the sum of, in bits, then the sum. */
  #rows: (Uint32Array | undefined)[] = [];
  /** How many parts of how many are here. */
  parts = 0;
  of = 0;

  add(code: string): Seen {
    if (!code.startsWith(mark)) return "foreign";
    const bytes = fromBase45(code.slice(mark.length));
    if (bytes?.length !== head + size) return "foreign";
    const view = new DataView(bytes.buffer);
    const sum = bytes.subarray(0, 8).join();
    const length = view.getUint32(8);
    if (!length || length > longest) return "foreign";
    if (!this.of) {
      this.#sum = sum;
      this.#length = length;
      this.of = Math.ceil(length / size);
    } else if (sum !== this.#sum || length !== this.#length) return "other";
    const number = view.getUint16(12);
    if (this.#seen.has(number)) return "known";
    this.#seen.add(number);
    return this.#keep(number, bytes.slice(head)) ? "part" : "known";
  }

  /** Gauss, as far as it goes: what a sum has in common with those before is taken off it. */
  #keep(number: number, bytes: Uint8Array<ArrayBuffer>): boolean {
    const words = Math.ceil(this.of / 32);
    const row = new Uint32Array(words + size / 4);
    for (const block of chosen(number, this.of))
      row[block >> 5] = (row[block >> 5] ?? 0) | (1 << (block & 31));
    row.set(new Uint32Array(bytes.buffer), words);
    for (let block = 0; block < this.of; block++) {
      if (!has(row, block)) continue;
      const before = this.#rows[block];
      if (!before) {
        this.#rows[block] = row;
        this.parts++;
        return true;
      }
      take(row, before);
    }
    return false;
  }

  /** The text, once all is here; null where it is not what was meant, and all begins anew. */
  async whole(): Promise<string | null> {
    const rows = this.#rows;
    const words = Math.ceil(this.of / 32);
    for (let block = this.of - 1; block > 0; block--) {
      const known = rows[block];
      for (let above = 0; known && above < block; above++) {
        const row = rows[above];
        if (row && has(row, block)) take(row, known);
      }
    }
    const bytes = new Uint8Array(this.of * size);
    rows.forEach((row, block) => {
      if (row) bytes.set(new Uint8Array(row.slice(words).buffer), block * size);
    });
    const text = bytes.slice(0, this.#length);
    const right = (await digest(text)).join() === this.#sum;
    if (!right) this.clear();
    return right ? await unpacked(text) : null;
  }

  clear(): void {
    this.#seen.clear();
    this.#rows = [];
    this.parts = this.of = 0;
  }
}

const has = (row: Uint32Array, block: number): boolean =>
  (((row[block >> 5] ?? 0) >>> (block & 31)) & 1) === 1;

function take(row: Uint32Array, other: Uint32Array): void {
  for (let i = 0; i < row.length; i++) row[i] = (row[i] ?? 0) ^ (other[i] ?? 0);
}

const digest = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).subarray(0, 8);

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(
    await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer(),
  );
}

/** Packed: base64 in JSON is a third longer than what it says. */
const packed = (text: string) =>
  through(new TextEncoder().encode(text), new CompressionStream("gzip"));

const unpacked = async (bytes: Uint8Array<ArrayBuffer>): Promise<string | null> =>
  new TextDecoder().decode(await through(bytes, new DecompressionStream("gzip")));
