/**
 * Brings records to the server, batch by batch, until none waits: over networks
 * that cut, pages that are no answer, and servers that are busy. It decides
 * nothing about records (see settle.ts) and holds no state that a restart loses.
 */
import type { Db, Kept } from "../store/db";
import { epochFact, sealParams, type Author, type Outbox } from "../store/outbox.svelte";
import { patience, type Door } from "./door";
import { bring } from "./rescue";
import { readReply, renewed, settle, type Reply } from "./settle";

/** Why the courier stopped. */
export type End =
  | { readonly why: "done" }
  /** No answer: no network, a portal, a server that is down. */
  | { readonly why: "unreached" }
  /** The server wants to be asked later, in so many milliseconds. */
  | { readonly why: "busy"; readonly wait: number }
  /** The token ended, or the phone is to bring what it holds and wipe itself. */
  | { readonly why: "barred"; readonly code: string };

/** The largest batch, in entries and bytes before compression; see fieldsync.MaxBatch. */
const most = { entries: 500, bytes: 1 << 20 };
const first = 50;

/** What a link that cuts still carries in one piece, about a second of 2G when packed. */
const least = 20;

export class Courier {
  #batch = first;
  #zipped = typeof CompressionStream !== "undefined";

  constructor(
    private readonly db: Db,
    private readonly outbox: Outbox,
  ) {}

  /** Sends what waits of this worker. */
  async run(author: Author, door: Door): Promise<End> {
    for (;;) {
      const batch: Kept[] = [];
      const texts: string[] = [];
      const closed: Kept[] = []; // under an earlier key of this worker
      let bytes = 0;
      for (const record of this.outbox.that("waiting", author.id)) {
        if (batch.length === this.#batch) break;
        const text = await author.key.open(record.id, record.sealed).catch(() => "");
        if (!text) {
          closed.push(record);
          continue;
        }
        if (batch.length && bytes + text.length > most.bytes) break;
        batch.push(record);
        texts.push(text);
        bytes += text.length;
      }
      if (!batch.length) {
        if (closed.length) await this.outbox.settle(await bring(door, author.device, closed));
        return { why: "done" };
      }
      const end = await this.#send(author, door, batch, texts);
      if (end) return end;
    }
  }

  /** Sends a batch; nothing comes back when it was answered. */
  async #send(
    author: Author,
    door: Door,
    batch: readonly Kept[],
    texts: readonly string[],
  ): Promise<End | null> {
    const head = `{"device":${JSON.stringify(author.device)},"sent_at":${JSON.stringify(door.now().toISOString())}`;
    const plain = `${head},"entries":[${texts.join(",")}]}`;
    const body = this.#zipped ? await zip(plain) : new TextEncoder().encode(plain);
    let response: Response;
    let answer: unknown;
    try {
      response = await door.fetch(`${door.url}/api/v1/sync/push`, {
        method: "POST",
        body,
        headers: {
          "Content-Type": "application/json",
          Authorization: `Bearer ${door.token}`,
          "X-Caunoi": "1",
          ...(this.#zipped && { "Content-Encoding": "gzip" }),
        },
        credentials: "omit",
        redirect: "error",
        signal: patience(body.byteLength),
      });
      answer = await response.json().catch(() => null);
    } catch {
      this.#batch = Math.max(least, Math.floor(this.#batch / 2));
      return { why: "unreached" };
    }
    const code = (answer as { code?: unknown } | null)?.code;
    const ours = typeof code === "string";
    if (response.status === 200) {
      const reply = readReply(answer);
      if (!reply) return { why: "unreached" }; // a portal, not us
      if (!(await this.#answered(author, batch, reply))) return { why: "unreached" };
      this.#batch = Math.min(most.entries, this.#batch * 2);
      return null;
    }
    if (ours && (response.status === 429 || response.status === 503)) {
      const after = Number(response.headers.get("Retry-After"));
      return { why: "busy", wait: (after > 0 ? after : 15) * 1000 };
    }
    if (ours && (response.status === 401 || response.status === 403))
      return { why: "barred", code };
    if (ours && response.status === 413 && batch.length > 1) {
      this.#batch = Math.ceil(batch.length / 2);
      return null;
    }
    if (this.#zipped && (response.status === 400 || response.status === 415)) {
      this.#zipped = false; // something on the way unpacks, or takes offence
      return null;
    }
    return { why: "unreached" };
  }

  /** Whether the answer settled anything. */
  async #answered(author: Author, batch: readonly Kept[], reply: Reply): Promise<boolean> {
    const changed = new Map<string, Kept>();
    for (const [id, { params, ...record }] of settle(batch, reply)) {
      const sealed = params && { params: await sealParams(author, id, params) };
      changed.set(id, { ...record, ...sealed });
    }
    const settled = changed.size > 0;
    const known = await this.db.fact(epochFact);
    if (known !== undefined && known !== reply.epoch) {
      for (const [id, record] of renewed(this.outbox.all)) {
        if (!changed.has(id)) changed.set(id, record);
      }
    }
    await this.outbox.settle(changed, known === reply.epoch ? undefined : reply.epoch);
    return settled;
  }
}

async function zip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
