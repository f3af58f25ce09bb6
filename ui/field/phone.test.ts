import { expect, it } from "vitest";
import { Refusal } from "$shared/refusal";
import { signalOf } from "./phone.svelte";

it("takes a busy server or a broken way for no bar", () => {
  expect(signalOf(new Refusal(0, ""))).toBe("unreached");
  expect(signalOf(new Refusal(502, ""))).toBe("unreached");
  expect(signalOf(new Refusal(503, "sync.busy"))).toBe("busy");
  expect(signalOf(new Refusal(401, "session.ended"))).toBe("barred");
  expect(signalOf(new Refusal(403, "device.lost"))).toBe("barred");
  expect(signalOf(new TypeError("no"))).toBe("unreached");
});
