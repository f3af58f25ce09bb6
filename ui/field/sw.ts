/**
 * Keeps the app on the phone: all files of a version together, as Workbox lists
 * them at build time, and the policy engine with the server's parameters and
 * articles, which are asked for anew whenever there is network.
 */
import { createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { woken } from "./sync/background";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string }[] };

precacheAndRoute(self.__WB_MANIFEST);
const shell = createHandlerBoundToURL("index.html");
const policy = "caunoi-policy";

self.addEventListener("message", (event) => {
  if ((event.data as { type?: string } | null)?.type === "SKIP_WAITING") void self.skipWaiting();
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
// Background Synchronization is no part of TypeScript's library yet.
self.addEventListener("sync" as "message", (event) => event.waitUntil(wake()));
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(policy).then((cache) => cache.addAll(engine)));
});

async function wake(): Promise<void> {
  for (const page of await self.clients.matchAll()) page.postMessage({ type: woken });
}

const engine = ["policy.wasm", "parameters.json", "articles.json"].map(
  (name) => new URL(name, self.registration.scope).href,
);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const [url] = request.url.split("?");
  if (request.mode === "navigate" && request.url.startsWith(self.registration.scope)) {
    event.respondWith(shell({ request, event, url: new URL(request.url) }));
  } else if (url && engine.includes(url)) {
    event.respondWith(kept(request, event));
  }
});

/** What is kept, at once, and renewed meanwhile: a link that hangs keeps nobody waiting. */
async function kept(request: Request, event: FetchEvent): Promise<Response> {
  const cache = await caches.open(policy);
  const renewed = fetch(request, { signal: AbortSignal.timeout(60_000) }).then(async (response) => {
    if (response.ok && !response.redirected) await cache.put(request, response.clone());
    return response;
  });
  const had = await cache.match(request);
  if (!had) return await renewed;
  event.waitUntil(renewed.catch(() => {}));
  return had;
}
