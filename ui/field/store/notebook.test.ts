import { openDB } from "idb";
import { beforeEach, expect, it } from "vitest";
import { author, emptyPhone, fact, opened, TestServerKey } from "../testing";
import { work } from "../realm";
import { daysOpen, forgetOld, Notebook } from "./notebook.svelte";

beforeEach(emptyPhone);

const address = "#/record/r1-mo-phong/consultation";

async function begun() {
  const { who } = await author(await TestServerKey.make());
  const { db, outbox } = await opened(who);
  return { who, db, outbox, book: await Notebook.open(db, who) };
}

it("keeps a form in progress for who comes back, and reads it to nobody else", async () => {
  const { who, db, book } = await begun();
  book.write(address, { note: "Mô phỏng Vàng" });
  book.choose("village", "Đội 1");
  await book.flush();
  const text = JSON.stringify(await db.notes(), (_, v: unknown) =>
    v instanceof ArrayBuffer ? Buffer.from(v).toString("latin1") : v,
  );
  for (const secret of ["phỏng", "Vàng", "r1-mo-phong", "village"])
    expect(text).not.toContain(secret);

  const again = await Notebook.open((await opened()).db, who);
  expect(again.read(address)).toEqual({ note: "Mô phỏng Vàng" });
  expect(again.read("village")).toBe("Đội 1");
  expect(again.drafts.map((d) => d.name)).toEqual([address]);

  const other = (await author(await TestServerKey.make(), who.id)).who; // after a forgotten PIN
  expect((await Notebook.open(db, other)).read(address)).toBeUndefined();
});

it("ends a form in the transaction that saves its record, or not at all", async () => {
  const { who, db, outbox, book } = await begun();
  book.write(address, { note: "a" });
  await book.flush();
  book.write(address, { note: "b" }); // not written yet when the record is saved
  const failed = book.settle(address, (end) =>
    outbox.saveAll(who, [fact(1)], new Date(), {
      also: async (tx) => {
        await end(tx);
        throw new Error("the phone is full");
      },
    }),
  );
  await expect(failed).rejects.toThrow("full");
  await book.flush();
  expect(outbox.all.length).toBe(0);
  expect((await Notebook.open(db, who)).read(address)).toEqual({ note: "b" });

  await book.settle(address, (also) => outbox.saveAll(who, [fact(1)], new Date(), { also }));
  await book.flush();
  expect(outbox.all.length).toBe(1);
  expect(await db.notes()).toEqual([]);
});

it("forgets after some days what nobody went on with, and no choice", async () => {
  const { who, db, book } = await begun();
  const now = new Date("2026-11-01T08:00:00Z");
  book.write(address, { note: "a" }, now);
  book.choose("village", "Đội 1", now);
  await book.flush();
  const due = new Date(now.getTime() + daysOpen * 86_400_000);
  await forgetOld(db, due);
  expect((await Notebook.open(db, who)).read(address)).toEqual({ note: "a" });
  await forgetOld(db, new Date(due.getTime() + 1));
  const left = await Notebook.open(db, who);
  expect([left.read(address), left.read("village")]).toEqual([undefined, "Đội 1"]);
});

it("keeps what a phone held before it had a notebook", async () => {
  const old = await openDB(work.database, 1, {
    upgrade(db) {
      db.createObjectStore("outbox", { keyPath: "id" }).createIndex("byStanding", "standing");
      db.createObjectStore("workers", { keyPath: "id" });
      db.createObjectStore("pulled", { keyPath: "name" });
      db.createObjectStore("facts");
    },
  });
  await old.put("outbox", { id: "a", worker: "ann", standing: "waiting", seq: 1, saved: "x" });
  old.close();
  const { db, outbox } = await opened();
  expect(outbox.pending).toBe(1);
  expect(await db.notes()).toEqual([]);
});
