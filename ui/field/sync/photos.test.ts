import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { Photos } from "../photo/photos.svelte";
import { forgetWorker, type Db, type Kept, type Rescue } from "../store/db";
import { fromBase64 } from "../store/seal";
import type { Fact } from "../store/entry";
import { daysKept, type Author, type Outbox } from "../store/outbox.svelte";
import { author, emptyPhone, fact, opened, seeded, TestServerKey } from "../testing";
import type { Door } from "./door";
import { PhotoCarrier } from "./photos";

const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");
const never = () => false;

/** What the server holds of pictures; see attachment.Take. */
class Server {
  readonly here = new Map<string, Uint8Array[]>();
  /** What the next answer is instead, if anything. */
  fails: (path: string, method: string) => Response | null = () => null;
  /** The next piece is taken, and its answer does not arrive. */
  lost = false;
  pieces = 0;

  readonly rescued: string[] = [];

  readonly bytes = (path: string): Buffer => Buffer.concat(this.here.get(path) ?? []);

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    await new Promise((later) => setTimeout(later)); // others have their turn
    const path = String(input);
    const method = init?.method ?? "GET";
    const failed = this.fails(path, method);
    if (failed) return failed;
    if (path.endsWith("/rescue/picture")) {
      this.rescued.push(String(init?.body));
      return Response.json({ offset: 1000 });
    }
    const at = this.bytes(path).length;
    if (method === "PATCH") {
      const offset = Number(new Headers(init?.headers).get("Upload-Offset"));
      if (offset === 0) this.here.set(path, []);
      else if (offset !== at) return problem(409, "attachment.offset", { offset: at });
      const body = init?.body as Uint8Array;
      expect(body.length).toBeGreaterThan(0);
      expect(body.length).toBeLessThanOrEqual(256 << 10);
      this.here.set(path, [...(this.here.get(path) ?? []), body.slice()]);
      this.pieces++;
      if (this.lost) return Response.error();
    }
    return Response.json({ offset: this.bytes(path).length });
  };

  readonly door = (): Door => ({
    url: "",
    token: "t",
    fetch: this.fetch as typeof fetch,
    now: () => new Date(),
  });
}

const problem = (status: number, code: string, params = {}): Response =>
  new Response(JSON.stringify({ code, params }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });

interface Phone {
  who: Author;
  db: Db;
  outbox: Outbox;
  photos: Photos;
}

async function phone(): Promise<Phone> {
  emptyPhone();
  const { who } = await author(await TestServerKey.make());
  const { db, outbox } = await opened(who);
  return { who, db, outbox, photos: await Photos.open(db) };
}

const picture = (n: number, seed: number) => {
  const dice = seeded(seed);
  const data = new Uint8Array(n).map(() => Math.floor(dice() * 256));
  return { data, type: "image/webp" };
};

/** Records something with a photo; the path at which that is brought. */
async function recorded({ who, outbox, photos }: Phone, n: number, size: number) {
  const { data, type } = picture(size, n);
  const kept = await photos.keep(who, { data, type });
  const attachments = [{ digest: kept.digest, bytes: kept.bytes, type: kept.type }];
  const told: Fact = { ...fact(n), kind: "card_donation", attachments };
  const [entry] = await outbox.saveAll(who, [told], new Date(), { photos: [kept.id] });
  await photos.reload();
  const record = entry?.id ?? "";
  const path = `/api/v1/sync/attachments/${record}/${sha256(data)}`;
  return { id: kept.id, record, data, path };
}

async function sent({ outbox }: Phone, ...only: string[]): Promise<void> {
  const all = outbox.that("waiting").filter((r) => !only.length || only.includes(r.id));
  const answered = new Date().toISOString();
  const changed = all.map((r): [string, Kept] => [r.id, { ...r, standing: "sent", answered }]);
  await outbox.settle(new Map(changed), "e1");
}

it("brings every byte of every photo once, whatever the network does", async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const dice = seeded(seed);
    const at = await phone();
    const server = new Server();
    const all = [];
    for (let n = 1; n <= 3; n++) all.push(await recorded(at, n, 1 + Math.floor(dice() * 700_000)));
    await sent(at);
    server.fails = (_, method) => {
      const chance = dice();
      if (chance < 0.15) return Response.error(); // it did not arrive
      if (chance < 0.25) return new Response("<html>portal", { status: 200 });
      if (chance < 0.3) return new Response("bad gateway", { status: 502 });
      if (chance < 0.35) return problem(503, "sync.busy");
      server.lost = method === "PATCH" && chance < 0.5;
      return null;
    };
    for (let tries = 0; at.photos.unsent().length; tries++) {
      expect(tries).toBeLessThan(300);
      // Each attempt is another life of the app.
      const { db, outbox } = at;
      const photos = await Photos.open(db);
      const end = await new PhotoCarrier(photos, outbox, 0).run(
        at.who,
        server.door(),
        () => dice() < 0.1,
      );
      expect(["unreached", "busy", undefined]).toContain(end?.why);
      await at.photos.reload();
    }
    for (const { path, data } of all) expect(sha256(server.bytes(path))).toBe(sha256(data));
  }
}, 60_000);

it("waits until the server has the record, and lets what is urgent go first", async () => {
  const at = await phone();
  const server = new Server();
  const one = await recorded(at, 1, 300_000);
  const two = await recorded(at, 2, 300_000);
  const carrier = new PhotoCarrier(at.photos, at.outbox, 0);
  await sent(at, two.record);
  expect(await carrier.run(at.who, server.door(), () => server.pieces > 0)).toBeNull();
  expect([server.bytes(one.path).length, server.bytes(two.path).length]).toEqual([0, 32 << 10]);
  expect(await carrier.run(at.who, server.door(), never)).toBeNull();
  expect(at.photos.unsent().map((p) => p.id)).toEqual([one.id]);
  expect(sha256(server.bytes(two.path))).toBe(sha256(two.data));
});

it("begins once more where the server has other bytes, then tells why it gives up", async () => {
  const at = await phone();
  const server = new Server();
  const { id, record } = await recorded(at, 1, 1000);
  await sent(at);
  const carrier = new PhotoCarrier(at.photos, at.outbox, 0);
  server.fails = (_, method) => (method === "PATCH" ? problem(422, "attachment.digest") : null);
  expect(await carrier.run(at.who, server.door(), never)).toBeNull();
  expect(at.photos.of(record)).toMatchObject([{ id, fault: "attachment.digest" }]);
  expect(at.photos.unsent()).toEqual([]);
});

it("is barred, and loses nothing by it", async () => {
  const at = await phone();
  const server = new Server();
  const { id } = await recorded(at, 1, 1000);
  await sent(at);
  server.fails = () => problem(403, "device.lost");
  const end = await new PhotoCarrier(at.photos, at.outbox, 0).run(at.who, server.door(), never);
  expect(end).toEqual({ why: "barred", code: "device.lost" });
  expect(at.photos.unsent().map((p) => p.id)).toEqual([id]);
  expect(await at.photos.picture(at.who, id)).toEqual(picture(1000, 1).data);
});

it("brings one whose PIN was forgotten as it lies sealed, and the others as ever", async () => {
  emptyPhone();
  const key = await TestServerKey.make();
  const first = await author(key);
  const had = await opened(first.who);
  const at = { who: first.who, ...had, photos: await Photos.open(had.db) };
  const server = new Server();
  const old = await recorded(at, 1, 1000);
  await sent(at);
  const { who } = await author(key);
  const again = await opened(who);
  const next = { ...at, who, outbox: again.outbox, db: again.db };
  next.photos = await Photos.open(again.db);
  const { path, data } = await recorded(next, 2, 1000);
  await sent(next);
  const carrier = new PhotoCarrier(next.photos, next.outbox, 0);
  expect(await carrier.run(who, server.door(), never)).toBeNull();
  expect(next.photos.unsent()).toEqual([]);
  const told = JSON.parse(server.rescued[0] ?? "{}") as Record<string, string>;
  expect(told).toMatchObject({ entry: old.record, digest: sha256(old.data), worker: who.id });
  // The server opens it, by the key that it alone has.
  const raw = await key.open(told["key"] as unknown as Rescue, who.id, who.device);
  const aes = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  const shown = await crypto.subtle.decrypt(
    {
      name: "AES-GCM",
      iv: fromBase64(told["iv"] ?? ""),
      additionalData: new TextEncoder().encode(`photo ${told["photo"]}`),
    },
    aes,
    fromBase64(told["ct"] ?? ""),
  );
  expect(sha256(new Uint8Array(shown))).toBe(sha256(old.data));
  expect(sha256(server.bytes(path))).toBe(sha256(data));
});

it("goes with the record that mends a refused one, and with nothing that is dropped", async () => {
  const at = await phone();
  const { who, outbox, photos, db } = at;
  const { id, record } = await recorded(at, 1, 1000);
  const one = () => {
    const kept = outbox.all.find((r) => r.id === record);
    if (!kept) throw new Error("it is gone");
    return kept;
  };
  await outbox.settle(new Map([[record, { ...one(), standing: "refused", code: "x" }]]), "e1");
  const before = await outbox.read(who, one());
  const mended = await outbox.mend(who, one(), before, new Date(), { photos: [id] });
  await photos.reload();
  expect(photos.of(record)).toEqual([]);
  expect(photos.of(mended.id).map((p) => p.id)).toEqual([id]);

  // A server that was restored may lack it again.
  await sent(at);
  await photos.put(id, { there: true });
  await outbox.settle(new Map(), "e2");
  await photos.reload();
  expect(photos.unsent().map((p) => p.id)).toEqual([id]);

  // A record that is old is kept as long as its photo is not brought, and no longer.
  await sent(at);
  const late = new Date(Date.now() + (daysKept + 1) * 86_400_000);
  await outbox.tidy(late);
  expect(outbox.all.map((r) => r.id)).toContain(mended.id);
  await photos.put(id, { there: true });
  await outbox.tidy(late);
  await photos.reload();
  expect(outbox.all.map((r) => r.id)).not.toContain(mended.id);
  expect([await db.photos(), await db.picture(id)]).toEqual([[], undefined]);
});

it("goes with a worker who leaves, and stays with who shares the phone", async () => {
  const at = await phone();
  const { who: bob } = await author(await TestServerKey.make(), "bob");
  const shared = await opened(at.who, bob);
  const one = await recorded(at, 1, 100);
  const two = await recorded({ ...at, who: bob }, 2, 100);
  await at.photos.keep(at.who, picture(100, 3)); // of a form that is not saved
  await shared.db.write((tx) => forgetWorker(tx, at.who.id));
  expect((await shared.db.photos()).map((p) => p.id)).toEqual([two.id]);
  expect(await shared.db.picture(one.id)).toBeUndefined();
  await shared.db.write((tx) => forgetWorker(tx, bob.id));
  expect(await shared.db.photos()).toEqual([]);
});

it("forgets what was taken for a form that nobody went on with", async () => {
  const at = await phone();
  const week = 8 * 86_400_000;
  const old = await at.photos.keep(at.who, picture(100, 1), new Date(Date.now() - week));
  const young = await at.photos.keep(at.who, picture(100, 2));
  const { record } = await recorded(at, 3, 100);
  const photos = await Photos.open(at.db);
  expect((await at.db.photos()).map((p) => p.id)).not.toContain(old.id);
  expect((await at.db.photos()).map((p) => p.id)).toContain(young.id);
  expect(photos.of(record).length).toBe(1);
});

it("is brought once by two pages of the app at the same time", async () => {
  const at = await phone();
  const server = new Server();
  const { path, data, record } = await recorded(at, 1, 600_000);
  await sent(at);
  const page = async () => new PhotoCarrier(await Photos.open(at.db), at.outbox, 0);
  const both = [await page(), await page()].map((c) => c.run(at.who, server.door(), never));
  expect(await Promise.all(both)).toEqual([null, null]);
  await at.photos.reload();
  expect(at.photos.of(record)).toMatchObject([{ there: true }]);
  expect(at.photos.of(record)[0]?.fault).toBeUndefined();
  expect(sha256(server.bytes(path))).toBe(sha256(data));
});

it("believes no answer that takes nothing, and tries later", async () => {
  const at = await phone();
  const server = new Server();
  await recorded(at, 1, 1000);
  await sent(at);
  let asked = 0;
  server.fails = () => (asked++ < 100 ? Response.json({ offset: 0 }) : null); // a cache in between
  const end = await new PhotoCarrier(at.photos, at.outbox, 0).run(at.who, server.door(), never);
  expect(end).toEqual({ why: "unreached" });
  expect(asked).toBeLessThan(10);
  expect(at.photos.unsent().length).toBe(1);
});
