/**
 * Keeps the page for use without network. The service worker answers from the
 * cache only where the network does not; what this first visit has loaded
 * before there was a worker is put into the cache here.
 */
export async function keep(languages: readonly string[]): Promise<void> {
  if (!("serviceWorker" in navigator)) return; // no TLS: the page needs the network
  try {
    await navigator.serviceWorker.register("./sw.js");
    await navigator.serviceWorker.ready;
    const scope = new URL("./", location.href).href;
    const cache = await caches.open("calculator");
    const loaded = performance
      .getEntriesByType("resource")
      .map((entry) => entry.name)
      .filter((name) => name.startsWith(scope) && !name.endsWith("sw.js"));
    // The engine may still be under way: it is named, not found.
    // Of the pages of the law, those that say so are kept; others once opened.
    const instead = languages.map((language) => `law/${language}/offline`);
    const files = ["", "policy.wasm", "parameters.json", "law.css", ...instead].map(
      (name) => scope + name,
    );
    await cache.addAll([...new Set([...files, ...loaded])]);
    document.documentElement.dataset["offline"] = "ready";
  } catch (error) {
    console.warn("the calculator cannot be kept for use without network", error);
  }
}
