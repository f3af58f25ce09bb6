/**
 * What happens to a phone in a test, as lines of JSON: what was saved, what went
 * over the network, and how its records stand after each step. The model of the
 * phone in Go must come to the same (fieldsync/phonesim/replay_test.go).
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { forgottenFact, type Db } from "./store/db";
import type { Entry } from "./store/entry";
import { epochFact, type Author, type Outbox } from "./store/outbox.svelte";
import type { Courier } from "./sync/courier";
import type { Door } from "./sync/door";

/** Where tapes are written; nowhere if it is not set. */
const folder = process.env["FIELD_TRACES"];

/** The text of a request, packed or not. */
export function plain(init?: RequestInit): string {
  const body = init?.body as Uint8Array;
  const packed = new Headers(init?.headers).get("Content-Encoding") === "gzip";
  return packed ? gunzipSync(body).toString() : new TextDecoder().decode(body);
}

export class Tape {
  readonly #lines: string[] = [];
  #had = new Map<string, string>();

  constructor(private readonly who: Author) {
    this.#add("phone", { worker: who.id, device: who.device });
  }

  #add(what: string, told: object = {}): void {
    this.#lines.push(JSON.stringify({ do: what, ...told }));
  }

  /** What the outbox gave for a save. */
  saved(entries: readonly Entry[], mends = ""): void {
    const [first] = entries;
    const texts = entries.map((entry) => JSON.stringify(entry));
    this.#add("save", { now: first?.device_time, texts, mends });
  }

  again = (id: string): void => this.#add("again", { id });

  /** The browser was killed and opened again. */
  opened = (): void => this.#add("open");

  tidied = (now: Date): void => this.#add("tidy", { now: now.toISOString() });

  /** Has the courier run through a door. */
  async run(courier: Courier, door: Door): ReturnType<Courier["run"]> {
    this.#add("run");
    const end = await courier.run(this.who, this.#taped(door));
    this.#add("end", end ?? { why: "done" });
    return end;
  }

  #taped(door: Door): Door {
    const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      const text = plain(init);
      const { sent_at } = JSON.parse(text) as { sent_at: string };
      const packed = new Headers(init?.headers).has("Content-Encoding");
      const hash = createHash("sha256").update(text).digest("hex");
      this.#add("request", { now: sent_at, packed, hash });
      try {
        const response = await door.fetch(input, init);
        const type = response.headers.get("Content-Type") ?? "";
        this.#add("answer", {
          status: response.status,
          ours: type.startsWith("application/problem+json"),
          after: response.headers.get("Retry-After") ?? "",
          body: await response.clone().text(),
        });
        return response;
      } catch (error) {
        this.#add("lost");
        throw error;
      }
    };
    return { ...door, fetch: fetch as typeof globalThis.fetch };
  }

  /** How the records stand now, in memory and on disk: those that changed since the last time. */
  async state(db: Db, outbox: Outbox): Promise<void> {
    const disk = new Map((await db.records()).map(({ id, standing }) => [id, standing]));
    const stands = new Map<string, string[]>();
    for (const { id, seq, standing, answered = "" } of outbox.all)
      stands.set(id, [id, String(seq), standing, answered, disk.get(id) ?? ""]);
    const changed = [...stands.values()].filter((r) => r.join() !== this.#had.get(r[0] ?? ""));
    this.#had = new Map([...stands].map(([id, r]) => [id, r.join()]));
    this.#add("state", {
      changed,
      records: [stands.size, disk.size],
      epoch: (await db.fact(epochFact)) ?? "",
      forgotten: (await db.fact(forgottenFact(this.who.id))) ?? 0,
    });
  }

  write(name: string): void {
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.jsonl`), this.#lines.map((line) => `${line}\n`).join(""));
  }
}
