/**
 * The one place that opens the phone's database. Whatever writes does so in a
 * transaction that is on disk when it completes (durability "strict"): without
 * that a phone whose battery dies loses what was shown as saved.
 */
import {
  openDB,
  type DBSchema,
  type IDBPDatabase,
  type IDBPTransaction,
  type StoreNames,
} from "idb";
import { work } from "../realm";
import type { Told } from "../sync/fate";
import { knownFact } from "../sync/telling";
import type { Sealed } from "./seal";

/**
 * How a record stands: waiting to be sent; sent (the server listed it as kept);
 * held, kept by the server without effect until what it names is there; apart,
 * kept by the server for the lead to decide about; refused or in conflict, for
 * the worker to mend; mended, or set aside by the worker.
 */
export type Standing =
  "waiting" | "sent" | "held" | "apart" | "refused" | "conflict" | "mended" | "aside";

/** A record of the outbox. Whom it is about is in `sealed` alone. */
export interface Kept {
  readonly id: string;
  readonly worker: string;
  /** The phone by the name that the worker's key, the token and the count go by. */
  readonly device: string;
  readonly seq: number;
  readonly kind: string;
  readonly saved: string; // the phone's clock
  readonly sealed: Sealed;
  /** The key of `sealed` for the server, for when nobody here opens it any more. */
  readonly rescue: Rescue;
  readonly standing: Standing;
  readonly code?: string;
  /** What the refusal says of the record, such as a date of birth: sealed, too. */
  readonly params?: Sealed;
  /** The server's clock when it answered. */
  readonly answered?: string;
  /** The server's clock less this phone's when it answered, in milliseconds. */
  readonly offset?: number;
  /** What became of it there, when that was last asked. */
  readonly fate?: Told;
  /** Why the worker set it aside: sealed, too. */
  readonly reason?: Sealed;
  /** The server's clock when it was first seen to be mended or set aside. */
  readonly closed?: string;
}

/** A worker of this phone, who opens what is sealed with a PIN. */
export interface Worker {
  readonly id: string;
  readonly name: string;
  readonly device: string;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly rounds: number;
  /** The data key under the PIN; gone after too many wrong ones. */
  readonly wrapped: Sealed | null;
  /** The data key for the server; each record that is sealed by it has it, too. */
  readonly rescue: Rescue;
  readonly token: Sealed;
  /** Wrong PINs since the last right one. */
  readonly wrong: number;
}

export interface Rescue {
  readonly seal: string; // id of the server's key
  readonly epk: string; // base64
  readonly iv: string;
  readonly ct: string;
}

/** What was pulled: sealed under the worker's key, by name. */
export interface Pulled {
  readonly name: string; // WORKER/pull, WORKER/people/COMMUNE
  readonly tag: string;
  readonly whole: boolean;
  readonly sealed: Sealed;
}

/** What a screen remembers; see notebook.svelte.ts. Its name is in `sealed`, too. */
export interface NoteKept {
  readonly id: string;
  readonly worker: string;
  readonly at: string; // the phone's clock
  /** When it is forgotten, if ever. */
  readonly ends?: string;
  readonly sealed: Sealed;
}

/** A photo of a record, such as of a paper receipt. What it shows is in its picture alone. */
export interface PhotoKept {
  readonly id: string;
  readonly worker: string;
  readonly device: string;
  /** The key of its picture for the server, for when nobody here opens it any more. */
  readonly rescue: Rescue;
  /** The record that names it; empty while the form is not saved. */
  readonly record: string;
  readonly taken: string; // the phone's clock
  /** SHA-256 of the picture, as the entry names it, and its size and kind. */
  readonly digest: string;
  readonly bytes: number;
  readonly type: string;
  /** The server has all of it. */
  readonly there: boolean;
  /** Why it is not sent any more: the code of a refusal. */
  readonly fault?: string;
}

/** What a photo shows, apart from it, so that photos are listed without their bytes. */
export interface PictureKept {
  readonly id: string;
  readonly sealed: Sealed;
}

interface Schema extends DBSchema {
  outbox: {
    key: string;
    value: Kept;
    indexes: { byStanding: string };
  };
  workers: { key: string; value: Worker };
  pulled: { key: string; value: Pulled };
  facts: { key: string; value: Fact };
  notes: { key: string; value: NoteKept; indexes: { byWorker: string } };
  photos: { key: string; value: PhotoKept; indexes: { byWorker: string; byRecord: string } };
  pictures: { key: string; value: PictureKept };
}

/** What the phone knows of itself. */
export type Fact = string | number;

const stores = ["outbox", "workers", "pulled", "facts", "notes", "photos", "pictures"] as const;
type Store = (typeof stores)[number];
export type Writing = IDBPTransaction<Schema, Store[], "readwrite">;

/** The name that the phone gave itself, for whoever takes it next. */
export const deviceFact = "device";

/**
 * Destroys what is kept of a worker; of the last one, all there is. It is in the
 * transaction, so that no other page keeps it from happening.
 */
export async function forgetWorker(tx: Writing, worker: string): Promise<void> {
  const workers = await tx.objectStore("workers").getAllKeys();
  const records = await tx.objectStore("outbox").getAll();
  const others = [...workers, ...records.map((r) => r.worker)].some((id) => id !== worker);
  if (!others) {
    for (const name of stores) await tx.objectStore(name).clear();
    return;
  }
  await tx.objectStore("workers").delete(worker);
  await tx.objectStore("pulled").delete(pulledOf(worker));
  await tx.objectStore("facts").delete(knownFact(worker));
  await dropNotes(tx, worker);
  for (const record of records) {
    if (record.worker === worker) await dropRecord(tx, record);
  }
  await dropPhotos(tx, await tx.objectStore("photos").index("byWorker").getAllKeys(worker));
}

/** Whether a worker is on this phone, and under this key: another page may have changed that. */
export const isHere = async (
  tx: Writing,
  { id, rescue }: { readonly id: string; readonly rescue: Rescue },
): Promise<boolean> => (await tx.objectStore("workers").get(id))?.rescue.ct === rescue.ct;

/** What a worker's screens remembered lies under a key of the worker. */
export async function dropNotes(tx: Writing, worker: string): Promise<void> {
  const notes = tx.objectStore("notes");
  for (const id of await notes.index("byWorker").getAllKeys(worker)) await notes.delete(id);
}

export async function dropPhotos(tx: Writing, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await tx.objectStore("photos").delete(id);
    await tx.objectStore("pictures").delete(id);
  }
}

/** A photo that is to be brought as soon as the server has its record. */
export const isUnsent = ({ record, there, fault }: PhotoKept): boolean =>
  record !== "" && !there && !fault;

/** All that was pulled for a worker. */
export const pulledOf = (worker: string): IDBKeyRange =>
  IDBKeyRange.bound(`${worker}/`, `${worker}0`);

/** Whether the server has a record. */
export const isThere = ({ standing }: Kept): boolean =>
  standing === "sent" || standing === "held" || standing === "apart";

/** Whether a record is sent no more, since the worker mended it or set it aside. */
export const isClosed = ({ standing }: Kept): boolean =>
  standing === "mended" || standing === "aside";

/** How many records of a worker the server has that are forgotten here. */
export const forgottenFact = (worker: string): string => `forgotten/${worker}`;

/** Deletes a record; one that the server has is counted on. */
export async function dropRecord(tx: Writing, record: Kept): Promise<void> {
  await tx.objectStore("outbox").delete(record.id);
  await dropPhotos(tx, await tx.objectStore("photos").index("byRecord").getAllKeys(record.id));
  if (!isThere(record)) return;
  const facts = tx.objectStore("facts");
  const name = forgottenFact(record.worker);
  await facts.put(Number((await facts.get(name)) ?? 0) + 1, name);
}

/**
 * Makes room on a full phone: drops the lists of people but for one commune,
 * which are taken anew when there is network, what was begun to be taken, and
 * photos that the server has.
 */
export async function makeRoom(tx: Writing, keeps: string): Promise<void> {
  const pulled = tx.objectStore("pulled");
  for (const name of await pulled.getAllKeys()) {
    if (/\/(people|part)\//.test(name) && name !== keeps) await pulled.delete(name);
  }
  const there = (await tx.objectStore("photos").getAll()).filter((p) => p.there);
  await dropPhotos(
    tx,
    there.map((p) => p.id),
  );
}

/** Another page of a newer version waits for this one to let go. */
export type Blocked = () => void;

/** Version 3: the phone's name stands with each worker and on each record. */
async function named(
  tx: IDBPTransaction<Schema, ArrayLike<StoreNames<Schema>>, "versionchange">,
): Promise<void> {
  const device = String((await tx.objectStore("facts").get(deviceFact)) ?? "");
  for (const name of ["workers", "outbox"] as const) {
    let at = await tx.objectStore(name).openCursor();
    for (; at; at = await at.continue()) await at.update({ ...at.value, device } as never);
  }
}

export class Db {
  #open: Promise<IDBPDatabase<Schema>> | null = null;
  /** Called when the browser has ended the database: it may be empty when it opens again. */
  ended: () => void = () => {};

  private constructor(
    private readonly name: string,
    private readonly blocking: Blocked,
  ) {}

  static async open(blocking: Blocked = () => {}, name = work.database): Promise<Db> {
    const db = new Db(name, blocking);
    await db.#opened();
    return db;
  }

  /** The database; opened anew where the browser has ended it, or it could not be opened before. */
  #opened(): Promise<IDBPDatabase<Schema>> {
    if (this.#open) return this.#open;
    const opening = openDB<Schema>(this.name, 4, {
      async upgrade(db, had, _, tx) {
        if (had < 1) {
          db.createObjectStore("outbox", { keyPath: "id" }).createIndex("byStanding", "standing");
          db.createObjectStore("workers", { keyPath: "id" });
          db.createObjectStore("pulled", { keyPath: "name" });
          db.createObjectStore("facts");
        }
        if (had < 2) {
          db.createObjectStore("notes", { keyPath: "id" }).createIndex("byWorker", "worker");
        }
        if (had && had < 3) await named(tx);
        if (had < 4) {
          const photos = db.createObjectStore("photos", { keyPath: "id" });
          photos.createIndex("byWorker", "worker");
          photos.createIndex("byRecord", "record");
          db.createObjectStore("pictures", { keyPath: "id" });
        }
      },
      blocking: () => {
        this.close();
        this.blocking();
      },
      terminated: () => {
        this.#open = null;
        this.ended();
      },
    });
    this.#open = opening;
    opening.catch(() => (this.#open = null));
    return opening;
  }

  /** Resolves when all that `change` wrote is on disk; nothing of it is if it throws. */
  async write<T>(change: (tx: Writing) => Promise<T>): Promise<T> {
    const tx = (await this.#opened()).transaction(stores, "readwrite", {
      durability: "strict",
    });
    try {
      const result = await change(tx);
      await tx.done;
      return result;
    } catch (error) {
      try {
        tx.abort();
      } catch {
        // It has ended already.
      }
      await tx.done.catch(() => {});
      throw error;
    }
  }

  record = async (id: string): Promise<Kept | undefined> =>
    (await this.#opened()).get("outbox", id);
  records = async (): Promise<Kept[]> => (await this.#opened()).getAll("outbox");
  recordsThat = async (standing: Standing): Promise<Kept[]> =>
    (await this.#opened()).getAllFromIndex("outbox", "byStanding", standing);
  workers = async (): Promise<Worker[]> => (await this.#opened()).getAll("workers");
  worker = async (id: string): Promise<Worker | undefined> =>
    (await this.#opened()).get("workers", id);
  pulled = async (name: string): Promise<Pulled | undefined> =>
    (await this.#opened()).get("pulled", name);
  notes = async (worker = ""): Promise<NoteKept[]> => {
    const db = await this.#opened();
    return worker ? db.getAllFromIndex("notes", "byWorker", worker) : db.getAll("notes");
  };
  photos = async (): Promise<PhotoKept[]> => (await this.#opened()).getAll("photos");
  picture = async (id: string): Promise<PictureKept | undefined> =>
    (await this.#opened()).get("pictures", id);
  /** The phone's name; the first who asks gives it one, which begins with `prefix`. */
  device = (prefix = ""): Promise<string> =>
    this.write(async (tx) => {
      const facts = tx.objectStore("facts");
      const device = String((await facts.get(deviceFact)) ?? "") || prefix + crypto.randomUUID();
      await facts.put(device, deviceFact);
      return device;
    });
  fact = async (name: string): Promise<Fact | undefined> =>
    (await this.#opened()).get("facts", name);

  close(): void {
    void this.#open?.then((db) => db.close());
  }

  /** Deletes all of it; resolves also where another page holds it, which then loses it a little later. */
  async destroy(): Promise<void> {
    (await this.#opened()).close();
    await new Promise((resolve) => {
      const request = indexedDB.deleteDatabase(this.name);
      request.onsuccess = request.onerror = request.onblocked = resolve;
    });
  }
}
