/** What the tests of the phone share: a database in memory, a server's key, a worker. */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { Db } from "./store/db";
import { DataKey, fromBase64, random, rounds, ServerKey, toBase64 } from "./store/seal";
import { Outbox, type Author } from "./store/outbox.svelte";
import type { Fact } from "./store/entry";
import type { Rescue } from "./store/db";

/** A phone that was just bought. */
export function emptyPhone(): void {
  globalThis.indexedDB = new IDBFactory();
}

/** The server's half of the rescue: its key, and what opens what was sealed to it. */
export class TestServerKey {
  private constructor(
    readonly told: { id: string; key: string },
    private readonly pair: CryptoKeyPair,
  ) {}

  static async make(): Promise<TestServerKey> {
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const pair = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
    const point = await crypto.subtle.exportKey("raw", pair.publicKey);
    return new TestServerKey({ id: "k1", key: toBase64(point) }, pair);
  }

  async open(rescue: Rescue, worker: string, device: string): Promise<ArrayBuffer> {
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const epk = await crypto.subtle.importKey("raw", fromBase64(rescue.epk), curve, false, []);
    const shared = await crypto.subtle.deriveBits(
      { name: "ECDH", public: epk },
      this.pair.privateKey,
      256,
    );
    const key = await crypto.subtle.deriveKey(
      {
        name: "HKDF",
        hash: "SHA-256",
        salt: new Uint8Array(),
        info: new TextEncoder().encode(`caunoi rescue v1 ${worker} ${device}`),
      },
      await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]),
      { name: "AES-GCM", length: 256 },
      false,
      ["decrypt"],
    );
    return await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: fromBase64(rescue.iv) },
      key,
      fromBase64(rescue.ct),
    );
  }
}

export async function author(server: TestServerKey, id = "ann", device = "phone-1") {
  const salt = random(16);
  const made = await DataKey.make("482915", salt, ServerKey.of(server.told), id, device);
  const who: Author = { id, office: "a", device, key: made.key, rescue: made.rescue };
  return { who, salt, ...made };
}

export const fact = (n: number): Fact => ({
  kind: "consultation",
  campaign: "c",
  commune: "00001",
  person: { name: `Mô phỏng ${n}`, citizen: String(10_199_000_000 + n).padStart(12, "0") },
  body: { topics: ["card"], outcome: "promised" },
});

/** The phone after its browser was killed and opened again; `authors` have it. */
export async function opened(...authors: Author[]): Promise<{ db: Db; outbox: Outbox }> {
  const db = await Db.open();
  for (const author of authors) await taken(db, author);
  return { db, outbox: await Outbox.open(db) };
}

/** Puts a worker on the phone, as enrolling does. */
export async function taken(db: Db, { id, device, rescue, key }: Author): Promise<void> {
  const token = await key.seal(`token ${id}`, "t");
  const row = { id, name: id, device, salt: random(16), rounds, wrapped: null, rescue, wrong: 0 };
  await db.write((tx) => tx.objectStore("workers").put({ ...row, token }));
}

export { seeded } from "$shared/seeded";
