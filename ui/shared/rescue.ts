/**
 * The file by which a phone that cannot send gives its records to the office
 * lead: sealed as they lie there, so that whoever carries it reads nothing.
 */

/** What one worker has on a phone; also what the server takes as a rescue. */
export interface Sealed {
  readonly device: string;
  readonly worker: string;
  readonly seal: string;
  readonly key: { readonly epk: string; readonly iv: string; readonly ct: string };
  readonly records: readonly { readonly id: string; readonly iv: string; readonly ct: string }[];
}

/** The most records of one request; see fieldsync.MaxBatch. */
const most = 500;

const kind = "caunoi-rescue";

export const written = (outboxes: readonly Sealed[]): string =>
  JSON.stringify({ kind, v: 1, outboxes });

/** Outboxes, in parts that a request takes. */
function cut(outboxes: readonly Sealed[]): Sealed[] {
  return outboxes.flatMap((outbox) => {
    const parts: Sealed[] = [];
    for (let i = 0; i < outbox.records.length; i += most) {
      parts.push({ ...outbox, records: outbox.records.slice(i, i + most) });
    }
    return parts;
  });
}

/** The outboxes of a file, in parts that a request takes; null where it is no such file. */
export function read(text: string): Sealed[] | null {
  let file: { kind?: unknown; v?: unknown; outboxes?: unknown } | null;
  try {
    file = JSON.parse(text) as typeof file;
  } catch {
    return null;
  }
  if (file?.kind !== kind || file.v !== 1 || !Array.isArray(file.outboxes)) return null;
  for (const outbox of file.outboxes as Partial<Sealed>[]) {
    if (typeof outbox?.worker !== "string" || !Array.isArray(outbox.records)) return null;
  }
  return cut(file.outboxes as Sealed[]);
}
