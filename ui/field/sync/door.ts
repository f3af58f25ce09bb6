/** The phone's way to the server, for one worker. */
export interface Door {
  readonly url: string;
  readonly token: string;
  readonly fetch: typeof fetch;
  readonly now: () => Date;
}

/**
 * How long a request may take, in milliseconds, by the bytes that it carries: a
 * phone on 2G brings about 6 KB a second. None is waited for without an end: a
 * link that died silently would keep all that comes after it.
 */
export const patience = (bytes = 0): AbortSignal => AbortSignal.timeout(60_000 + bytes / 0.5);
