/** What the phone takes from the server: the plan of its worker, and the people of the communes. */
import type { Asked } from "../outbox/asked";
import type { Db } from "../store/db";
import type { Author } from "../store/outbox.svelte";
import type { Named } from "$shared/i18n/language.svelte";
import { call, type Door } from "./door";
import { Refusal } from "$shared/refusal";

export interface Office {
  readonly id: string;
  readonly name: string;
}

export interface Member {
  readonly id: string;
  readonly name: string;
}

/** What somebody last said about coming to a session. */
export interface Answer extends Member {
  readonly coming: boolean;
  readonly reason: string;
  /** The session has another start by now. */
  readonly stale: boolean;
  readonly at: string;
}

export interface Activity {
  readonly id: string;
  readonly campaign: string;
  readonly kind: string;
  readonly sub_kind: string;
  readonly office: string;
  readonly commune: { readonly code: string; readonly name: string };
  readonly place: string;
  readonly village: string;
  readonly start: string;
  readonly end: string;
  readonly status: "planned" | "moved" | "held" | "cancelled";
  readonly reason: string;
  readonly moved_from: string | null;
  readonly lead: string;
  readonly lead_name: string;
  readonly team: readonly Member[];
  readonly topics: readonly string[];
  readonly head_count: number | null;
  /** The record whose head count stands. */
  readonly held: { readonly id: string; readonly author: Member; readonly may: boolean } | null;
  readonly present: readonly (Member & { readonly at: string })[];
  /** None in a plan from before. */
  readonly answers?: readonly Answer[];
  readonly mine: boolean;
}

export interface Commune {
  readonly code: string;
  readonly name: string;
  readonly office: string;
  readonly people: number;
}

export interface Plan {
  readonly epoch: string;
  readonly now: string;
  readonly me: {
    readonly id: string;
    readonly name: string;
    readonly role: string;
    readonly office: Office;
    readonly communes: readonly string[];
  };
  /** Whom to call for help, where an office says so. */
  readonly help?: { readonly name: string; readonly phone: string };
  readonly seal: { readonly id: string; readonly key: string };
  readonly campaigns: readonly {
    readonly id: string;
    readonly name: Named;
    readonly kind: string;
    readonly start: string;
    readonly end: string;
  }[];
  readonly communes: readonly Commune[];
  readonly activities: readonly Activity[];
  /** What leads ask about the worker's records. */
  readonly asked?: readonly Asked[];
  /** Where people pay by transfer, where the office has set it. */
  readonly collecting?: {
    readonly bank: string;
    readonly number: string;
    readonly holder: string;
  };
  /** When a rehearsal was asked for. */
  readonly rehearse?: string;
}

/** Asks for the plan. @throws Refusal; of status 0 where nobody answered as we do. */
export async function askPlan(
  door: Door,
  tag = "",
): Promise<{ plan: Plan; text: string; tag: string } | null> {
  const headers: Record<string, string> = tag ? { "If-None-Match": tag } : {};
  const response = await call(door, "/api/v1/sync/pull", { headers, expects: step });
  if (response.status === 304) return null;
  const text = await response.text().catch(() => "");
  let plan: Partial<Plan> | null = null;
  try {
    plan = JSON.parse(text) as Partial<Plan> | null;
  } catch {
    // A portal's page; told below.
  }
  if (!plan?.epoch || !plan.me?.id || !Array.isArray(plan.activities)) throw new Refusal(0, "");
  return { plan: plan as Plan, text, tag: response.headers.get("ETag") ?? "" };
}

/**
 * What was pulled under a name, in clear; null where it is not there, or lies
 * under an earlier key of the worker, which is the same: it is taken anew.
 */
export async function openPulled(
  db: Db,
  author: Author,
  name: string,
): Promise<{ bytes: ArrayBuffer; tag: string } | null> {
  const pulled = await db.pulled(name);
  if (!pulled) return null;
  const bytes = await author.key.openBytes(name, pulled.sealed).catch(() => null);
  return bytes && { bytes, tag: pulled.tag };
}

/** Where the plan of a worker lies. */
export const planName = (worker: string) => `${worker}/pull`;
/** Where the people of a commune lie, for a worker. */
export const wholeName = (worker: string, commune: string) => `${worker}/people/${commune}`;
const partName = (worker: string, commune: string) => `${worker}/part/${commune}`;

/** How many bytes are put on disk at a time: what a cut costs at most. */
const step = 32 << 10;

/**
 * Takes the people of a commune, going on where the last attempt was cut. What
 * was there stays until the new is whole. @returns whether it is another one.
 */
export async function takePeople(
  db: Db,
  author: Author,
  door: Door,
  commune: string,
): Promise<boolean> {
  const whole = wholeName(author.id, commune);
  const part = partName(author.id, commune);
  const had = await openPulled(db, author, whole);
  const begun = await openPulled(db, author, part);
  let bytes = begun ? new Uint8Array(begun.bytes) : none;
  const headers: Record<string, string> = begun
    ? { Range: `bytes=${bytes.length}-`, "If-Range": begun.tag }
    : had
      ? { "If-None-Match": had.tag }
      : {};
  const path = `/api/v1/sync/people/${encodeURIComponent(commune)}`;
  const response = await call(door, path, { headers, expects: step });
  if (response.status === 304) return false;
  if (response.status === 416) {
    await db.write((tx) => tx.objectStore("pulled").delete(part));
    return false; // another file by now: the next attempt begins anew
  }
  if (response.status !== 206) bytes = none;
  const tag = response.headers.get("ETag") ?? "";
  if (!tag || !response.body) throw new Refusal(0, "");

  const keep = async () => {
    const sealed = await author.key.sealBytes(part, bytes);
    await db.write((tx) => tx.objectStore("pulled").put({ name: part, tag, whole: false, sealed }));
  };
  const reader = response.body.getReader();
  let since = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes = joined(bytes, value);
      since += value.length;
      if (since >= step) {
        await keep();
        since = 0;
      }
    }
  } catch {
    await keep();
    throw new Refusal(0, "");
  }
  const sealed = await author.key.sealBytes(whole, bytes);
  await db.write(async (tx) => {
    await tx.objectStore("pulled").put({ name: whole, tag, whole: true, sealed });
    await tx.objectStore("pulled").delete(part);
  });
  return true;
}

const none = new Uint8Array();

function joined(a: Uint8Array<ArrayBuffer>, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** The people of a commune as far as they are here, in lines of JSON. */
export async function peopleText(db: Db, author: Author, commune: string): Promise<string> {
  for (const name of [wholeName(author.id, commune), partName(author.id, commune)]) {
    const pulled = await openPulled(db, author, name);
    if (pulled) return await unzip(pulled.bytes);
  }
  return "";
}

/** Unpacks as much as there is: a file that was cut gives its first lines. */
async function unzip(bytes: ArrayBuffer): Promise<string> {
  const reader = new Blob([bytes])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"))
    .getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    return text.slice(0, text.lastIndexOf("\n") + 1);
  }
}
