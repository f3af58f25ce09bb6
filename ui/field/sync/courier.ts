/**
 * Brings records to the server, batch by batch, until none waits: over networks
 * that cut, pages that are no answer, and servers that are busy. It decides
 * nothing about records (see settle.ts) and holds no state that a restart loses.
 */
import { Refusal } from "$shared/refusal";
import type { Heard } from "../store/clock";
import type { Kept } from "../store/db";
import { sealParams, type Author, type Outbox } from "../store/outbox.svelte";
import { call, endOf, jsonOf, type Door, type End } from "./door";
import { sealedOf } from "./rescue";
import { readReply, settle, type Reply, type Settled } from "./settle";

/** The largest batch, in entries and bytes before compression; see fieldsync.MaxBatch. */
const most = { entries: 500, bytes: 1 << 20 };
const first = 50;

const push = "/api/v1/sync/push";
const rescue = "/api/v1/sync/rescue";

/** What a link that cuts still carries in one piece, about a second of 2G when packed. */
const least = 20;

/** Records that go in one request. */
interface Batch {
  readonly path: string;
  readonly records: readonly Kept[];
  readonly text: string;
  /** This phone's clock. */
  readonly at: Date;
}

/** Statuses by which the server refuses for good what was asked. */
const forGood = (status: number): boolean =>
  status >= 400 && status < 500 && ![401, 403, 408, 425, 429].includes(status);

export class Courier {
  /** Records whose fate was told, since the app began. */
  brought = 0;
  #batch = first;
  #zipped = typeof CompressionStream !== "undefined";

  constructor(private readonly outbox: Outbox) {}

  /** Sends what waits of this worker; null when nothing does any more. */
  async run(author: Author, door: Door): Promise<End | null> {
    try {
      for (;;) {
        const batch = await this.#next(author, door);
        if (!batch) return null;
        await this.#send(author, door, batch);
      }
    } catch (error) {
      if (error instanceof Refusal) return endOf(error);
      throw error;
    }
  }

  /**
   * What goes next: records as a push; at last those that lie under an earlier
   * key of the worker (the PIN was forgotten), sealed as they are.
   */
  async #next(author: Author, door: Door): Promise<Batch | null> {
    const at = door.now();
    const records: Kept[] = [];
    const texts: string[] = [];
    const closed: Kept[] = [];
    let bytes = 0;
    for (const record of this.outbox.that("waiting", author.id)) {
      if (records.length === this.#batch) break;
      const text = await author.key.open(record.id, record.sealed).catch(() => "");
      if (!text) {
        closed.push(record);
        continue;
      }
      if (records.length && bytes + text.length > most.bytes) break;
      records.push(record);
      texts.push(text);
      bytes += text.length;
    }
    if (records.length) {
      const head = `{"device":${JSON.stringify(author.device)},"sent_at":${JSON.stringify(at.toISOString())}`;
      return { path: push, records, text: `${head},"entries":[${texts.join(",")}]}`, at };
    }
    const key = closed[0]?.rescue.ct;
    const under = closed.filter((r) => r.rescue.ct === key).slice(0, Math.min(this.#batch, first));
    const [outbox] = sealedOf(under);
    return outbox ? { path: rescue, records: under, text: JSON.stringify(outbox), at } : null;
  }

  /** Sends a batch, which is settled when this resolves; or is to be sent in another way. @throws Refusal */
  async #send(author: Author, door: Door, { path, records, text, at }: Batch): Promise<void> {
    const zipped = this.#zipped && path === push;
    const body = zipped ? await zip(text) : new TextEncoder().encode(text);
    const headers: Record<string, string> = zipped ? { "Content-Encoding": "gzip" } : {};
    let reply: Reply | null;
    try {
      const response = await call(door, path, { method: "POST", headers, body });
      reply = readReply(await jsonOf(response));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, params } = error;
      if (status === 0) this.#batch = Math.max(least, Math.floor(this.#batch / 2));
      else if (code && status === 413 && records.length > 1) {
        this.#batch = Math.ceil(records.length / 2);
        return;
      } else if (zipped && (status === 400 || status === 415)) {
        this.#zipped = false; // something on the way unpacks, or takes offence
        return;
      } else if (code && (status === 413 || (path === rescue && forGood(status)))) {
        // What the server will not have must not keep back all the rest.
        const refused = { standing: "refused" as const, code, params };
        return this.#settle(
          author,
          records.map((r) => ({ ...r, ...refused })),
        );
      }
      throw error;
    }
    const settled = reply && [...settle(records, reply, at).values()];
    if (!reply || !settled?.length) throw new Refusal(0, ""); // a portal, not us
    await this.#settle(author, settled, reply.epoch, {
      server: new Date(reply.received),
      phone: at,
    });
    this.#batch = Math.min(most.entries, this.#batch * 2);
  }

  async #settle(
    author: Author,
    settled: readonly Settled[],
    epoch?: string,
    heard?: Heard,
  ): Promise<void> {
    const changed = new Map<string, Kept>();
    for (const { params, ...record } of settled) {
      const sealed = params && { params: await sealParams(author, record.id, params) };
      changed.set(record.id, { ...record, ...sealed });
    }
    await this.outbox.settle(changed, epoch, heard);
    this.brought += settled.length;
  }
}

async function zip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
