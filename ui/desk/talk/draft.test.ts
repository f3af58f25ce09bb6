import { expect, it } from "vitest";
import { draftOf, Ids, keepDraft, placeOf } from "./draft";

it("sends the same text again under the same id, until it was said", () => {
  const ids = new Ids();
  const first = ids.of("Mô phỏng");
  expect(ids.of("Mô phỏng")).toBe(first);
  expect(ids.of("Mô phỏng khác")).not.toBe(first);
  const second = ids.of("Mô phỏng");
  ids.said();
  expect(ids.of("Mô phỏng")).not.toBe(second);
});

it("keeps what is being written at its place", () => {
  const here = placeOf("c", { figure: "sessions", office: "a", elsewhere: false });
  expect(here).toBe(placeOf("c", { figure: "sessions", office: "a", day: "" }));
  expect(here).not.toBe(placeOf("c", { figure: "sessions", commune: "a" }));
  keepDraft(here, "Mô phỏng dở");
  expect(draftOf(here)).toBe("Mô phỏng dở");
  expect(draftOf(placeOf("d", { figure: "sessions", office: "a" }))).toBe("");
  keepDraft(here, "");
  expect(draftOf(here)).toBe("");
});
