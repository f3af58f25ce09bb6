import { encode } from "uqr";
import { expect, it } from "vitest";
import { fromBase45, toBase45 } from "./base45";
import { codesOf, Gathering } from "./codes";
import { seeded } from "./seeded";

it("writes bytes as RFC 9285 does", () => {
  const utf8 = (text: string) => new TextEncoder().encode(text);
  expect(toBase45(utf8("AB"))).toBe("BB8");
  expect(toBase45(utf8("Hello!!"))).toBe("%69 VD92EX0");
  expect(toBase45(utf8("base-45"))).toBe("UJCLQE7W581");
  expect(fromBase45("QED8WEX0")).toEqual(utf8("ietf!"));
  for (const wrong of ["GGW", "A", "::", "ab1"]) expect(fromBase45(wrong), wrong).toBeNull();
});

/** A text that packing makes little shorter, as a sealed outbox is. */
function sealedText(random: () => number, length: number): string {
  let text = "";
  while (text.length < length) text += Math.floor(random() * 36 ** 6).toString(36);
  return text.slice(0, length);
}

it("is a code that a webcam reads off a phone", async () => {
  const { code } = await codesOf(sealedText(seeded(1), 5_000));
  expect(encode(code(3), { ecc: "L", border: 0 }).size).toBeLessThanOrEqual(77);
});

it("is whole whatever was missed, seen twice, or came in another order", async () => {
  const extra: number[] = [];
  for (let seed = 1; seed <= 60; seed++) {
    const random = seeded(seed);
    const text = sealedText(random, 1 + Math.floor(random() ** 3 * 90_000));
    const { blocks, code } = await codesOf(text);
    const missed = random() * 0.7;
    const gathering = new Gathering();
    let number = Math.floor(random() * blocks * 3); // the camera joins anywhere
    let took = 0;
    let before = 0;
    for (const late: string[] = []; gathering.parts < blocks || !gathering.of; number++) {
      if (random() < missed) continue;
      if (random() < 0.2) {
        late.push(code(number));
        continue;
      }
      for (const seen of [code(number), ...late.splice(0, random() < 0.1 ? 9 : 0)]) {
        if (gathering.of && gathering.parts === gathering.of) break;
        took++;
        gathering.add(seen);
        if (random() < 0.3) expect(gathering.add(seen)).toBe("known");
        expect(gathering.parts).toBeGreaterThanOrEqual(before);
        before = gathering.parts;
      }
    }
    expect(await gathering.whole(), `seed ${seed}`).toBe(text);
    extra.push(took - blocks);
  }
  const mean = extra.reduce((a, b) => a + b) / extra.length;
  expect(mean).toBeLessThan(3);
});

it("mixes in nothing of another outbox, and takes no other code", async () => {
  const one = await codesOf(sealedText(seeded(1), 4_000));
  const two = await codesOf(sealedText(seeded(2), 4_000));
  const gathering = new Gathering();
  expect(gathering.add("00020101021238570010A000000727")).toBe("foreign"); // to pay by
  expect(gathering.add("CAUNOI1:" + "A".repeat(9))).toBe("foreign");
  expect(gathering.of).toBe(0);
  for (let n = 0; gathering.parts < one.blocks; n++) {
    expect(gathering.add(one.code(n))).toBe("part");
    expect(gathering.add(two.code(n))).toBe("other");
  }
  expect(await gathering.whole()).toBe(sealedText(seeded(1), 4_000));
});

it("begins anew where a part was not what it seemed", async () => {
  const { blocks, code } = await codesOf(sealedText(seeded(3), 4_000));
  const gathering = new Gathering();
  const bytes = fromBase45(code(0).slice("CAUNOI1:".length)) ?? new Uint8Array();
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  gathering.add("CAUNOI1:" + toBase45(bytes));
  for (let n = 1; gathering.parts < blocks; n++) gathering.add(code(n));
  expect(await gathering.whole()).toBeNull();
  expect([gathering.parts, gathering.of]).toEqual([0, 0]);
  for (let n = 0; gathering.parts < blocks; n++) gathering.add(code(n));
  expect(await gathering.whole()).toBe(sealedText(seeded(3), 4_000));
});
