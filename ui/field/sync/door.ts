/** The phone's way to the server, for one worker. */
import { Refusal, refusalOf } from "$shared/refusal";

export interface Door {
  readonly url: string;
  readonly token: string;
  readonly fetch: typeof fetch;
  readonly now: () => Date;
}

/** What is asked of the server. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** How many bytes may come back, where that is much. */
  readonly expects?: number;
}

/** Why an exchange stopped before its end. */
export type End =
  /** No answer of ours: no network, a portal, a proxy, a server that is down. */
  | { readonly why: "unreached" }
  /** The server wants to be asked later, in so many milliseconds. */
  | { readonly why: "busy"; readonly wait: number }
  /** The token ended, or the phone is to bring what it holds and wipe itself. */
  | { readonly why: "barred"; readonly code: string };

/** The server refuses, and says after how many milliseconds to ask again. */
export class Busy extends Refusal {
  constructor(
    { status, code, params }: Refusal,
    readonly wait: number,
  ) {
    super(status, code, params);
  }
}

/**
 * How long a request may take, in milliseconds, by the bytes that it carries: a
 * phone on 2G brings about 6 KB a second. None is waited for without an end: a
 * link that died silently would keep all that comes after it.
 */
const patience = (bytes: number): AbortSignal => AbortSignal.timeout(60_000 + bytes / 0.5);

/**
 * Calls the server. What is no answer of ours, such as a proxy's 403, is thrown
 * without a code: nothing follows from it. @throws Refusal, Busy
 */
export async function call(door: Door, path: string, asked: Asked = {}): Promise<Response> {
  const { method = "GET", headers, body, expects = 0 } = asked;
  const response = await door
    .fetch(door.url + path, {
      method,
      headers: {
        ...(door.token && { Authorization: `Bearer ${door.token}` }),
        ...(method !== "GET" && { "Content-Type": "application/json", "X-Caunoi": "1" }),
        ...headers,
      },
      ...(body !== undefined && { body }),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: patience(expects + (body?.length ?? 0)),
    })
    .catch(() => null);
  if (!response) throw new Refusal(0, "");
  const { status } = response;
  if (response.ok || status === 304 || status === 416) return response;
  const ours = response.headers.get("Content-Type")?.startsWith("application/problem+json");
  const refusal = refusalOf(status, ours ? await response.json().catch(() => null) : null);
  if (!refusal.code || (status !== 429 && status !== 503)) throw refusal;
  const after = Number(response.headers.get("Retry-After"));
  throw new Busy(refusal, (after > 0 ? after : 15) * 1000);
}

/** The JSON of an answer; null where it is none, as a portal's page. */
export const jsonOf = (response: Response): Promise<unknown> => response.json().catch(() => null);

/** Why an exchange ended by an error; see access.May for who is barred. */
export function endOf(error: unknown): End {
  if (error instanceof Busy) return { why: "busy", wait: error.wait };
  if (error instanceof Refusal && error.code && (error.status === 401 || error.status === 403)) {
    return { why: "barred", code: error.code };
  }
  return { why: "unreached" };
}
