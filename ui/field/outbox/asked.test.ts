import { expect, it } from "vitest";
import type { Entry } from "../store/entry";
import { confirmed, openOf, withdrawn, type Asked } from "./asked";

const met: Entry = {
  id: "e1",
  kind: "consultation",
  v: 1,
  campaign: "c",
  commune: "001",
  office: "a",
  activity: "s1",
  author: "ann",
  device: "phone-1",
  seq: 1,
  device_time: "2025-11-08T02:00:00Z",
  person: { name: "Mô phỏng Một", birth: "1950", salt: "muối" },
  body: { topics: ["card"], note: "nhà cuối bản" },
};
const asked = (entry: Entry): Asked => ({
  id: `q-${entry.id}`,
  by: { id: "lea", name: "Mô phỏng Trưởng" },
  at: "2025-11-09T02:00:00Z",
  question: "Bà sinh năm nào?",
  entry,
});

it("a question is open until a record of this phone supersedes what it asks about", () => {
  const other = { ...met, id: "e2" };
  const all = [asked(met), asked(other)];
  expect(openOf(all, [met])).toEqual(all);
  expect(openOf(all, [met, { ...met, id: "e3", supersedes: "e1" }])).toEqual([asked(other)]);
});

it("confirms a record with all that it says, and adds to its note", () => {
  expect(confirmed(met, "  ")).toEqual({
    kind: "consultation",
    campaign: "c",
    commune: "001",
    activity: "s1",
    person: { name: "Mô phỏng Một", birth: "1950" }, // blinded anew when it is recorded
    supersedes: "e1",
    body: { topics: ["card"], note: "nhà cuối bản" },
  });
  expect(confirmed(met, "Bà sinh 1950 ").body).toEqual({
    topics: ["card"],
    note: "nhà cuối bản · Bà sinh 1950",
  });
});

it("says nothing in kinds that have no place for a note", () => {
  const card: Entry = { ...met, kind: "card_donation", body: { to: "poor" } };
  expect(confirmed(card, "gì đó").body).toEqual({ to: "poor" });
});

it("keeps the day: an answer states no time of its own", () => {
  expect(confirmed({ ...met, happened_at: "2025-11-07T02:00:00Z" }, "")).not.toHaveProperty(
    "happened_at",
  );
});

it("takes a record back with its reason and no body", () => {
  const back = withdrawn(met, " ghi hai lần ");
  expect(back).toMatchObject({ supersedes: "e1", withdrawn: "ghi hai lần" });
  expect(back).not.toHaveProperty("body");
});
