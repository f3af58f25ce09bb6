/**
 * Has the browser say when there is network again, also to a page that it put to
 * sleep (Background Synchronization, which Chromium has). What waits lies under
 * the PIN, so the service worker sends nothing itself: it wakes the page.
 */
export const woken = "WAKE";

type Waking = ServiceWorkerRegistration & {
  readonly sync?: { register(tag: string): Promise<void> };
};

/** Asks to be woken; where the browser does not, the page finds out by itself. */
export async function askToBeWoken(): Promise<void> {
  const app: Waking | undefined = await navigator.serviceWorker?.getRegistration();
  await app?.sync?.register("outbox").catch(() => {}); // the person may have forbidden it
}

/** Calls back whenever the page is woken, until what it returns is called. */
export function whenWoken(act: () => void): () => void {
  const heard = ({ data }: MessageEvent) => {
    if ((data as { type?: string } | null)?.type === woken) act();
  };
  navigator.serviceWorker?.addEventListener("message", heard);
  return () => navigator.serviceWorker?.removeEventListener("message", heard);
}
