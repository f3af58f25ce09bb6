import { expect, it } from "vitest";
import type { Kept, Standing } from "../store/db";
import { renewed } from "../store/outbox.svelte";
import { readReply, settle } from "./settle";

const record = (id: string, standing: Standing = "waiting"): Kept => ({
  id,
  worker: "ann",
  device: "phone-1",
  seq: 1,
  kind: "consultation",
  saved: "2026-11-25T01:00:00Z",
  sealed: { iv: new Uint8Array(12), data: new ArrayBuffer(0) },
  rescue: { seal: "k1", epk: "", iv: "", ct: "" },
  standing,
});

const reply = (results: { id: string; status: string; code?: string }[]) => ({
  epoch: "e1",
  received: "2026-11-25T01:02:00Z",
  results,
});

it("takes nothing for an answer that is none", () => {
  for (const body of [
    null,
    "<html>Đăng nhập Wi-Fi</html>",
    {},
    { results: [] },
    { epoch: "", received: "2026-11-25T01:02:00Z", results: [] },
    { epoch: "e1", received: "soon", results: [] },
    { epoch: "e1", received: "2026-11-25T01:02:00Z", results: [{ id: 1, status: "accepted" }] },
    { epoch: "e1", received: "2026-11-25T01:02:00Z", results: [null] },
  ]) {
    expect(readReply(body)).toBeNull();
  }
  expect(readReply(reply([]))).not.toBeNull();
});

it("changes what the answer lists, and nothing else", () => {
  const sent = ["a", "b", "c", "d", "e", "f"].map((id) => record(id));
  const changed = settle(
    sent,
    reply([
      { id: "a", status: "accepted" },
      { id: "b", status: "repeated" },
      { id: "c", status: "refused", code: "entry.value" },
      { id: "d", status: "quarantined" },
      { id: "e", status: "what is this" },
      { id: "z", status: "accepted" },
      { id: "f", status: "held-back" },
    ]),
    new Date("2026-11-22T01:02:00Z"),
  );
  const standings = Object.fromEntries([...changed].map(([id, r]) => [id, r.standing]));
  expect(standings).toEqual({ a: "sent", b: "sent", c: "refused", d: "apart", f: "held" });
  expect(changed.get("c")?.code).toBe("entry.value");
  expect(changed.get("a")?.offset).toBe(3 * 86_400_000); // the phone is three days behind
  expect(changed.get("a")?.answered).toBe("2026-11-25T01:02:00Z");
});

it("knows a record whose id the server could not read by its place", () => {
  const sent = [record("a"), record("b")];
  const bad = [
    { id: "a", status: "accepted" },
    { id: "", status: "refused", code: "entry.malformed" },
  ];
  expect(settle(sent, reply(bad), new Date()).get("b")?.standing).toBe("refused");
  // With another number of answers the place says nothing.
  expect(settle(sent, reply(bad.slice(1)), new Date()).size).toBe(0);
});

it("sends all that is held again to a server that was restored", () => {
  const again = renewed([
    record("a", "sent"),
    record("b", "apart"),
    record("c", "refused"),
    record("d"),
    record("e", "mended"),
    record("f", "held"),
    record("g", "aside"),
  ]);
  expect([...again.keys()]).toEqual(["a", "b", "f"]);
  expect(again.get("a")?.standing).toBe("waiting");
});
