/** Opens the app for practice: its own phone, taken by a worker who is made up. */
import { Phone, TooMany } from "../phone.svelte";
import type { Realm } from "../realm";
import { sealParams } from "../store/outbox.svelte";
import { Office, when } from "./office.svelte";
import { practice } from "./village";

/** The PIN of practice, which the sign tells where it is asked for. */
export const pin = "246810";

const database = "caunoi-practice";

export async function open(): Promise<{ phone: Phone; office: Office }> {
  const office = new Office();
  const realm: Realm = { database, device: "practice-", practice: true, fetch: office.fetch };
  const phone = await Phone.open(() => location.reload(), realm);
  if (!phone.workers.length) {
    await phone.enrol(practice, "", pin);
    await fill(phone, office);
  } else {
    await phone.unlock(practice, pin).catch((error: unknown) => {
      if (!(error instanceof TooMany)) throw error; // the sign offers to begin anew
    });
  }
  return { phone, office };
}

/** What lies in the outbox at first: one record that came back, and one that waits for network. */
async function fill(phone: Phone, office: Office): Promise<void> {
  await when(() => phone.people.length > 0 && phone.signal === "idle"); // it has all that it is given
  office.reached = false;
  const { author, campaign } = phone;
  const [met] = phone.people;
  if (!author || !met) return;
  const birth = "1984-02-30";
  const entry = await phone.outbox.save(author, {
    kind: "consultation",
    campaign,
    commune: practice,
    person: { name: "Mẫu Văn Ngày", sex: "m", birth, commune: practice },
    body: { topics: ["card"], outcome: "promised" },
  });
  const { id } = entry;
  const record = phone.outbox.all.find((r) => r.id === id);
  if (!record) return;
  phone.entries.set(id, entry);
  const params = await sealParams(author, id, { value: birth });
  await phone.outbox.settle(
    new Map([[id, { ...record, standing: "refused", code: "person.birth", params }]]),
  );
  await phone.record({
    kind: "consultation",
    campaign,
    commune: practice,
    person: { registry: met.id, name: met.name, commune: practice },
    body: { topics: ["pension"], outcome: "not_now" },
  });
}

/** Forgets all that was practised, and begins anew. */
export async function reset(phone: Phone): Promise<void> {
  await phone.destroy();
  localStorage.removeItem("caunoi.practice.office");
  location.reload();
}
