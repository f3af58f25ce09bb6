import { beforeEach, expect, it } from "vitest";
import { author, emptyPhone, fact, opened, TestServerKey } from "../testing";
import { heardFact } from "./clock";
import { newId } from "./entry";
import { DataKey, WrongPin } from "./seal";
import { forgottenFact } from "./db";
import { daysKept, Left, NotRefused, sealParams } from "./outbox.svelte";

beforeEach(emptyPhone);

it("keeps what is saved when the browser is killed", async () => {
  const server = await TestServerKey.make();
  const { who } = await author(server);
  const first = await opened(who);
  const entry = await first.outbox.save(who, fact(1));
  // Nothing is closed: the page is gone from one moment to the next.
  const { outbox } = await opened();
  expect(outbox.all.map((r) => [r.id, r.seq, r.standing])).toEqual([[entry.id, 1, "waiting"]]);
  const [record] = outbox.all;
  if (!record) throw new Error("nothing was kept");
  expect(await outbox.read(who, record)).toEqual(entry);
});

it("numbers records without a gap, whoever saves at once", async () => {
  const server = await TestServerKey.make();
  const { who } = await author(server);
  const one = await opened(who, { ...who, id: "bob" });
  const two = await opened(); // the app is open twice
  await Promise.all([
    ...Array.from({ length: 20 }, (_, i) => one.outbox.save(who, fact(i))),
    ...Array.from({ length: 10 }, (_, i) => two.outbox.save(who, fact(100 + i))),
    two.outbox.saveAll(who, [fact(200), fact(201), fact(202)]),
  ]);
  const bob = { ...who, id: "bob" }; // who shares the phone counts alone
  await two.outbox.save(bob, fact(300));
  const { outbox } = await opened();
  const seqs = (worker: string) =>
    outbox.all
      .filter((r) => r.worker === worker)
      .map((r) => r.seq)
      .sort((a, b) => a - b);
  expect(seqs("ann")).toEqual(Array.from({ length: 33 }, (_, i) => i + 1));
  expect(seqs("bob")).toEqual([1]);
});

it("lets nobody read what is kept without the PIN", async () => {
  const server = await TestServerKey.make();
  const { who, salt, wrapped, rescue } = await author(server);
  const { db, outbox } = await opened(who);
  await outbox.save(who, fact(1));
  const kept = await db.records();
  const plain = JSON.stringify(kept, (_, v: unknown) =>
    v instanceof ArrayBuffer || ArrayBuffer.isView(v)
      ? Buffer.from(v instanceof ArrayBuffer ? v : v.buffer).toString("latin1")
      : v,
  );
  expect(plain).not.toContain("Mô phỏng");
  expect(plain).not.toContain("010199000001");

  await expect(DataKey.open("000000", salt, 600_000, wrapped, who.id)).rejects.toBeInstanceOf(
    WrongPin,
  );
  const [record] = kept;
  if (!record) throw new Error("nothing was kept");
  const opened1 = await DataKey.open("482915", salt, 600_000, wrapped, who.id);
  expect(await opened1.open(record.id, record.sealed)).toContain("Mô phỏng 1");
  // A record is bound to its id, a key to its worker.
  await expect(opened1.open(newId(), record.sealed)).rejects.toThrow();
  await expect(DataKey.open("482915", salt, 600_000, wrapped, "bob")).rejects.toThrow();

  // The server opens it too, for who forgot the PIN.
  const raw = await server.open(rescue, who.id, who.device);
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  const text = await crypto.subtle.decrypt(
    {
      name: "AES-GCM",
      iv: record.sealed.iv,
      additionalData: new TextEncoder().encode(record.id),
    },
    key,
    record.sealed.data,
  );
  expect(new TextDecoder().decode(text)).toContain("Mô phỏng 1");
  await expect(server.open(rescue, who.id, "another phone")).rejects.toThrow();
});

it("mends a refused record under a number of its own, and sends the old one no more", async () => {
  const server = await TestServerKey.make();
  const { who } = await author(server);
  const { outbox } = await opened(who);
  const entry = await outbox.save(who, fact(1));
  const [record] = outbox.all;
  if (!record) throw new Error("nothing was kept");
  await outbox.settle(
    new Map([[entry.id, { ...record, standing: "refused" as const, code: "entry.value" }]]),
  );
  expect(outbox.rejected().length).toBe(1);
  const mended = await outbox.mend(who, outbox.rejected()[0] ?? record, fact(2));
  expect(mended.id).not.toBe(entry.id);
  expect(mended.seq).toBe(2);
  expect(outbox.rejected()).toEqual([]);
  expect(outbox.that("waiting").map((r) => r.id)).toEqual([mended.id]);
  // Neither a second press, nor another page, nor a late answer brings it back.
  await expect(outbox.mend(who, { ...record, standing: "refused" }, fact(3))).rejects.toThrow(
    NotRefused,
  );
  await outbox.again(record);
  await outbox.settle(new Map([[entry.id, { ...record, standing: "refused" as const }]]));
  // Both at once: a browser that is killed here leaves nothing to be mended twice.
  const again = await opened();
  expect(again.outbox.all.map((r) => r.standing)).toEqual(["mended", "waiting"]);
});

it("keeps sealed what a refusal says of a record", async () => {
  const { who } = await author(await TestServerKey.make());
  const { db, outbox } = await opened(who);
  await outbox.save(who, fact(1));
  const [record] = outbox.all;
  if (!record) throw new Error("nothing was kept");
  const params = await sealParams(who, record.id, { value: "1982-02-30" });
  const refused = { ...record, standing: "refused" as const, code: "person.birth", params };
  await outbox.settle(new Map([[record.id, refused]]));
  expect(JSON.stringify(await db.records())).not.toContain("1982");
  const why = await outbox.why(who, refused);
  expect([why.code, why.params]).toEqual(["person.birth", { value: "1982-02-30" }]);
});

it("forgets after its time what the server has, and what is mended or aside, by the server's clock", async () => {
  const server = await TestServerKey.make();
  const { who } = await author(server);
  const { db, outbox } = await opened(who);
  for (let i = 0; i < 5; i++) await outbox.save(who, fact(i));
  const [a, b, c, d] = outbox.all;
  if (!a || !b || !c || !d) throw new Error("nothing was kept");
  const answered = "2026-11-01T00:00:00Z";
  await outbox.settle(
    new Map([
      [a.id, { ...a, standing: "sent" as const, answered }],
      [b.id, { ...b, standing: "refused" as const, answered }],
      [c.id, { ...c, standing: "held" as const, answered }],
      [d.id, { ...d, standing: "refused" as const, answered }],
    ]),
  );
  const due = new Date(Date.parse(answered) + daysKept * 86_400_000);
  await outbox.tidy(due);
  expect(outbox.all.length).toBe(5);
  await outbox.tidy(new Date(due.getTime() + 1000));
  expect(outbox.all.map((r) => r.standing)).toEqual(["refused", "refused", "waiting"]);
  expect(await db.fact(forgottenFact("ann"))).toBe(2);

  // What is closed has its time from then on, whenever it was refused.
  await outbox.setAside(who, b, "Mô phỏng: nhầm người");
  await outbox.mend(who, d, fact(9));
  await outbox.tidy(due);
  await outbox.tidy(new Date(due.getTime() + daysKept * 86_400_000));
  expect(outbox.all.map((r) => r.standing)).toEqual(["aside", "mended", "waiting", "waiting"]);
  await outbox.tidy(new Date(due.getTime() + daysKept * 86_400_000 + 1000));
  expect(outbox.all.map((r) => r.standing)).toEqual(["waiting", "waiting"]);
  expect(await db.fact(forgottenFact("ann"))).toBe(2);
});

it("sets aside what was refused, with a reason that it seals, until it is sent again", async () => {
  const { who } = await author(await TestServerKey.make());
  const { db, outbox } = await opened(who);
  await outbox.save(who, fact(1));
  const [record] = outbox.all;
  if (!record) throw new Error("nothing was kept");
  await expect(outbox.setAside(who, record, "không cần")).rejects.toThrow(NotRefused);
  const refused = { ...record, standing: "refused" as const, code: "entry.value" };
  await outbox.settle(new Map([[record.id, refused]]));
  await outbox.setAside(who, record, "Mô phỏng: ghi hai lần");
  expect(outbox.rejected("ann")).toEqual([]);
  const [aside] = await db.records();
  if (!aside) throw new Error("it is lost");
  expect([aside.standing, aside.code]).toEqual(["aside", "entry.value"]);
  expect(Buffer.from(aside.reason?.data ?? new ArrayBuffer()).toString()).not.toContain("hai lần");
  expect(await outbox.reason(who, aside)).toBe("Mô phỏng: ghi hai lần");
  // Neither a late answer nor a restored server brings it back; the worker does.
  await outbox.settle(new Map([[record.id, { ...record, standing: "sent" as const }]]), "e1");
  await outbox.settle(new Map(), "e2");
  expect(outbox.all.map((r) => r.standing)).toEqual(["aside"]);
  await outbox.again(aside);
  expect(outbox.all.map((r) => [r.standing, r.reason, r.code])).toEqual([
    ["waiting", undefined, undefined],
  ]);
});

it("mends a record for the moment at which it happened, also by a clock that was wrong", async () => {
  const { who } = await author(await TestServerKey.make());
  const { outbox } = await opened(who);
  const recorded = new Date("2026-11-20T02:00:00Z");
  const refuse = async (offset?: number) => {
    const record = outbox.that("waiting").at(-1);
    if (!record) throw new Error("nothing was kept");
    const back = { ...record, standing: "refused" as const, ...(offset && { offset }) };
    await outbox.settle(new Map([[record.id, back]]));
    return back;
  };
  await outbox.save(who, fact(1), recorded);
  const first = await outbox.mend(who, await refuse(3 * 86_400_000), fact(2));
  expect(first.happened_at).toBe("2026-11-23T02:00:00.000Z");
  // Mended once more, it is still of that moment.
  const second = await outbox.mend(who, await refuse(7200_000), { ...fact(3), commune: "00002" });
  expect([second.happened_at, second.commune]).toEqual(["2026-11-23T02:00:00.000Z", "00002"]);
  // A correction keeps what it corrects, and the day of that.
  await outbox.save(who, { ...fact(4), supersedes: second.id }, recorded);
  const third = await outbox.mend(who, await refuse(), fact(5));
  expect([third.happened_at, third.supersedes]).toEqual([undefined, second.id]);
});

it("says with a record what the server's clock last said, so that a clock that is set is seen", async () => {
  const { who } = await author(await TestServerKey.make());
  const one = await opened(who);
  expect((await one.outbox.save(who, fact(1))).clock).toBeUndefined(); // nothing was heard yet
  const phone = new Date("2026-11-20T02:00:00Z");
  const server = new Date("2026-11-23T02:00:00Z");
  await one.outbox.settle(new Map(), "e1", { server, phone });
  const { clock } = await one.outbox.save(who, fact(2));
  expect(clock).toMatchObject({ heard: server.toISOString(), offset_ms: 3 * 86_400_000 });
  expect(clock?.since_ms ?? 0).toBeLessThan(60_000);
  // Another page knows it too; of a page that is gone nobody can tell how long ago it was.
  const kept = String(await one.db.fact(heardFact)).split(" ");
  await one.db.write((tx) =>
    tx.objectStore("facts").put([kept[0], kept[1], "gone", -7200_000].join(" "), heardFact),
  );
  const two = await opened();
  const later = await two.outbox.save(who, fact(3));
  expect(later.clock).toEqual({ heard: server.toISOString(), offset_ms: 3 * 86_400_000 });
  await one.db.write((tx) =>
    tx.objectStore("facts").put([kept[0], kept[1], kept[2], -7200_000].join(" "), heardFact),
  );
  expect((await two.outbox.save(who, fact(4))).clock?.since_ms).toBeGreaterThanOrEqual(7200_000);
});

it("makes ids in the order of time", () => {
  const id = newId(Date.UTC(2026, 10, 25));
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(Date.UTC(2026, 10, 25));
});

it("records nothing under a key that another page has replaced or wiped", async () => {
  const server = await TestServerKey.make();
  const { who } = await author(server);
  const one = await opened(who);
  await one.outbox.save(who, fact(1));
  // The PIN was forgotten: in another page the worker took the phone anew.
  const { who: anew } = await author(server);
  const two = await opened(anew);
  await expect(one.outbox.save(who, fact(2))).rejects.toThrow(Left);
  expect((await two.outbox.save(anew, fact(3))).seq).toBe(2);
  await two.db.write((tx) => tx.objectStore("workers").delete("ann"));
  await expect(two.outbox.save(anew, fact(4))).rejects.toThrow(Left);
  expect((await two.db.records()).length).toBe(2);
});

it("sends again to a restored server also what another page had sent", async () => {
  const { who } = await author(await TestServerKey.make());
  const one = await opened(who);
  const two = await opened(); // knows of nothing yet
  const entry = await one.outbox.save(who, fact(1));
  const [record] = one.outbox.all;
  if (!record) throw new Error("nothing was kept");
  await one.outbox.settle(new Map([[entry.id, { ...record, standing: "sent" as const }]]), "e1");
  await two.outbox.settle(new Map(), "e2");
  expect((await two.db.records()).map((r) => r.standing)).toEqual(["waiting"]);
  // Once is enough.
  await one.outbox.settle(new Map([[entry.id, { ...record, standing: "sent" as const }]]), "e2");
  await two.outbox.settle(new Map(), "e2");
  expect((await two.db.records()).map((r) => r.standing)).toEqual(["sent"]);
});
