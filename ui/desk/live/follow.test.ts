import { afterEach, beforeEach, expect, it, vi } from "vitest";

/** What happens to the page, and whether somebody looks at it. */
const page = Object.assign(new EventTarget(), { hidden: false });
const glass = new EventTarget();

vi.mock("../signin/session.svelte", () => ({ session: { expired: () => {} } }));
vi.mock("./stream.svelte", () => ({
  heard: new EventTarget(),
  Stream: class {
    start = () => void Opened.push(1);
    stop = () => void Opened.pop();
  },
}));
const Opened: number[] = [];

const { follow, rest } = await import("./follow");
const { heard } = await import("./stream.svelte");

const changed = () => heard.dispatchEvent(new Event("changed"));
let read = 0;
let stop = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", glass);
  page.hidden = false;
  read = 0;
  stop = follow("c", () => Promise.resolve(++read));
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("reads anew at once after a quiet while, and then rests", async () => {
  await vi.advanceTimersByTimeAsync(rest);
  expect(read).toBe(0);
  changed();
  expect(read).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  for (let i = 0; i < 20; i++) {
    changed();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(read).toBe(1);
  await vi.advanceTimersByTimeAsync(rest);
  expect(read).toBe(2);
  await vi.advanceTimersByTimeAsync(10 * rest);
  expect(read).toBe(2);
});

it("waits while nobody looks and while a hand is on the screen", async () => {
  await vi.advanceTimersByTimeAsync(rest);
  page.hidden = true;
  changed();
  await vi.advanceTimersByTimeAsync(rest);
  expect(read).toBe(0);
  glass.dispatchEvent(new Event("pointerdown"));
  page.hidden = false;
  page.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(rest);
  expect(read).toBe(0);
  glass.dispatchEvent(new Event("pointerup"));
  expect(read).toBe(1);
});

it("shares one stream, over a change of screen, too, and reads nothing once it was told to stop", async () => {
  const other = follow("c", () => Promise.resolve());
  expect(Opened).toHaveLength(1);
  other();
  expect(Opened).toHaveLength(1);
  changed();
  stop();
  stop = () => {};
  const next = follow("c", () => Promise.resolve());
  await vi.advanceTimersByTimeAsync(10 * rest);
  expect(Opened).toHaveLength(1);
  expect(read).toBe(0);
  next();
  await vi.advanceTimersByTimeAsync(rest);
  expect(Opened).toHaveLength(0);
});
