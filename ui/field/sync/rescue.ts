/**
 * Records that nobody on this phone opens any more (the PIN is forgotten, the
 * phone changes hands): sealed as they are, with their key sealed to the server.
 */
import { Refusal, refusalOf } from "$shared/refusal";
import { most, type Sealed } from "$shared/rescue";
import type { Kept, Worker } from "../store/db";
import { toBase64 } from "../store/seal";
import type { Door } from "./courier";
import { readReply, settle } from "./settle";

export function sealedOf(worker: Worker, device: string, records: readonly Kept[]): Sealed {
  const { seal, epk, iv, ct } = worker.rescue;
  return {
    device,
    worker: worker.id,
    seal,
    key: { epk, iv, ct },
    records: records.map((r) => ({
      id: r.id,
      iv: toBase64(r.sealed.iv),
      ct: toBase64(r.sealed.data),
    })),
  };
}

/** Brings records; gives what became of them. @throws Refusal */
export async function bring(
  door: Door,
  worker: Worker,
  device: string,
  records: readonly Kept[],
): Promise<Map<string, Kept>> {
  const changed = new Map<string, Kept>();
  for (let i = 0; i < records.length; i += most) {
    const batch = records.slice(i, i + most);
    const response = await door
      .fetch(`${door.url}/api/v1/sync/rescue`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-Caunoi": "1",
          Authorization: `Bearer ${door.token}`,
        },
        credentials: "omit",
        body: JSON.stringify(sealedOf(worker, device, batch)),
      })
      .catch(() => null);
    if (!response) throw new Refusal(0, "");
    const body: unknown = await response.json().catch(() => null);
    const reply = response.ok ? readReply(body) : null;
    if (!reply) throw refusalOf(response.ok ? 0 : response.status, body);
    for (const [id, record] of settle(batch, reply)) changed.set(id, record);
  }
  return changed;
}
