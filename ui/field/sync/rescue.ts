/**
 * Records that nobody on this phone opens any more (the PIN is forgotten, the
 * phone changes hands): sealed as they are, with their key sealed to the server.
 */
import type { Sealed } from "$shared/rescue";
import type { Kept } from "../store/db";
import { toBase64 } from "../store/seal";

/** What a phone holds, by the key under which it lies: that of one worker, for one phone. */
export function sealedOf(records: readonly Kept[]): Sealed[] {
  const groups = new Map<string, Kept[]>();
  for (const record of records) {
    const under = record.rescue.ct;
    groups.set(under, [...(groups.get(under) ?? []), record]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { seal, epk, iv, ct } = first.rescue;
    return [
      {
        device: first.device,
        worker: first.worker,
        seal,
        key: { epk, iv, ct },
        records: group.map((r) => ({
          id: r.id,
          iv: toBase64(r.sealed.iv),
          ct: toBase64(r.sealed.data),
        })),
      },
    ];
  });
}
