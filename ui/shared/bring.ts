/** A file that is brought to the server as it is. */
import { send } from "./client";
import { Refusal, refusalOf } from "./refusal";

/** Brings a file; on trial nothing of it is kept. */
export async function bringFile<T>(path: string, file: File, trial: boolean): Promise<T> {
  const url = new URL(`${path}?trial=${String(trial)}`, location.href);
  const headers = {
    "X-Caunoi": "1",
    "Content-Type": "application/octet-stream",
    // Why a row is refused is told in words, of the page's language and not the browser's.
    "Accept-Language": document.documentElement.lang,
  };
  let response: Response;
  try {
    response = await send(new Request(url, { method: "POST", headers, body: file }));
  } catch {
    throw new Refusal(0, "");
  }
  const said: unknown = await response.json().catch(() => null);
  if (!response.ok) throw refusalOf(response.status, said);
  return said as T;
}
