/**
 * The phone's real outbox and courier, in Node, against the real server: over a
 * network that loses, doubles and cuts, with phones and a server that are killed.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { Courier } from "../field/sync/courier";
import type { Door } from "../field/sync/door";
import { author, emptyPhone, opened, seeded, TestServerKey } from "../field/testing";
import type { Fact } from "../field/store/entry";
import { plain, Tape } from "../field/tape";
import { Demo } from "./desk";

/** How many worlds are tried; `FIELD_SEEDS=500` is the long form. */
const seeds = Number(process.env["FIELD_SEEDS"] ?? 6);

let demo: Demo;

beforeAll(async () => {
  demo = await Demo.start();
});

afterAll(() => demo?.stop());

const fact = (n: number): Fact => ({
  kind: "consultation",
  campaign: "thuong-xuyen",
  commune: "02839",
  person: { name: `Mô phỏng ${n}`, commune: "02839" },
  // Every seventh says what the server does not know, and is refused.
  body: { outcome: n % 7 === 6 ? "what is this" : "promised" },
});

function door(token: string, random: () => number): Door {
  const lossy = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const luck = random();
    if (luck < 0.2) throw new TypeError("lost on the way there");
    if (luck < 0.25) return new Response("<html>Wi-Fi</html>", { status: 200 });
    const response = await fetch(input, init);
    if (luck < 0.4) throw new TypeError("lost on the way back");
    if (luck < 0.45) await fetch(input, init); // the network sends it twice
    return response;
  };
  return { url: demo.url, token, fetch: lossy as typeof fetch, now: () => new Date() };
}

/** What is wrong at the end of a world. */
async function world(seed: number, through = door): Promise<string[]> {
  emptyPhone();
  const random = seeded(seed);
  const device = `phone-${seed}${through === door ? "" : "-twin"}`;
  const user = "cb-bac-ha-03";
  const token = (await demo.command("user", "token", user, "--device", device)).trim();
  const made = await author(await TestServerKey.make(), user, device);
  const who = { ...made.who, office: "bac-ha" };
  const tape = new Tape(who);
  let { db, outbox } = await opened(who);
  let courier = new Courier(outbox);
  let saved = 0;
  for (let step = 0; step < 25; step++) {
    const what = random();
    if (what < 0.5) {
      const n = 1 + Math.floor(random() * 5);
      const facts = Array.from({ length: n }, () => fact(saved++));
      tape.saved(await outbox.saveAll(who, facts));
    } else if (what < 0.9) await tape.run(courier, through(token, random));
    else {
      db.close(); // the browser is killed
      ({ db, outbox } = await opened());
      courier = new Courier(outbox);
      tape.opened();
    }
    await tape.state(db, outbox);
    if (seed % 3 === 0 && step === 12) {
      await demo.kill(); // and the server, as by a power cut
      await tape.run(courier, through(token, random));
      await tape.state(db, outbox);
      await demo.run();
    }
  }
  for (let i = 0; i < 5 && outbox.pending; i++) {
    await tape.run(
      courier,
      through(token, () => 1),
    );
    await tape.state(db, outbox);
  }
  if (through === door) tape.write(`server-${seed}`);

  const lines = (await demo.command("export", "entries")).trim().split("\n");
  const there = lines
    .map((line) => (JSON.parse(line) as { entry: { id: string; device: string } }).entry)
    .filter((entry) => entry.device === device)
    .map((entry) => entry.id);
  const standing = (s: string) => outbox.all.filter((r) => r.standing === s).map((r) => r.id);
  const receipt = (await (
    await fetch(`${demo.url}/api/v1/sync/receipt`, {
      headers: { Authorization: `Bearer ${token}` },
    })
  ).json()) as { entries: number };
  const wrong: string[] = [];
  if (outbox.all.length !== saved) wrong.push(`${saved} saved, ${outbox.all.length} on the phone`);
  if (new Set(there).size !== there.length) wrong.push("doubled");
  if (standing("sent").sort().join() !== [...there].sort().join())
    wrong.push(`${standing("sent").length} sent, ${there.length} on the server`);
  if (standing("refused").length !== Math.floor(saved / 7))
    wrong.push(`${standing("refused").length} refused of ${saved}`);
  if (outbox.pending) wrong.push(`${outbox.pending} wait`);
  if (receipt.entries !== there.length)
    wrong.push(`the receipt says ${receipt.entries} of ${there.length}`);
  return wrong;
}

it(`brings everything once in ${seeds} worlds`, async () => {
  for (let seed = 1; seed <= seeds; seed++) expect(await world(seed), `seed ${seed}`).toEqual([]);
  await demo.command("verify"); // leaves with 1 on any difference
}, 3_600_000);

it("would notice a phone that believes every answer", async () => {
  // The twin: whatever comes back, or nothing, is taken for "all accepted".
  const credulous = (token: string, random: () => number): Door => {
    const honest = door(token, random);
    const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      await honest.fetch(input, init).catch(() => null);
      const { entries } = JSON.parse(plain(init)) as { entries: { id: string }[] };
      const results = entries.map(({ id }) => ({ id, status: "accepted" }));
      const reply = { epoch: "e", received: new Date().toISOString(), results };
      return new Response(JSON.stringify(reply), { status: 200 });
    };
    return { ...honest, fetch: fetch as typeof globalThis.fetch };
  };
  let found = 0;
  for (let seed = 1; seed <= 3; seed++) found += (await world(seed, credulous)).length;
  expect(found).toBeGreaterThan(0);
}, 300_000);
