import { expect, it } from "vitest";
import type { Entry } from "../store/entry";
import type { Activity } from "../sync/pull";
import { countOf, heldAt, unclosed } from "./session";

const activity = (more: Partial<Activity> = {}): Activity => ({
  id: "a",
  campaign: "c",
  kind: "small_group",
  sub_kind: "",
  office: "o",
  commune: { code: "1", name: "Xã mô phỏng" },
  place: "Nhà văn hoá",
  village: "",
  start: "2026-11-24T19:00:00+07:00",
  end: "2026-11-24T21:00:00+07:00",
  status: "planned",
  reason: "",
  moved_from: null,
  lead: "bob",
  lead_name: "Bốn",
  team: [],
  topics: [],
  head_count: null,
  held: null,
  present: [],
  mine: true,
  ...more,
});

const held = (seq: number, heads: number, supersedes?: string) =>
  ({
    id: `h${seq}`,
    seq,
    kind: "activity_held",
    activity: "a",
    body: { head_count: heads },
    ...(supersedes && { supersedes }),
  }) as unknown as Entry;

const there = (author: string, id: string, may: boolean, head_count: number) =>
  activity({
    status: "held",
    head_count,
    held: { id, author: { id: author, name: author.toUpperCase() }, may },
  });

it("corrects the count that stands, also one that this phone never held", () => {
  expect(countOf(activity(), "ann", [])).toMatchObject({ heads: null, apart: false });
  expect(countOf(activity(), "ann", [held(1, 7)])).toMatchObject({ heads: 7, corrects: "h1" });
  // After a new PIN the phone has nothing of it, and names what the server says.
  const mine = there("ann", "before", true, 31);
  expect(countOf(mine, "ann", [])).toMatchObject({ by: "", heads: 31, corrects: "before" });
  // What was corrected here since the plan came is corrected next.
  const own = [held(1, 33, "before"), held(2, 34, "h1")];
  expect(countOf(mine, "ann", own)).toMatchObject({ heads: 34, corrects: "h2" });
  // A lead may correct anybody's, who then is told by name.
  expect(countOf(there("bob", "b", true, 5), "lea", [])).toMatchObject({
    by: "BOB",
    corrects: "b",
  });
});

it("leaves a colleague's count, and tells another one apart", () => {
  const theirs = there("bob", "b", false, 5);
  expect(countOf(theirs, "ann", [])).toEqual({
    by: "BOB",
    heads: 5,
    corrects: undefined,
    apart: true,
    told: null,
  });
  // What was told is corrected, not told twice.
  expect(countOf(theirs, "ann", [held(1, 9)])).toMatchObject({ corrects: "h1", told: 9 });
  // Whoever leads the session counts anew, and that count is the one that counts.
  expect(countOf({ ...theirs, lead: "ann" }, "ann", [])).toMatchObject({
    apart: false,
    corrects: undefined,
  });
  expect(countOf({ ...theirs, lead: "ann" }, "ann", [held(1, 9)])).toMatchObject({
    heads: 9,
    corrects: "h1",
    apart: false,
  });
  // The office lead corrected this worker's own count: that is what stands.
  const mended = there("ann", "of-lea", true, 8);
  expect(countOf(mended, "ann", [held(1, 9)])).toMatchObject({ heads: 8, corrects: "of-lea" });
});

it("closes a session on its day", () => {
  const at = (now: string, a = activity()) => heldAt(a, new Date(now));
  expect(at("2026-11-24T21:10:00+07:00")).toBeUndefined();
  expect(at("2026-11-25T07:00:00+07:00")).toBe("2026-11-24T14:00:00.000Z");
  // Into the small hours: the day on which it began.
  const late = activity({ end: "2026-11-25T00:30:00+07:00" });
  expect(at("2026-11-24T23:50:00+07:00", late)).toBeUndefined();
  expect(at("2026-11-25T00:10:00+07:00", late)).toBe("2026-11-24T16:59:59.000Z");
  expect(at("2026-11-26T08:00:00+07:00", late)).toBe("2026-11-24T16:59:59.000Z");
  // A booth of three days is closed on its last one.
  const booth = activity({ end: "2026-11-26T17:00:00+07:00" });
  expect(at("2026-11-25T10:00:00+07:00", booth)).toBeUndefined();
  expect(at("2026-11-27T10:00:00+07:00", booth)).toBe("2026-11-26T10:00:00.000Z");
});

it("lists the own sessions of the days before that nobody closed", () => {
  const all = [
    activity({ id: "a" }),
    activity({ id: "b", start: "2026-11-23T08:00:00+07:00", end: "2026-11-23T09:00:00+07:00" }),
    activity({ id: "theirs", mine: false }),
    activity({ id: "off", status: "cancelled" }),
    activity({ id: "today", end: "2026-11-25T00:30:00+07:00" }),
  ];
  const ids = (own: Entry[]) => unclosed(all, "2026-11-25", "ann", own).map((a) => a.id);
  expect(ids([])).toEqual(["a", "b"]);
  expect(ids([held(1, 7)])).toEqual(["b"]);
});
