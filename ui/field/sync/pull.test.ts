import { gzipSync } from "node:zlib";
import { beforeEach, expect, it } from "vitest";
import { author, emptyPhone, opened, TestServerKey } from "../testing";
import type { Door } from "./door";
import { openPulled, peopleText, takePeople } from "./pull";

beforeEach(emptyPhone);

const file = gzipSync('{"v":1}\n["p1"]\n');

/** A server of one file, which tells what it was asked. */
function door(asked: Headers[]): Door {
  const answer = (_: RequestInfo | URL, init?: RequestInit) => {
    const headers = new Headers(init?.headers);
    asked.push(headers);
    const known = headers.get("If-None-Match") === '"t"';
    return Promise.resolve(
      new Response(known ? null : file, { status: known ? 304 : 200, headers: { ETag: '"t"' } }),
    );
  };
  return { url: "", token: "t", fetch: answer as typeof fetch, now: () => new Date() };
}

it("takes the people once, and again what lies under a key that is no more", async () => {
  const server = await TestServerKey.make();
  const { who } = await author(server);
  const { db } = await opened();
  const asked: Headers[] = [];
  expect(await takePeople(db, who, door(asked), "00001")).toBe(true);
  expect(await takePeople(db, who, door(asked), "00001")).toBe(false);
  expect(asked.map((h) => h.get("If-None-Match"))).toEqual([null, '"t"']);

  // The PIN was forgotten, and the worker came back under another key.
  const { who: anew } = await author(server);
  expect(await openPulled(db, anew, "ann/people/00001")).toBeNull();
  expect(await peopleText(db, anew, "00001")).toBe("");
  expect(await takePeople(db, anew, door(asked), "00001")).toBe(true);
  expect(asked[2]?.get("If-None-Match")).toBeNull();
  expect(await peopleText(db, anew, "00001")).toContain('["p1"]');
});
