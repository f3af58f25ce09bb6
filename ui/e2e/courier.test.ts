/**
 * The phone's real outbox and courier, in Node, against the real server: over a
 * network that loses, doubles and cuts, with phones and a server that are killed.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { Courier } from "../field/sync/courier";
import type { Door } from "../field/sync/door";
import { author, emptyPhone, opened, seeded, TestServerKey } from "../field/testing";
import type { Fact } from "../field/store/entry";
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

it(`brings everything once in ${seeds} worlds`, async () => {
  for (let seed = 1; seed <= seeds; seed++) {
    emptyPhone();
    const random = seeded(seed);
    const device = `phone-${seed}`;
    const user = "cb-bac-ha-03";
    const token = (await demo.command("user", "token", user, "--device", device)).trim();
    const made = await author(await TestServerKey.make(), user, device);
    const who = { ...made.who, office: "bac-ha" };
    let { db, outbox } = await opened(who);
    let courier = new Courier(outbox);
    let saved = 0;
    for (let step = 0; step < 25; step++) {
      const what = random();
      if (what < 0.5) {
        const n = 1 + Math.floor(random() * 5);
        await outbox.saveAll(
          who,
          Array.from({ length: n }, () => fact(saved++)),
        );
      } else if (what < 0.9) await courier.run(who, door(token, random));
      else {
        db.close(); // the browser is killed
        ({ db, outbox } = await opened());
        courier = new Courier(outbox);
      }
      if (seed % 3 === 0 && step === 12) {
        await demo.kill(); // and the server, as by a power cut
        await courier.run(who, door(token, random));
        await demo.run();
      }
    }
    for (let i = 0; i < 5 && outbox.pending; i++)
      await courier.run(
        who,
        door(token, () => 1),
      );

    const lines = (await demo.command("export", "entries")).trim().split("\n");
    const there = lines
      .map((line) => (JSON.parse(line) as { entry: { id: string; device: string } }).entry)
      .filter((entry) => entry.device === device)
      .map((entry) => entry.id);
    const standing = (s: string) => outbox.all.filter((r) => r.standing === s).map((r) => r.id);
    expect(outbox.all.length, `seed ${seed}`).toBe(saved);
    expect(new Set(there).size, `seed ${seed}: doubled`).toBe(there.length);
    expect(standing("sent").sort(), `seed ${seed}: lost`).toEqual([...there].sort());
    expect(standing("refused").length, `seed ${seed}`).toBe(Math.floor(saved / 7));
    expect(outbox.pending, `seed ${seed}`).toBe(0);
    const receipt = (await (
      await fetch(`${demo.url}/api/v1/sync/receipt`, {
        headers: { Authorization: `Bearer ${token}` },
      })
    ).json()) as { entries: number };
    expect(receipt.entries).toBe(there.length);
  }
  await demo.command("verify"); // leaves with 1 on any difference
}, 3_600_000);
