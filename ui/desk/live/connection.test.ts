import { describe, expect, it } from "vitest";
import { begin, delayBefore, silenceAllowed, step, type Connection } from "./connection";
import { EventReader } from "./sse";

const random = 0.5;

describe("the live connection", () => {
  it("is live from the first byte", () => {
    expect(step(begin(0), { what: "heard", at: 5 })).toEqual({ phase: "live", heard: 5 });
  });

  it("waits a little after it broke, and then tries again", () => {
    const waiting = step({ phase: "live", heard: 0 }, { what: "broke", at: 100, random });
    expect(waiting).toEqual({ phase: "waiting", attempt: 0, retryAt: 600 });
    expect(step(waiting, { what: "tick", at: 599, random })).toBe(waiting);
    expect(step(waiting, { what: "tick", at: 600, random })).toEqual({
      phase: "connecting",
      attempt: 1,
      since: 600,
    });
  });

  it("waits longer each time, up to half a minute", () => {
    let state: Connection = begin(0);
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      state = step(state, { what: "broke", at: 0, random });
      if (state.phase !== "waiting") throw new Error(state.phase);
      waits.push(state.retryAt);
      state = step(state, { what: "tick", at: state.retryAt, random });
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, 30_000]);
  });

  it("spreads the desks, so that they do not return all at once", () => {
    expect(delayBefore(1, 0)).toBe(750);
    expect(delayBefore(1, 1)).toBe(1250);
  });

  it("takes silence for a broken stream, though nobody closed it", () => {
    const live: Connection = { phase: "live", heard: 0 };
    expect(step(live, { what: "tick", at: silenceAllowed, random })).toBe(live);
    expect(step(live, { what: "tick", at: silenceAllowed + 1, random }).phase).toBe("waiting");
  });

  it("counts anew once it has been live", () => {
    const tired: Connection = { phase: "connecting", attempt: 6, since: 0 };
    const live = step(tired, { what: "heard", at: 1 });
    expect(step(live, { what: "broke", at: 2, random })).toMatchObject({ attempt: 0 });
  });

  it("hurries when asked, unless it is live", () => {
    expect(step({ phase: "waiting", attempt: 5, retryAt: 9e9 }, { what: "hurry", at: 1 })).toEqual({
      phase: "connecting",
      attempt: 0,
      since: 1,
    });
    const live: Connection = { phase: "live", heard: 0 };
    expect(step(live, { what: "hurry", at: 1 })).toBe(live);
  });
});

describe("reading server-sent events", () => {
  it("joins chunks and skips heartbeats", () => {
    const reader = new EventReader();
    expect(reader.read(": still here\n\nevent: chan")).toEqual([]);
    expect(reader.read('ged\ndata: {"position":3}\n\n')).toEqual([
      { event: "changed", data: '{"position":3}' },
    ]);
  });

  it("reads several lines of data and carriage returns", () => {
    expect(new EventReader().read("data: a\r\ndata: b\r\n\r\n")).toEqual([
      { event: "message", data: "a\nb" },
    ]);
  });
});
