import { beforeEach, expect, it } from "vitest";
import { linesOf } from "$shared/help";
import { author, emptyPhone, fact, opened, TestServerKey } from "../testing";
import { sealParams } from "../store/outbox.svelte";
import { browserOf, stateOf } from "./state";

beforeEach(emptyPhone);

const place = {
  app: "index-abc",
  used: 12_345_678,
  room: 6_000_000_000,
  installed: true,
  offline: true,
  agent: "Mozilla/5.0 (Linux; Android 10; Pixel CANARY-MODEL) AppleWebKit/537 Chrome/126.0 Mobile",
  language: "vi" as const,
};

it("tells how records stand, and nothing of whom they are about", async () => {
  const server = await TestServerKey.make();
  const { who } = await author(server);
  const { who: bob } = await author(server, "bob"); // who shares the phone
  const { outbox } = await opened(who, bob);
  const canary = {
    ...fact(1),
    person: { name: "CANARY Vàng Thị Mẩy", citizen: "010182000001", village: "CANARY-thôn" },
    body: { text: "CANARY câu hỏi" },
    commune: "02839",
  };
  await outbox.save(who, canary);
  await outbox.save(who, canary);
  await outbox.save(bob, canary);
  const [first] = outbox.all;
  if (!first) throw new Error("nothing was kept");
  await outbox.settle(
    new Map([
      [
        first.id,
        {
          ...first,
          standing: "refused" as const,
          code: "person.birth",
          params: await sealParams(who, first.id, { value: "CANARY-1982" }),
        },
      ],
    ]),
  );
  const state = stateOf(
    {
      author: who,
      outbox,
      reached: new Date("2026-11-20T02:00:00Z"),
      signal: "unreached",
      plan: null,
      offset: -259_200_000,
      fragile: true,
      lists: [{ commune: "00001", people: 800, at: "2026-11-20T01:00:00.000Z" }],
      rehearsed: { at: "2026-11-20T01:30:00.000Z", ok: false, code: "entry.value" },
    },
    place,
  );
  expect(state.records).toEqual({
    waiting: 1,
    sent: 0,
    held: 0,
    apart: 0,
    refused: 1,
    conflict: 0,
    mended: 0,
    aside: 0,
  });
  expect(state.refused).toEqual([{ code: "person.birth", n: 1 }]);
  const all = JSON.stringify([state, linesOf(state)]);
  for (const secret of [
    "CANARY",
    "Mẩy",
    "0101820",
    "02839",
    first.id,
    who.id,
    who.device,
    "1982",
  ]) {
    expect(all).not.toContain(secret);
  }
  expect(linesOf(state).map(([, value]) => value)).toContain("nhanh 259.200 giây");
});

it("names browser and system, not the phone", () => {
  expect(browserOf(place.agent)).toBe("Chrome 126, Android 10");
  expect(browserOf("Mozilla/5.0 (iPhone; CPU iPhone OS 17_2) Version/17.2 Safari/604.1")).toBe(
    "Safari 17, iPhone OS 17",
  );
  expect(browserOf("")).toBe("");
});
