/**
 * The office of practice: it answers in the page what a server would, so that the
 * app sends, hears refusals and compares as at work, and nothing leaves the phone.
 */
import { dayOf, isDay } from "$shared/i18n/dates";
import { recall, remember } from "$shared/remembered";
import type { Entry } from "../store/entry";
import { toBase64 } from "../store/seal";
import { plan, practice, snapshot } from "./village";
import { words } from "./words";

const kept = "practice.office";
const any = (_: string): _ is string => true;

export class Office {
  /** Whether the phone has network, as the worker pretends. */
  reached = $state(true);
  readonly #had: Set<string>;
  #seal = "";

  constructor() {
    this.#had = new Set((recall(kept, any) ?? "").split(" ").filter(Boolean));
  }

  /** Answers a request of the phone, as its `fetch`. */
  readonly fetch: typeof fetch = async (input, init) => {
    if (!this.reached) throw new TypeError("no network, as is pretended");
    const headers = new Headers(init?.headers);
    const { pathname } = new URL(String(input), location.href);
    const today = dayOf(new Date());
    const tag = `"${today} ${words.language}"`;
    const had = headers.get("If-None-Match") === tag;
    if (pathname.startsWith("/api/v1/sync/attachments/")) {
      // What a photo shows stays on the phone: the office takes each piece unseen.
      const { size } = new Blob([(init?.body ?? "") as BlobPart]);
      return json({ offset: Number(headers.get("Upload-Offset") ?? 0) + size });
    }
    switch (pathname.replace("/api/v1/", "")) {
      case "devices":
        return json({ token: practice });
      case "sync/pull":
        if (had) return new Response(null, { status: 304 });
        return json(plan(today, { id: practice, key: await this.#key() }), tag);
      case `sync/people/${practice}`:
        if (had) return new Response(null, { status: 304 });
        return new Response(
          new Blob([snapshot(today)]).stream().pipeThrough(new CompressionStream("gzip")),
          { headers: { ETag: tag } },
        );
      case "sync/push":
        return json(this.#take(await read(init?.body, headers)));
      case "sync/receipt":
        return json({ epoch: practice, entries: this.#had.size, apart: 0 });
      default:
        return new Response('{"code":"not_found"}', { status: 404 });
    }
  };

  /** A key that opens nothing: its other half is thrown away at once. */
  async #key(): Promise<string> {
    if (!this.#seal) {
      const curve = { name: "ECDH", namedCurve: "P-256" };
      const { publicKey } = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
      this.#seal = toBase64(await crypto.subtle.exportKey("raw", publicKey));
    }
    return this.#seal;
  }

  #take(entries: readonly Entry[]): unknown {
    const results = entries.map((entry) => {
      const { id } = entry;
      const fault = faultOf(entry);
      if (fault) return { id, status: "refused", ...fault };
      const status = this.#had.has(id) ? "repeated" : "accepted";
      this.#had.add(id);
      return { id, status };
    });
    remember(kept, [...this.#had].join(" "));
    return { epoch: practice, received: new Date().toISOString(), results };
  }
}

/** Resolves as soon as something holds of what screens watch. */
export const when = (holds: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const stop = $effect.root(() => {
      $effect(() => {
        if (!holds()) return;
        resolve();
        queueMicrotask(() => stop());
      });
    });
  });

/** What the office refuses, as a server would. */
function faultOf({ person }: Entry): { code: string; params: { value: string } } | null {
  const birth = person?.birth ?? "";
  if (!birth || /^\d{4}$/.test(birth) || isDay(birth)) return null;
  return { code: "person.birth", params: { value: birth } };
}

const json = (body: unknown, tag = ""): Response =>
  new Response(JSON.stringify(body), { headers: { ...(tag && { ETag: tag }) } });

async function read(body: BodyInit | null | undefined, headers: Headers): Promise<Entry[]> {
  const sent = new Response(body ?? "").body;
  const packed = headers.get("Content-Encoding") === "gzip";
  const plain = packed ? sent?.pipeThrough(new DecompressionStream("gzip")) : sent;
  return ((await new Response(plain).json()) as { entries: Entry[] }).entries;
}
