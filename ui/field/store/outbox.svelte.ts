/**
 * The records of this phone. `save` resolves when a record is on disk, and not
 * before: what the screens call saved survives an empty battery.
 */
import { SvelteMap } from "svelte/reactivity";
import type { Db, Kept, Rescue, Standing, Writing } from "./db";
import { newId, personOf, type Entry, type Fact } from "./entry";
import type { DataKey } from "./seal";

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

/** How many records of a worker the server has that are forgotten here. */
export const forgottenFact = (worker: string): string => `forgotten/${worker}`;

export class Outbox {
  /** All records of the phone without what is sealed, the newest last. */
  readonly #all = new SvelteMap<string, Kept>();

  /** Called after each change. */
  written: () => void = () => {};

  private constructor(private readonly db: Db) {}

  static async open(db: Db): Promise<Outbox> {
    const outbox = new Outbox(db);
    await outbox.reload();
    return outbox;
  }

  async reload(): Promise<void> {
    const kept = await this.db.records();
    this.#all.clear();
    for (const record of kept.sort((a, b) =>
      a.saved < b.saved ? -1 : a.saved > b.saved ? 1 : a.seq - b.seq,
    )) {
      this.#all.set(record.id, record);
    }
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

  /** What a worker must look at. */
  get rejected(): Kept[] {
    return [...this.that("refused"), ...this.that("conflict")];
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

  /** Records several facts at once, all or none, with what changes of other records by it. */
  async saveAll(
    author: Author,
    facts: readonly Fact[],
    now = new Date(),
    changed: readonly Kept[] = [],
  ): Promise<Entry[]> {
    for (;;) {
      const before = Number((await this.db.fact(seqFact(author.id))) ?? 0);
      const entries = facts.map((fact, i) => this.#entry(author, fact, before + 1 + i, now));
      const records: Kept[] = [];
      for (const entry of entries) {
        records.push({
          id: entry.id,
          worker: author.id,
          seq: entry.seq,
          kind: entry.kind,
          saved: entry.device_time,
          sealed: await author.key.seal(entry.id, JSON.stringify(entry)),
          rescue: author.rescue,
          standing: "waiting",
        });
      }
      const done = await this.db.write(async (tx) => {
        const facts = tx.objectStore("facts");
        if (Number((await facts.get(seqFact(author.id))) ?? 0) !== before) return false; // another page was faster
        await facts.put(before + records.length, seqFact(author.id));
        for (const record of [...records, ...changed]) await tx.objectStore("outbox").put(record);
        return true;
      });
      if (!done) continue;
      for (const record of [...records, ...changed]) this.#all.set(record.id, record);
      this.written();
      return entries;
    }
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
   * Records a refused fact anew, mended, under an id and number of its own. The
   * refused one stays to be looked at, and is sent no more.
   */
  async mend(author: Author, record: Kept, fact: Fact, now = new Date()): Promise<Entry> {
    const [entry] = await this.saveAll(author, [fact], now, [{ ...record, standing: "mended" }]);
    if (!entry) throw new Error("nothing was saved");
    return entry;
  }

  /** Writes what became of records, and the server's epoch with it where that is new. */
  async settle(changed: ReadonlyMap<string, Kept>, epoch?: string): Promise<void> {
    if (!changed.size && epoch === undefined) return;
    await this.db.write(async (tx) => {
      for (const record of changed.values()) await tx.objectStore("outbox").put(record);
      if (epoch !== undefined) await tx.objectStore("facts").put(epoch, epochFact);
    });
    for (const record of changed.values()) this.#all.set(record.id, record);
    this.written();
  }

  /** Sends again what was refused, for instance after the office changed the plan. */
  async again(record: Kept): Promise<void> {
    await this.db.write(async (tx) => {
      const kept = await tx.objectStore("outbox").get(record.id);
      if (kept?.standing !== "refused" && kept?.standing !== "conflict") return; // mended meanwhile
      const { code: _code, params: _params, ...rest } = kept;
      const waiting = { ...rest, standing: "waiting" as const };
      await tx.objectStore("outbox").put(waiting);
      this.#all.set(record.id, waiting);
    });
  }

  /** Forgets what the server has had for long enough. */
  async tidy(now = new Date()): Promise<void> {
    const before = new Date(now.getTime() - daysKept * 86_400_000).toISOString();
    const old = this.all.filter(
      (r) =>
        (r.standing === "sent" || r.standing === "mended" || r.standing === "apart") &&
        (r.answered ?? r.saved) < before,
    );
    if (!old.length) return;
    await this.db.write(async (tx: Writing) => {
      for (const record of old) {
        // Another page may have been faster.
        if (!(await tx.objectStore("outbox").getKey(record.id))) continue;
        await tx.objectStore("outbox").delete(record.id);
        if (record.standing === "mended") continue;
        const name = forgottenFact(record.worker);
        const facts = tx.objectStore("facts");
        await facts.put(Number((await facts.get(name)) ?? 0) + 1, name);
      }
    });
    for (const record of old) this.#all.delete(record.id);
  }
}
