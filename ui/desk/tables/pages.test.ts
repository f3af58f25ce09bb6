import { expect, it, vi } from "vitest";
import { Refusal } from "$shared/refusal";
import { allOf, fitting } from "./pages";

/** A list of so many rows, as the server pages it. */
const served = (n: number) => (cursor: string, limit: number) => {
  const from = Number(cursor || 0);
  const rows = Array.from({ length: Math.min(limit, n - from) }, (_, i) => from + i);
  const next = from + rows.length < n ? String(from + rows.length) : "";
  return Promise.resolve({ rows, next });
};

it("fetches all pages in order and tells how far that is", async () => {
  const told: string[] = [];
  const all = await allOf(served(2500), (text) => told.push(text));
  expect(all).toHaveLength(2500);
  expect(all.every((v, i) => v === i)).toBe(true);
  expect(told).toEqual(["Đã lấy 1.000 dòng, đang lấy tiếp…", "Đã lấy 2.000 dòng, đang lấy tiếp…"]);
});

it("takes what a file takes, and refuses more rather than cut it", async () => {
  expect(await allOf(served(100_000), () => undefined)).toHaveLength(100_000);
  await expect(allOf(served(100_001), () => undefined)).rejects.toMatchObject({
    code: "list.many",
  });
  expect(() => fitting(100_001)).toThrow(Refusal);
  fitting(100_000);
});

it("waits when it reads about people too fast, and gives up on what is refused", async () => {
  vi.useFakeTimers();
  let asked = 0;
  const ask = () =>
    ++asked < 3
      ? Promise.reject(new Refusal(429, "request.pace"))
      : Promise.resolve({ rows: [1], next: "" });
  const got = allOf(ask, () => undefined);
  await vi.runAllTimersAsync();
  expect(await got).toEqual([1]);
  vi.useRealTimers();
  await expect(
    allOf(
      () => Promise.reject(new Refusal(403, "access.forbidden")),
      () => undefined,
    ),
  ).rejects.toMatchObject({ status: 403 });
});
