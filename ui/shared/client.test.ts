import { afterEach, expect, it, vi } from "vitest";
import { proof, send } from "./client";

afterEach(() => {
  vi.unstubAllGlobals();
  proof.ask = null;
});

it("asks in the language of the page, also once more after a proof", async () => {
  vi.stubGlobal("document", { documentElement: { lang: "bn" } });
  const heard: (string | null)[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    heard.push(request.headers.get("Accept-Language"));
    const answer = JSON.stringify({ code: heard.length === 1 ? "session.stepup" : "" });
    return Promise.resolve(new Response(answer, { status: heard.length === 1 ? 403 : 200 }));
  });
  proof.ask = () => Promise.resolve(true);
  expect((await send(new Request("https://x/api/v1/units", { method: "POST" }))).ok).toBe(true);
  expect(heard).toEqual(["bn", "bn"]);
});
