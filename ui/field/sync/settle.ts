/**
 * What becomes of records by the server's answer: a pure step, tested without a
 * browser. A record is only ever taken for sent when the answer lists it.
 */
import type { Params } from "$shared/i18n/message";
import type { Kept, Standing } from "../store/db";

interface Result {
  readonly id: string;
  readonly status: string;
  readonly code?: string;
  readonly params?: Params;
}

/** The server's answer to a push. */
export interface Reply {
  readonly epoch: string;
  readonly received: string;
  readonly results: readonly Result[];
  readonly device_state?: string;
}

const standings: Readonly<Record<string, Standing>> = {
  accepted: "sent",
  repeated: "sent",
  "held-back": "held",
  quarantined: "apart",
  refused: "refused",
  conflict: "conflict",
};

/**
 * Reads an answer. A portal or a proxy that answers 200 with a page of its own
 * gives null, and so does whatever else is no answer to a push.
 */
export function readReply(body: unknown): Reply | null {
  if (typeof body !== "object" || body === null) return null;
  const reply = body as Partial<Reply>;
  if (typeof reply.epoch !== "string" || !reply.epoch) return null;
  if (typeof reply.received !== "string" || Number.isNaN(Date.parse(reply.received))) return null;
  if (!Array.isArray(reply.results)) return null;
  for (const result of reply.results as Partial<Result>[]) {
    if (typeof result !== "object" || result === null) return null;
    if (typeof result.id !== "string" || typeof result.status !== "string") return null;
  }
  return reply as Reply;
}

/** A record as the answer leaves it; what the refusal says of it is not sealed yet. */
export type Settled = Omit<Kept, "params"> & { readonly params?: Params };

/**
 * The records that change, by id; one that the answer does not list stays as it
 * is. `at` is this phone's clock when it sent them.
 */
export function settle(sent: readonly Kept[], reply: Reply, at: Date): Map<string, Settled> {
  const offset = Date.parse(reply.received) - at.getTime();
  const told = new Map(reply.results.map((r) => [r.id, r]));
  const changed = new Map<string, Settled>();
  sent.forEach((record, i) => {
    // One whose id could not be read is answered in its place.
    const inPlace = reply.results.length === sent.length ? reply.results[i] : undefined;
    const result = told.get(record.id) ?? (inPlace?.id === "" ? inPlace : undefined);
    const standing = result && standings[result.status];
    if (!result || !standing) return;
    const { code: _code, params: _params, ...rest } = record;
    changed.set(record.id, {
      ...rest,
      standing,
      answered: reply.received,
      offset,
      ...(result.code && { code: result.code, params: result.params ?? {} }),
    });
  });
  return changed;
}
