/**
 * What a phone keeps of its enrolment, and how it stands. It asks the server
 * whenever it is looked at; told that it is lost, or leaving with nothing left
 * to send, it destroys what it keeps and says so.
 */
import { answer, client } from "$shared/client";
import { Refusal } from "$shared/refusal";

const place = "caunoi.phone";
type Kept = { device: string; token: string };

export type Standing = {
  state: "in_use" | "leaving" | "lost" | "none";
  owner: string;
  name: string;
  office: string;
};

const gone: Standing = { state: "none", owner: "", name: "", office: "" };

export function kept(): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "null") as Kept | null;
  } catch {
    return null; // storage is off, or holds something else
  }
}

const as = (phone: Kept) => ({ headers: { Authorization: `Bearer ${phone.token}` } });

/** Opens a one-time link on this phone. */
export async function enrol(token: string, name: string): Promise<Standing> {
  const device = kept()?.device ?? crypto.randomUUID();
  const got = await answer(client.POST("/api/v1/devices", { body: { token, device, name } }));
  localStorage.setItem(place, JSON.stringify({ device, token: got.token } satisfies Kept));
  return await contact();
}

/** Asks how this phone stands, and does what it is told. */
export async function contact(): Promise<Standing> {
  const phone = kept();
  if (!phone) return gone;
  try {
    const got = await answer(client.GET("/api/v1/device", as(phone)));
    const standing = {
      state: got.state,
      owner: got.owner,
      name: got.name,
      office: got.office.name,
    };
    if (got.state !== "in_use") await wipe(phone);
    return standing;
  } catch (error) {
    // The token holds no more. What else is kept stays, for who enrols it anew:
    // only the word that it is lost or leaving wipes a phone.
    if (error instanceof Refusal && (error.status === 401 || error.code === "user.disabled")) {
      localStorage.removeItem(place);
      return gone;
    }
    throw error;
  }
}

/** The data first, then the word: a wipe that nobody heard of is still one. */
async function wipe(phone: Kept): Promise<void> {
  await destroy();
  await answer(client.POST("/api/v1/device/wiped", { ...as(phone), body: { unsent: 0 } })).catch(
    () => {},
  );
}

async function destroy(): Promise<void> {
  localStorage.removeItem(place);
  for (const { name } of (await indexedDB.databases?.()) ?? []) {
    if (name) indexedDB.deleteDatabase(name);
  }
  if ("caches" in self) for (const name of await caches.keys()) await caches.delete(name);
}

/** What people would call this phone, as far as the browser tells. */
export function guessName(): string {
  return /Android|iPhone|iPad/.exec(navigator.userAgent)?.[0] ?? "";
}
