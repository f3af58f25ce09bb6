/** The phone as a whole, before a server that keeps what it takes. */
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Phone } from "./phone.svelte";
import { Db } from "./store/db";
import { emptyPhone, fact, TestServerKey } from "./testing";

const pin = "482915";

interface Sent {
  readonly id: string;
  readonly person?: { readonly name?: string };
}

/** A server of one commune without people; what it is to refuse can be set. */
class Server {
  readonly entries = new Set<string>();
  readonly rescued = new Set<string>();
  readonly asked: string[] = [];
  readonly told: unknown[] = [];
  readonly devices = new Set<string>();
  epoch = "e1";
  /** What stands before it: an answer of its own, or null to let it through. */
  before: (path: string, sent: readonly Sent[]) => Response | null = () => null;
  refuses: (id: string) => boolean = () => false;
  fate = (id: string): { fate: string; reason?: string } => ({
    fate: this.entries.has(id) || this.rescued.has(id) ? "counted" : "absent",
  });

  constructor(readonly key: TestServerKey) {}

  fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const path = String(input);
    this.asked.push(path);
    const body = init?.body;
    const packed = new Headers(init?.headers).has("Content-Encoding");
    const text = !body
      ? "{}"
      : packed
        ? gunzipSync(body as Uint8Array).toString()
        : typeof body === "string"
          ? body
          : new TextDecoder().decode(body as Uint8Array);
    const told = JSON.parse(text) as {
      device?: string;
      token?: string;
      entries?: Sent[];
      records?: Sent[];
    };
    this.told.push(told);
    const sent = told.entries ?? told.records ?? [];
    const instead = this.before(path, sent);
    if (instead) return instead;
    if (path === "/api/v1/devices") {
      this.devices.add(told.device ?? "");
      return json({ token: `token of ${told.token}` });
    }
    if (path === "/api/v1/sync/pull") {
      const had = new Headers(init?.headers).get("If-None-Match");
      if (had === '"1"') return new Response(null, { status: 304 });
      const user = new Headers(init?.headers).get("Authorization")?.split(" ").at(-1) ?? "";
      return json(
        {
          epoch: this.epoch,
          now: new Date().toISOString(),
          me: {
            id: user,
            name: user,
            role: "campaigner",
            office: { id: "a", name: "A" },
            communes: [],
          },
          seal: this.key.told,
          campaigns: [],
          communes: [],
          activities: [],
        },
        { ETag: '"1"' },
      );
    }
    if (path === "/api/v1/sync/receipt")
      return json({ epoch: this.epoch, entries: this.entries.size });
    if (path === "/api/v1/device/wiped") return new Response(null, { status: 204 });
    if (path === "/api/v1/sync/fates") {
      const ids = (told.entries ?? []) as unknown as string[];
      return json({ results: ids.map((id) => ({ id, ...this.fate(id) })) });
    }
    const results = sent.map(({ id }) => {
      if (this.refuses(id)) return { id, status: "refused", code: "entry.value" };
      (told.records ? this.rescued : this.entries).add(id);
      return { id, status: "accepted" };
    });
    return json({ epoch: this.epoch, received: new Date().toISOString(), results });
  };
}

const json = (body: unknown, headers = {}) => new Response(JSON.stringify(body), { headers });

const problem = (status: number, code: string, headers = {}) =>
  new Response(JSON.stringify({ code }), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });

let server: Server;
const pages: Phone[] = [];

/** Opens the app in one more page. */
async function page(): Promise<Phone> {
  const phone = await Phone.open(() => {});
  pages.push(phone);
  return phone;
}

const settled = (phone: Phone, signal = "idle") => expect.poll(() => phone.signal).toBe(signal);

beforeEach(async () => {
  emptyPhone();
  server = new Server(await TestServerKey.make());
  vi.stubGlobal("fetch", server.fetch);
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("location", { reload: () => {} });
});

afterEach(() => {
  for (const phone of pages.splice(0)) phone.close();
  vi.unstubAllGlobals();
});

it("is one phone in all its pages, though each was opened before any worker came", async () => {
  const [app, tab] = [await page(), await page()];
  await app.enrol("ann", "Máy mô phỏng", pin);
  await tab.enrol("bob", "Máy mô phỏng", pin);
  expect(server.devices.size).toBe(1);
  await expect.poll(() => app.workers.map((w) => w.id)).toEqual(["ann", "bob"]);
  expect(new Set(app.workers.map((w) => w.device))).toEqual(server.devices);
  // A worker who comes back in the tab is not open in the app any more.
  await settled(app);
  await tab.enrol("ann", "", pin);
  await expect.poll(() => app.author).toBeNull();
});

it("counts wrong PINs of all its pages together", async () => {
  const app = await page();
  await app.enrol("ann", "", pin);
  const tab = await page();
  app.lock();
  for (const phone of [app, tab, app])
    await expect(phone.unlock("ann", "000000")).rejects.toThrow();
  expect((await page()).workers[0]?.wrong).toBe(3);
});

it("takes a worker back who forgot the PIN, whatever becomes of what lay under the old one", async () => {
  const app = await page();
  await app.enrol("ann", "", pin);
  await settled(app);
  server.before = (path) => (path.endsWith("/push") ? new Response("", { status: 502 }) : null);
  const kept = await app.recordAll(Array.from({ length: 120 }, (_, i) => fact(i)));
  await settled(app, "unreached");
  app.lock();
  // The key of the old records is none of this server's; the new ones go all the same.
  server.before = (path) => (path.endsWith("/rescue") ? problem(422, "rescue.key") : null);
  await app.enrol("ann", "", "719364");
  await settled(app);
  const own = await app.record(fact(500));
  await expect.poll(() => server.entries.has(own.id)).toBe(true);
  expect(app.outbox.rejected("ann").map((r) => [r.id, r.code])).toEqual(
    kept.map((e) => [e.id, "rescue.key"]),
  );
  // What came back is brought once more at the next beginning.
  server.before = () => null;
  await app.enrol("ann", "", pin);
  await settled(app);
  await expect.poll(() => server.rescued.size).toBe(120);
  expect(app.outbox.that("sent").length).toBe(121);
});

it("settles a rescue part by part, and goes on after a cut where it was", async () => {
  const app = await page();
  await app.enrol("ann", "", pin);
  server.before = (path) => (path.endsWith("/push") ? new Response("", { status: 502 }) : null);
  const kept = await app.recordAll(Array.from({ length: 120 }, (_, i) => fact(i)));
  await settled(app, "unreached");
  app.lock();
  let rescues = 0;
  server.before = (path) =>
    path.endsWith("/rescue") && ++rescues > 1 ? new Response("", { status: 502 }) : null;
  server.refuses = (id) => id === kept[3]?.id;
  await app.enrol("ann", "", "719364");
  await settled(app, "unreached");
  const first = app.outbox.that("sent").length;
  expect([first, server.rescued.size]).toEqual([49, 49]);
  server.before = () => null;
  app.sync();
  await settled(app);
  expect(app.outbox.that("sent").length).toBe(119);
  expect(app.outbox.rejected("ann").map((r) => r.id)).toEqual([kept[3]?.id]);
});

it("believes no bar that is not ours", async () => {
  const app = await page();
  await app.enrol("ann", "", pin);
  await settled(app);
  const html = { "Content-Type": "text/html" };
  const foreign = [
    () => new Response("Forbidden", { status: 403, headers: html }),
    () => new Response("{}", { status: 401, headers: { "Content-Type": "application/json" } }),
    () => new Response('{"code":"denied"}', { status: 403 }),
    () => new Response(null, { status: 407 }),
  ];
  for (const answer of foreign) {
    for (const where of ["/push", "/pull"]) {
      server.before = (path) => (path.endsWith(where) ? answer() : null);
      await app.record(fact(1));
      await settled(app, "unreached");
      server.before = () => null;
      app.sync();
      await settled(app);
    }
  }
  server.before = (path) => (path.endsWith("/pull") ? problem(401, "session.ended") : null);
  app.sync();
  await settled(app, "barred");
});

it("asks a busy server again when it said, and not before", async () => {
  const app = await page();
  await app.enrol("ann", "", pin);
  await settled(app);
  const waits: number[] = [];
  const timer = vi.spyOn(globalThis, "setTimeout");
  server.before = (path) =>
    path.endsWith("/pull") ? problem(503, "sync.busy", { "Retry-After": "90" }) : null;
  app.sync();
  await settled(app, "busy");
  for (const [, ms] of timer.mock.calls) if (ms && ms >= 2000) waits.push(ms);
  timer.mockRestore();
  expect(waits.filter((ms) => ms >= 90_000 && ms <= 135_000).length).toBe(1);
});

it("waits ever longer for a link that is gone, and no longer for one that cuts but carries", async () => {
  const app = await page();
  await app.enrol("ann", "", pin);
  await settled(app);
  server.before = () => Response.error();
  for (let n = 1; n <= 60; n++) await app.record(fact(n)); // more than go at once
  await settled(app, "unreached");
  const waits: number[] = [];
  const later = globalThis.setTimeout;
  const timer = vi.spyOn(globalThis, "setTimeout").mockImplementation(((
    act: () => void,
    ms = 0,
  ) => {
    if (ms < 2000) return later(act, ms);
    waits.push(ms);
    if (waits.length === 4) {
      let left = 1; // one batch gets through
      server.before = (path) => (path.endsWith("/push") && left-- > 0 ? null : Response.error());
    } else server.before = () => Response.error();
    return later(act);
  }) as typeof setTimeout);
  app.sync();
  await expect.poll(() => waits.length).toBeGreaterThan(5);
  timer.mockRestore();
  server.before = () => null;
  await expect.poll(() => app.outbox.that("waiting").length).toBe(0);
  for (const [i, wait] of [2, 4, 8, 16, 2, 4].entries()) {
    expect(waits[i]).toBeGreaterThanOrEqual(wait * 1000);
    expect(waits[i]).toBeLessThan(wait * 1500);
  }
});

it("wipes a leaving phone when all is brought, also what came back, and says nothing sooner", async () => {
  const app = await page();
  const tab = await page(); // which holds the database open, too
  await app.enrol("ann", "", pin);
  await settled(app);
  const bad = await app.record(fact(1));
  server.refuses = (id) => id === bad.id;
  await expect.poll(() => app.outbox.rejected("ann").length).toBe(1);
  await settled(app);
  server.before = (path) => (path.endsWith("/pull") ? problem(403, "device.leaving") : null);
  app.sync();
  await settled(app, "barred");
  await expect.poll(() => app.leaving).toBe(1);
  expect(app.outbox.all.map((r) => r.standing)).toEqual(["refused"]);
  expect(server.asked).not.toContain("/api/v1/device/wiped");
  // The server keeps it apart.
  server.refuses = () => false;
  app.sync();
  await expect.poll(() => server.asked).toContain("/api/v1/device/wiped");
  expect(server.entries.has(bad.id)).toBe(true);
  await expect.poll(() => tab.workers).toEqual([]);
  expect((await page()).outbox.all).toEqual([]);
  expect(server.told.at(-1)).toEqual({ unsent: 0 });
});

it("wipes a lost phone at once, and leaves another worker's records alone", async () => {
  const app = await page();
  await app.enrol("bob", "", pin);
  await settled(app);
  server.before = (path) => (path.endsWith("/push") ? new Response("", { status: 502 }) : null);
  const kept = await app.record(fact(1));
  await settled(app, "unreached");
  await app.enrol("ann", "", pin);
  await app.record(fact(2));
  server.before = (path) => (path.endsWith("/push") ? problem(403, "device.lost") : null);
  app.sync();
  await expect.poll(() => server.asked).toContain("/api/v1/device/wiped");
  expect(server.told.at(-1)).toEqual({ unsent: 1 });
  const after = await page();
  expect(after.outbox.all.map((r) => r.id)).toEqual([kept.id]);
  expect(after.workers.map((w) => w.id)).toEqual(["bob"]);
});

it("is not wiped as long as the storage did not do it", async () => {
  const app = await page();
  await app.enrol("ann", "", pin);
  await settled(app);
  const clear = vi.spyOn(IDBObjectStore.prototype, "clear").mockImplementation(() => {
    throw new DOMException("the disk is broken", "UnknownError");
  });
  server.before = (path) => (path.endsWith("/pull") ? problem(403, "device.lost") : null);
  app.sync();
  await expect.poll(() => clear.mock.calls.length).toBeGreaterThan(0);
  expect((await page()).workers.length).toBe(1);
  expect(server.asked).not.toContain("/api/v1/device/wiped");
  // It is locked, and wiped when its worker next opens it.
  clear.mockRestore();
  expect(app.author).toBeNull();
  await app.unlock("ann", pin);
  await expect.poll(() => server.asked).toContain("/api/v1/device/wiped");
});

it("fills a server that was restored, though it has nothing new to bring", async () => {
  const app = await page();
  await app.enrol("ann", "", pin);
  const { id } = await app.record(fact(1));
  await settled(app);
  expect(server.entries.has(id)).toBe(true);
  server.entries.clear(); // restored from a copy of the day before
  server.epoch = "e2";
  app.sync();
  await expect.poll(() => server.entries.has(id)).toBe(true);
  await settled(app);
  expect(app.receipt?.agrees).toBe(true);
});

it("compares by itself once more where the link was cut before the answer", async () => {
  const app = await page();
  await app.enrol("ann", "", pin);
  await settled(app);
  let cuts = 0;
  server.before = (path) => (path.endsWith("/receipt") && !cuts++ ? Response.error() : null);
  await app.record(fact(1));
  await settled(app, "unreached");
  expect(app.receipt?.phone).toBe(0);
  await expect.poll(() => app.receipt?.phone, { timeout: 10_000 }).toBe(1);
  await settled(app);
});

it("tells what became of each record, and sends again what the server turns out to lack", async () => {
  const app = await page();
  await app.enrol("ann", "", pin);
  await settled(app);
  const kept = await app.recordAll([fact(1), fact(2), fact(3), fact(4)]);
  await expect.poll(() => app.outbox.that("sent").length).toBe(4);
  await settled(app);
  const [counted, lost, twice, held] = kept.map((e) => e.id);
  // It is asked once in a while, and when the worker asks.
  expect(server.asked.filter((p) => p.endsWith("/fates")).length).toBe(0);
  server.entries.delete(lost ?? "");
  const fate = server.fate;
  server.fate = (id) =>
    id === twice
      ? { fate: "review", reason: "duplicate_enrolment" }
      : id === held
        ? { fate: "waits" }
        : fate(id);
  app.sync(true);
  await expect.poll(() => server.entries.has(lost ?? "")).toBe(true);
  await settled(app);
  const standing = (id = "") => app.outbox.all.find((r) => r.id === id);
  expect(kept.map((e) => standing(e.id)?.standing)).toEqual(["sent", "sent", "sent", "held"]);
  expect(standing(counted)?.fate).toEqual({ fate: "counted", reason: "" });
  expect(standing(twice)?.fate).toEqual({ fate: "review", reason: "duplicate_enrolment" });
});

it("makes room on a full phone by what can be taken anew, and saves", async () => {
  const app = await page();
  await app.enrol("ann", "", pin);
  await settled(app);
  const db = await Db.open();
  const sealed = { iv: new Uint8Array(12), data: new ArrayBuffer(8) };
  const list = (name: string) =>
    db.write((tx) => tx.objectStore("pulled").put({ name, tag: "t", whole: true, sealed }));
  await list("ann/people/00009");
  await list("bob/part/00008");
  const put = IDBObjectStore.prototype.put;
  const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
    this: IDBObjectStore,
    ...args: Parameters<typeof put>
  ) {
    if (this.name === "outbox" && full.mock.calls.length === 2) {
      throw new DOMException("no room", "QuotaExceededError");
    }
    return put.apply(this, args);
  });
  const entry = await app.record(fact(1)); // the number is written before the record
  expect(full.mock.calls.length).toBeGreaterThan(2);
  full.mockRestore();
  expect((await db.record(entry.id))?.seq).toBe(1);
  expect(await db.pulled("ann/people/00009")).toBeUndefined();
  expect(await db.pulled("bob/part/00008")).toBeUndefined();
  expect(await db.pulled("ann/pull")).toBeDefined();
  db.close();
  await expect.poll(() => server.entries.has(entry.id)).toBe(true); // else it goes in the next test
});

it("tells how it stands when that changed, and rehearses once when asked, keeping nothing", async () => {
  let rehearse = "";
  const plan = (tag: string) =>
    json(
      {
        epoch: "e1",
        now: new Date().toISOString(),
        me: {
          id: "ann",
          name: "ann",
          role: "campaigner",
          office: { id: "a", name: "A" },
          communes: [],
        },
        seal: server.key.told,
        campaigns: [],
        communes: [],
        activities: [],
        ...(rehearse && { rehearse }),
      },
      { ETag: tag },
    );
  let reaches = true;
  server.before = (path, sent) => {
    if (path === "/api/v1/sync/pull") return plan(`"${rehearse}"`);
    if (path === "/api/v1/device/state") return new Response(null, { status: 204 });
    if (path !== "/api/v1/sync/rehearse") return null;
    if (!reaches) return new Response("", { status: 502 });
    const results = sent.map(({ id }) => ({ id, status: "accepted" }));
    return json({ rehearsed: true, received: new Date().toISOString(), results });
  };
  const states = () =>
    server.told.filter((_, i) => server.asked[i] === "/api/v1/device/state") as {
      rehearsed?: { ok: boolean };
    }[];
  const app = await page();
  app.place = () =>
    Promise.resolve({
      app: "index-A",
      used: 1,
      room: 6e9,
      installed: true,
      offline: true,
      agent: "",
      language: "vi",
    });
  await app.enrol("ann", "", pin);
  await settled(app);
  await expect.poll(() => states().length).toBe(1);
  app.sync();
  await settled(app);
  expect(states().length).toBe(1); // nothing changed

  rehearse = new Date(Date.now() - 1000).toISOString();
  reaches = false;
  app.sync();
  await settled(app, "unreached");
  expect(app.rehearsed).toBeNull();
  reaches = true;
  app.sync();
  await settled(app);
  expect(app.rehearsed?.ok).toBe(true);
  expect(states().map((s) => s.rehearsed?.ok)).toEqual([undefined, true]);
  const asked = () => server.asked.filter((p) => p === "/api/v1/sync/rehearse").length;
  expect(asked()).toBe(2);
  app.sync();
  await settled(app);
  expect(asked()).toBe(2); // once is enough
  expect(app.outbox.all).toEqual([]);
  expect(server.entries.size).toBe(0);
  // The worker's count goes on without a gap.
  expect((await app.record(fact(1))).seq).toBe(1);

  // It is known after the app was opened anew, and gone with the worker's key.
  const tab = await page();
  await tab.unlock("ann", pin);
  expect(tab.rehearsed?.ok).toBe(true);
  await tab.enrol("ann", "", "719364");
  await expect.poll(() => tab.signal).toBe("idle");
  expect(asked()).toBe(3);
});
