/**
 * The records of this phone. `save` resolves when a record is on disk, and not
 * before: what the screens call saved survives an empty battery.
 */
import type { Params } from "$shared/i18n/message";
import { Refusal } from "$shared/refusal";
import { SvelteMap } from "svelte/reactivity";
import {
  dropRecord,
  isClosed,
  isHere,
  isThere,
  isUnsent,
  type Db,
  type Kept,
  type Rescue,
  type Standing,
  type Writing,
} from "./db";
import { fated, type Told } from "../sync/fate";
import { clockOf, heardFact, keptHeard, type Heard } from "./clock";
import { newId, personOf, type Entry, type Fact } from "./entry";
import type { DataKey, Sealed } from "./seal";

/** Who records, on which phone. */
export interface Author {
  readonly id: string;
  readonly office: string;
  readonly device: string;
  readonly key: DataKey;
  readonly rescue: Rescue;
}

/** Days for which a record that the server has stays here, for a server that is restored. */
export const daysKept = 14;

/** The last number of a worker on this phone: each counts alone, as the server does. */
const seqFact = (worker: string): string => `seq/${worker}`;

/** The life of the server's data from which the last answer came. */
export const epochFact = "epoch";

const refused = ({ standing }: Kept): boolean => standing === "refused" || standing === "conflict";

/** The worker left this phone, or took it anew under another PIN, in another page. */
export class Left extends Error {
  constructor() {
    super("the worker's key on this phone is another one");
    this.name = "Left";
  }
}

/** What is mended was mended or sent again before, perhaps by another page. */
export class NotRefused extends Error {
  constructor() {
    super("the record is refused no more");
    this.name = "NotRefused";
  }
}

/** What is written in the transaction that writes a record. */
export type Also = (tx: Writing) => Promise<void>;

/** What belongs into that transaction. */
export interface Saving {
  /** The refused record in whose place the first one is. */
  readonly mends?: string;
  /** The photos that the first one names, by id. */
  readonly photos?: readonly string[];
  readonly also?: Also | undefined;
}

/**
 * After the server was restored from a backup (another epoch) it may lack what
 * it once had: all that is still held goes again. Sending twice is harmless.
 */
export function renewed(records: readonly Kept[]): Map<string, Kept> {
  return new Map(
    records.filter(isThere).map((r) => [r.id, { ...r, standing: "waiting" as const }]),
  );
}

function waitingAgain(record: Kept): Kept {
  const { code: _code, params: _params, reason: _reason, closed: _closed, ...rest } = record;
  return { ...rest, standing: "waiting" };
}

/** Has all that was refused of a worker sent again. */
export async function sendAgain(tx: Writing, worker: string): Promise<void> {
  const outbox = tx.objectStore("outbox");
  for (const record of await outbox.getAll()) {
    const { worker: by, standing } = record;
    if (by === worker && standing === "refused") await outbox.put(waitingAgain(record));
  }
}

/** A record that the server has nothing of: not even its incident, as of one in conflict. */
export const unbrought = ({ standing }: Kept): boolean =>
  standing === "waiting" || standing === "refused";

const reasonOf = (id: string) => `reason ${id}`;
const paramsOf = (id: string) => `params ${id}`;

/** What a refusal says of a record tells of a person as the record does. */
export const sealParams = (author: Author, id: string, params: Params): Promise<Sealed> =>
  author.key.seal(paramsOf(id), JSON.stringify(params));

export class Outbox {
  /** All records of the phone without what is sealed, the newest last. */
  readonly #all = new SvelteMap<string, Kept>();
  /** How often this page has written to it. */
  #writes = 0;

  /** Called after each change. */
  written: () => void = () => {};

  private constructor(private readonly db: Db) {}

  static async open(db: Db): Promise<Outbox> {
    const outbox = new Outbox(db);
    await outbox.reload();
    return outbox;
  }

  async reload(): Promise<void> {
    const before = this.#writes;
    const kept = await this.db.records();
    if (before !== this.#writes) return this.reload(); // what was read is old already
    this.#all.clear();
    for (const record of kept.sort((a, b) =>
      a.saved < b.saved ? -1 : a.saved > b.saved ? 1 : a.seq - b.seq,
    )) {
      this.#all.set(record.id, record);
    }
  }

  #put(records: readonly Kept[]): void {
    this.#writes++;
    for (const record of records) this.#all.set(record.id, record);
    this.written();
  }

  get all(): readonly Kept[] {
    return [...this.#all.values()];
  }

  that(standing: Standing, worker = ""): Kept[] {
    return this.all.filter((r) => r.standing === standing && (!worker || r.worker === worker));
  }

  /** How many wait, of all workers of this phone. */
  get pending(): number {
    return this.that("waiting").length;
  }

  /** What came back, which its worker must look at. */
  rejected(worker = ""): Kept[] {
    return this.all.filter((r) => refused(r) && (!worker || r.worker === worker));
  }

  /**
   * Records a fact. The worker's own count on this phone goes up by one for each,
   * without a gap, since a gap tells the office that something was lost; so the
   * number is taken in the transaction that writes the record, and sealed before
   * it.
   */
  async save(author: Author, fact: Fact, now = new Date()): Promise<Entry> {
    const [entry] = await this.saveAll(author, [fact], now);
    if (!entry) throw new Error("nothing was saved");
    return entry;
  }

  /**
   * Records several facts at once, all or none, in the place of a refused one
   * where one is given, with whatever else belongs into the same transaction.
   */
  async saveAll(
    author: Author,
    facts: readonly Fact[],
    now = new Date(),
    { mends = "", also, photos = [] }: Saving = {},
  ): Promise<Entry[]> {
    for (;;) {
      const { before, entries } = await this.#made(author, facts, now);
      const records: Kept[] = [];
      for (const entry of entries) {
        records.push({
          id: entry.id,
          worker: author.id,
          device: author.device,
          seq: entry.seq,
          kind: entry.kind,
          saved: entry.device_time,
          sealed: await author.key.seal(entry.id, JSON.stringify(entry)),
          rescue: author.rescue,
          standing: "waiting",
        });
      }
      const done = await this.db.write(async (tx) => {
        if (!(await isHere(tx, author))) throw new Left();
        const facts = tx.objectStore("facts");
        if (Number((await facts.get(seqFact(author.id))) ?? 0) !== before) return false; // another page was faster
        const outbox = tx.objectStore("outbox");
        if (mends) {
          const old = await outbox.get(mends);
          if (!old || !refused(old)) throw new NotRefused();
          records.push({ ...old, standing: "mended" });
        }
        await facts.put(before + entries.length, seqFact(author.id));
        for (const record of records) await outbox.put(record);
        for (const id of photos) {
          const photo = await tx.objectStore("photos").get(id);
          if (photo) await tx.objectStore("photos").put({ ...photo, record: entries[0]?.id ?? "" });
        }
        await also?.(tx);
        return true;
      });
      if (!done) continue;
      this.#put(records);
      return entries;
    }
  }

  /** Entries as they would be saved now, of which nothing is kept. */
  async made(author: Author, facts: readonly Fact[], now = new Date()): Promise<Entry[]> {
    return (await this.#made(author, facts, now)).entries;
  }

  async #made(
    author: Author,
    facts: readonly Fact[],
    now: Date,
  ): Promise<{ before: number; entries: Entry[] }> {
    const before = Number((await this.db.fact(seqFact(author.id))) ?? 0);
    const clock = clockOf(await this.db.fact(heardFact));
    const entries = facts.map((fact, i) => ({
      ...this.#entry(author, fact, before + 1 + i, now),
      ...(clock && { clock }),
    }));
    return { before, entries };
  }

  #entry(author: Author, fact: Fact, seq: number, now: Date): Entry {
    const { person, ...rest } = fact;
    return {
      ...rest,
      ...(person && { person: personOf(person) }),
      id: newId(now.getTime()),
      v: 1,
      office: author.office,
      author: author.id,
      device: author.device,
      seq,
      device_time: now.toISOString(),
    };
  }

  /** A record in clear. */
  async read(author: Author, record: Kept): Promise<Entry> {
    return JSON.parse(await author.key.open(record.id, record.sealed)) as Entry;
  }

  /**
   * Records a refused fact anew, mended, under an id and number of its own, for
   * the moment at which it happened. The refused one stays to be looked at, and
   * is sent no more. @throws NotRefused
   */
  async mend(
    author: Author,
    record: Kept,
    fact: Fact,
    now = new Date(),
    saving: Omit<Saving, "mends"> = {},
  ): Promise<Entry> {
    const before = await this.read(author, record);
    const recorded = Date.parse(before.device_time) + (record.offset ?? 0);
    const { happened_at, supersedes } = before;
    const mended = {
      // What corrects another record keeps the day of that one.
      ...(!supersedes && { happened_at: new Date(recorded).toISOString() }),
      ...(happened_at && { happened_at }),
      ...(supersedes && { supersedes }),
      ...fact,
    };
    const [entry] = await this.saveAll(author, [mended], now, { ...saving, mends: record.id });
    if (!entry) throw new Error("nothing was saved");
    return entry;
  }

  /**
   * Sets a refused record aside: it is sent no more, and asks for nothing; what
   * it says stays to be read until it is tidied away. @throws NotRefused
   */
  async setAside(author: Author, record: Kept, reason: string): Promise<void> {
    const sealed = await author.key.seal(reasonOf(record.id), reason);
    const aside = await this.db.write(async (tx) => {
      const kept = await tx.objectStore("outbox").get(record.id);
      if (!kept || !refused(kept)) throw new NotRefused();
      const changed: Kept = { ...kept, standing: "aside", reason: sealed };
      await tx.objectStore("outbox").put(changed);
      return changed;
    });
    this.#put([aside]);
  }

  /** Why the worker set a record aside; empty where that cannot be read any more. */
  async reason(author: Author, { id, reason }: Kept): Promise<string> {
    return reason ? await author.key.open(reasonOf(id), reason).catch(() => "") : "";
  }

  /** Why a record came back. */
  async why(author: Author, record: Kept): Promise<Refusal> {
    const text =
      record.params && (await author.key.open(paramsOf(record.id), record.params).catch(() => ""));
    return new Refusal(422, record.code ?? "", text ? (JSON.parse(text) as Params) : {});
  }

  /**
   * Writes what became of records. An answer from another epoch than the one
   * before has all that is held here sent again, by whichever page it was sent.
   * With it the phone keeps what the server's clock said.
   */
  async settle(changed: ReadonlyMap<string, Kept>, epoch?: string, heard?: Heard): Promise<void> {
    if (!changed.size && epoch === undefined) return;
    const written = await this.db.write(async (tx) => {
      const records: Kept[] = [];
      const outbox = tx.objectStore("outbox");
      const facts = tx.objectStore("facts");
      for (const record of changed.values()) {
        // A late answer says nothing of what another page mended or forgot meanwhile.
        const kept = await outbox.get(record.id);
        if (kept && !isClosed(kept)) records.push(record);
      }
      if (heard) await facts.put(keptHeard(heard), heardFact);
      const known = await facts.get(epochFact);
      if (epoch !== undefined && known !== epoch) {
        await facts.put(epoch, epochFact);
        if (known !== undefined) {
          const others = (await outbox.getAll()).filter((r) => !changed.has(r.id));
          records.push(...renewed(others).values());
          // It may lack photos, too; how far each is, is asked.
          const photos = tx.objectStore("photos");
          for (const photo of await photos.getAll()) {
            if (photo.there) await photos.put({ ...photo, there: false });
          }
        }
      }
      for (const record of records) await outbox.put(record);
      return records;
    });
    this.#put(written);
  }

  /** Writes what the server told of records that it has. */
  async fate(told: ReadonlyMap<string, Told>): Promise<void> {
    const changed = await this.db.write(async (tx) => {
      const records: Kept[] = [];
      for (const [id, fate] of told) {
        const kept = await tx.objectStore("outbox").get(id);
        const record = kept && isThere(kept) ? fated(kept, fate) : null;
        if (!record) continue;
        await tx.objectStore("outbox").put(record);
        records.push(record);
      }
      return records;
    });
    if (changed.length) this.#put(changed);
  }

  /** Sends again what was refused or set aside, for instance after the office changed the plan. */
  async again(record: Kept): Promise<void> {
    const changed = await this.db.write(async (tx) => {
      const kept = await tx.objectStore("outbox").get(record.id);
      if (!kept || (!refused(kept) && kept.standing !== "aside")) return []; // mended meanwhile
      const waiting = waitingAgain(kept);
      await tx.objectStore("outbox").put(waiting);
      return [waiting];
    });
    this.#put(changed);
  }

  /**
   * Forgets what the server has had for long enough, unless it lacks a photo of
   * it, and what was mended or set aside as long ago. It goes by the server's
   * clock alone: that of a phone may be set to any year.
   */
  async tidy(server: Date): Promise<void> {
    const now = server.toISOString();
    const before = new Date(server.getTime() - daysKept * 86_400_000).toISOString();
    const undated = (r: Kept) => isClosed(r) && !r.closed;
    const since = (r: Kept) =>
      (isClosed(r) ? r.closed : isThere(r) ? r.answered : undefined) ?? now;
    if (!this.all.some((r) => undated(r) || since(r) < before)) return;
    await this.db.write(async (tx) => {
      const outbox = tx.objectStore("outbox");
      const unsent = (await tx.objectStore("photos").getAll()).filter(isUnsent);
      for (const record of await outbox.getAll()) {
        if (isThere(record) && unsent.some((p) => p.record === record.id)) continue;
        if (since(record) < before) await dropRecord(tx, record);
        else if (undated(record)) await outbox.put({ ...record, closed: now });
      }
    });
    await this.reload();
    this.written();
  }
}
