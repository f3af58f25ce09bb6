// The network first, so that new parameters come at once; what it gave last
// where there is none. Files named by their content never change.
const name = "calculator";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || !url.href.startsWith(self.registration.scope)) return;
  event.respondWith(answer(event.request, url.pathname.includes("/assets/")));
});

async function answer(request, fixed) {
  const cache = await caches.open(name);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (fixed && kept) return kept;
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await cache.put(request, fresh.clone());
    return fresh;
  } catch (error) {
    const instead = kept ?? (await unread(cache, request.url));
    if (instead) return instead;
    throw error;
  }
}

// A page of the law that nobody has opened here yet: one in its language that
// says so.
async function unread(cache, url) {
  const [, page] = url.split(/(^.*\/law\/[a-z]+\/)/);
  return page && cache.match(page + "offline");
}
