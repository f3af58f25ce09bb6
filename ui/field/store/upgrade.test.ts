import { gunzipSync } from "node:zlib";
import { openDB } from "idb";
import { expect, it } from "vitest";
import { Courier } from "../sync/courier";
import { author, emptyPhone, fact, opened, TestServerKey } from "../testing";
import { work } from "../realm";
import { newId, personOf } from "./entry";
import { rounds } from "./seal";

it("sends all that an earlier version of the app had kept", async () => {
  emptyPhone();
  const { who, salt, wrapped } = await author(await TestServerKey.make());
  // As version 1 of the database wrote it.
  const old = await openDB(work.database, 1, {
    upgrade(db) {
      db.createObjectStore("outbox", { keyPath: "id" }).createIndex("byStanding", "standing");
      db.createObjectStore("workers", { keyPath: "id" });
      db.createObjectStore("pulled", { keyPath: "name" });
      db.createObjectStore("facts");
    },
  });
  const { id: worker, rescue } = who;
  const token = await who.key.seal(`token ${worker}`, "t");
  await old.put("workers", {
    id: worker,
    name: "Ann",
    salt,
    rounds,
    wrapped,
    rescue,
    token,
    wrong: 0,
  });
  await old.put("facts", who.device, "device");
  await old.put("facts", 1200, `seq/${worker}`);
  await old.put("facts", "e1", "epoch");
  await old.put("pulled", { name: `${worker}/pull`, tag: "t", whole: true, sealed: token });
  const ids: string[] = [];
  for (let seq = 1; seq <= 1200; seq++) {
    const { person, ...rest } = fact(seq);
    const at = Date.UTC(2026, 10, 24) + seq;
    const [id, saved] = [newId(at), new Date(at).toISOString()];
    const by = { v: 1, office: "a", author: worker, device: who.device, seq, device_time: saved };
    const entry = { ...rest, ...by, id, person: person && personOf(person) };
    const sealed = await who.key.seal(id, JSON.stringify(entry));
    const kept = { id, worker, seq, kind: entry.kind, saved, sealed, rescue };
    await old.put("outbox", { ...kept, standing: "waiting" });
    ids.push(id);
  }
  old.close();

  const { db, outbox } = await opened();
  expect(outbox.all.map((r) => [r.id, r.device, r.standing])).toEqual(
    ids.map((id) => [id, who.device, "waiting"]),
  );
  expect((await db.worker(worker))?.device).toBe(who.device);
  expect((await db.pulled(`${worker}/pull`))?.tag).toBe("t");
  const arrived: string[] = [];
  const answer = (_: RequestInfo | URL, init?: RequestInit) => {
    const body = gunzipSync(init?.body as Uint8Array).toString();
    const { entries } = JSON.parse(body) as { entries: { id: string }[] };
    arrived.push(...entries.map((e) => e.id));
    const results = entries.map((e) => ({ id: e.id, status: "accepted" }));
    const received = new Date().toISOString();
    return Promise.resolve(new Response(JSON.stringify({ epoch: "e1", received, results })));
  };
  const end = await new Courier(outbox).run(who, {
    url: "",
    token: "t",
    fetch: answer as typeof fetch,
    now: () => new Date(),
  });
  expect(end).toBeNull();
  expect(arrived).toEqual(ids);
  expect(outbox.that("sent").length).toBe(1200);
  // And the count goes on.
  expect((await outbox.save(who, fact(1))).seq).toBe(1201);
});
