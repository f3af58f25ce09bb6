/**
 * Records that nobody on this phone opens any more (the PIN is forgotten, the
 * phone changes hands): sealed as they are, with their key sealed to the server.
 */
import { Refusal, refusalOf } from "$shared/refusal";
import { cut, type Sealed } from "$shared/rescue";
import type { Kept } from "../store/db";
import { toBase64 } from "../store/seal";
import { patience, type Door } from "./door";
import { readReply, settle } from "./settle";

/** What a phone holds, by worker and by the key under which it lies. */
export function sealedOf(device: string, records: readonly Kept[]): Sealed[] {
  const groups = new Map<string, Kept[]>();
  for (const record of records) {
    const under = `${record.worker} ${record.rescue.ct}`;
    groups.set(under, [...(groups.get(under) ?? []), record]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { seal, epk, iv, ct } = first.rescue;
    return [
      {
        device,
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

/** Brings records as they lie; gives what became of them. @throws Refusal */
export async function bring(
  door: Door,
  device: string,
  records: readonly Kept[],
): Promise<Map<string, Kept>> {
  const changed = new Map<string, Kept>();
  const byId = new Map(records.map((r) => [r.id, r]));
  for (const part of cut(sealedOf(device, records))) {
    const text = JSON.stringify(part);
    const response = await door
      .fetch(`${door.url}/api/v1/sync/rescue`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-Caunoi": "1",
          Authorization: `Bearer ${door.token}`,
        },
        credentials: "omit",
        body: text,
        signal: patience(text.length),
      })
      .catch(() => null);
    if (!response) throw new Refusal(0, "");
    const body: unknown = await response.json().catch(() => null);
    const reply = response.ok ? readReply(body) : null;
    if (!reply) throw refusalOf(response.ok ? 0 : response.status, body);
    const batch = part.records.flatMap((r) => byId.get(r.id) ?? []);
    for (const [id, { params: _, ...record }] of settle(batch, reply)) changed.set(id, record);
  }
  return changed;
}
