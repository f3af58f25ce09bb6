/**
 * The phone's real outbox and courier, over a network that loses requests and
 * answers, portals, busy servers, killed browsers and restored backups: every
 * record is on the server once, and the phone says so of no other.
 */
import { expect, it } from "vitest";
import { author, emptyPhone, fact, opened, seeded, TestServerKey } from "../testing";
import { plain, Tape } from "../tape";
import { Courier } from "./courier";
import type { Door } from "./door";

/** How many worlds are tried; `FIELD_SEEDS=500` is the long form. */
const seeds = Number(process.env["FIELD_SEEDS"] ?? 40);

/** A server that keeps each id once, and can be set back to an older backup. */
class Server {
  entries = new Map<string, string>();
  epoch = "e1";
  #backup = new Map<string, string>();

  push(body: string): unknown {
    const { entries } = JSON.parse(body) as { entries: { id: string; person: { name: string } }[] };
    return {
      epoch: this.epoch,
      received: new Date().toISOString(),
      results: entries.map((entry) => {
        const text = JSON.stringify(entry);
        const had = this.entries.get(entry.id);
        if (had !== undefined)
          return { id: entry.id, status: had === text ? "repeated" : "conflict" };
        if (entry.person.name.endsWith("13")) {
          return { id: entry.id, status: "refused", code: "entry.value" };
        }
        this.entries.set(entry.id, text);
        return { id: entry.id, status: "accepted" };
      }),
    };
  }

  backup = () => (this.#backup = new Map(this.entries));

  restore(): void {
    this.entries = new Map(this.#backup);
    this.epoch += "'";
  }
}

const json = (status: number, body: unknown, headers = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": `application/${status === 200 ? "" : "problem+"}json`, ...headers },
  });

function door(server: Server, random: () => number, bad: number): Door {
  const lossy = async (_: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const luck = random() / bad;
    if (luck < 0.2) throw new TypeError("lost on the way there");
    if (luck < 0.25) return new Response("<html>Đăng nhập Wi-Fi</html>", { status: 200 });
    if (luck < 0.3) return json(503, { code: "sync.busy" }, { "Retry-After": "1" });
    if (luck < 0.33) return new Response("Bad gateway", { status: 502 });
    const body = plain(init);
    const { entries } = JSON.parse(body) as { entries: unknown[] };
    if (luck < 0.36 && entries.length > 1) return json(413, { code: "body.too_large" });
    if (luck < 0.37) return new Response("Bad request", { status: 400 });
    const answer = server.push(body);
    if (luck < 0.5) throw new TypeError("lost on the way back");
    if (luck < 0.55) server.push(body); // the network sends it twice
    return json(200, answer);
  };
  return { url: "", token: "t", fetch: lossy as typeof fetch, now: () => new Date() };
}

/** What is wrong at the end: lost, or said to be sent and not there. */
function faults(server: Server, all: readonly { id: string; standing: string }[]): string[] {
  const back = ["refused", "mended"];
  return all
    .filter((r) => !back.includes(r.standing))
    .filter((r) => r.standing !== "sent" || !server.entries.has(r.id))
    .map((r) => `${r.id} is ${r.standing}, on the server: ${server.entries.has(r.id)}`);
}

const { who } = await author(await TestServerKey.make());

async function world(seed: number, through = door): Promise<string[]> {
  emptyPhone();
  const random = seeded(seed);
  const server = new Server();
  const tape = new Tape(who);
  let { db, outbox } = await opened(who);
  let courier = new Courier(outbox);
  let saved = 0;
  const save = async (n: number, mends = "") => {
    const facts = Array.from({ length: n }, () => fact(saved++));
    tape.saved(await outbox.saveAll(who, facts, new Date(), { mends }), mends);
  };
  for (let step = 0; step < 40; step++) {
    const what = random();
    if (what < 0.46) await save(1 + Math.floor(random() * 4));
    else if (what < 0.48)
      await save(60); // more than goes at once
    else if (what < 0.82) {
      const end = await tape.run(courier, through(server, random, 1));
      if (end?.why === "busy") expect(end.wait).toBe(1000);
    } else if (what < 0.9) {
      db.close(); // the browser is killed
      ({ db, outbox } = await opened());
      courier = new Courier(outbox);
      tape.opened();
    } else if (what < 0.93) server.backup();
    else if (what < 0.96) server.restore();
    else {
      for (const record of outbox.rejected(who.id)) {
        if (random() < 0.5) await save(1, record.id);
        else {
          await outbox.again(record);
          tape.again(record.id);
        }
      }
    }
    await tape.state(db, outbox);
  }
  // At last there is network, and something to bring, so that the server's
  // epoch is heard of.
  await save(1);
  for (let i = 0; i < 3; i++) {
    await tape.run(
      courier,
      through(server, () => 1, 1),
    );
    await tape.state(db, outbox);
  }
  expect(outbox.all.length).toBe(saved);
  const wrong = faults(server, outbox.all);
  const later = new Date(Date.now() + 15 * 86_400_000);
  await outbox.tidy(later);
  tape.tidied(later);
  await tape.state(db, outbox);
  if (through === door) tape.write(`model-${seed}`);
  return wrong;
}

it(`loses and doubles nothing in ${seeds} worlds`, async () => {
  for (let seed = 1; seed <= seeds; seed++) expect(await world(seed), `seed ${seed}`).toEqual([]);
}, 1_800_000);

it("would notice a phone that believes every answer", async () => {
  // The twin: whatever comes back is taken for "all accepted".
  const credulous = (server: Server, random: () => number, bad: number): Door => {
    const honest = door(server, random, bad);
    return {
      ...honest,
      fetch: (async (input: RequestInfo | URL, init?: RequestInit) => {
        const response = await honest
          .fetch(input, init)
          .catch(() => new Response("", { status: 200 }));
        const body = plain(init);
        const { entries } = JSON.parse(body) as { entries: { id: string }[] };
        if (response.headers.get("Retry-After")) return response;
        return json(200, {
          epoch: "e1",
          received: new Date().toISOString(),
          results: entries.map(({ id }) => ({ id, status: "accepted" })),
        });
      }) as typeof fetch,
    };
  };
  let found = 0;
  for (let seed = 1; seed <= 5; seed++) found += (await world(seed, credulous)).length;
  expect(found).toBeGreaterThan(0);
});
