/**
 * The service worker keeps the whole app on the phone. A new version waits until
 * the worker says so, or the app is opened anew: it never takes a form away.
 */
import { Workbox } from "workbox-window";

/** How long, in ms, a new version has to take over before the page is read anew all the same. */
const patience = 10_000;

class Installed {
  /** Everything is on the phone: the app opens without network. */
  offline = $state(false);
  /** A newer version is here and waits. */
  newer = $state(false);
  #workbox: Workbox | null = null;

  start(): void {
    if (!("serviceWorker" in navigator)) return; // no TLS: see docs/phone.md
    const workbox = new Workbox("./sw.js", { scope: "./" });
    workbox.addEventListener("waiting", () => (this.newer = true));
    workbox.addEventListener("controlling", () => {
      if (this.newer) location.reload();
    });
    this.#workbox = workbox;
    void workbox.register().then(() =>
      navigator.serviceWorker.ready.then(() => {
        this.offline = true;
        document.documentElement.dataset["offline"] = "ready";
      }),
    );
  }

  /** Takes the newer version, which reloads the page. */
  async renew(): Promise<void> {
    const here = await navigator.serviceWorker.getRegistration();
    if (!here?.waiting) return location.reload(); // it is at work already: only the page is old
    this.#workbox?.messageSkipWaiting();
    setTimeout(() => location.reload(), patience); // a tap never leads nowhere
  }
}

export const installed = new Installed();
export const install = (): void => installed.start();
