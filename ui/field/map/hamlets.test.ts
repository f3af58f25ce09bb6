import { expect, it } from "vitest";
import type { Entry } from "../store/entry";
import { readVillagers, type Neighbour } from "../visit/neighbour";
import { houseKey, readGround } from "./ground";
import { hamletsOf } from "./hamlets";

const person = (id: string, village: string, household: string, lastVisit = "", commune = "1") =>
  ({ id, commune, village, household, lastVisit }) as Neighbour;

const record = (kind: string, rest: Partial<Entry>) =>
  ({ kind, commune: "1", body: {}, device_time: "2026-11-25T02:00:00Z", ...rest }) as Entry;

const people = [
  person("a", "Bản Hai", "h1", "2026-11-03"),
  person("b", "Bản Hai", "h1", "2026-10-01"),
  person("c", "Bản Hai", "h2"),
  person("d", "Bản Hai", ""),
  person("e", "Bản Mười", "h9", "2026-10-30"),
  person("f", "Bản Hai", "h1", "2026-11-20", "2"),
];
const told = (entries: Entry[] = []) =>
  hamletsOf(people, entries, "1", "2026-11-01").map(
    (h) => `${h.name}: ${h.visited}/${h.houses.length} ${h.last}`,
  );

it("tells of each hamlet's households, and which were visited in the campaign", () => {
  expect(told()).toEqual(["Bản Hai: 1/3 2026-11-03", "Bản Mười: 0/1 2026-10-30"]);
});

it("sees at once what was recorded on this phone, by the person or by the door", () => {
  expect(told([record("consultation", { person: { registry: "d", salt: "" } })])).toEqual([
    "Bản Hai: 2/3 2026-11-25",
    "Bản Mười: 0/1 2026-10-30",
  ]);
  expect(told([record("visit", { body: { household: "h9" } })])[1]).toBe(
    "Bản Mười: 1/1 2026-11-25",
  );
  expect(told([record("visit", { body: { household: "h9" }, commune: "2" })])[1]).toBe(
    "Bản Mười: 0/1 2026-10-30",
  );
  expect(told([record("question", { person: { registry: "d", salt: "" } })])).toEqual(told());
});

it("reads the ground as the server tells it", () => {
  const ground = readGround({
    rings: [[10425000, 2250000, 5000, 0, 0, 5000, -5000, -5000]],
    villages: [["Bản Hai", 10426000, 2251000]],
    houses: [
      ["Bản Ba", [["h1", 10426500, 2251000]]],
      ["Bản Hai", [["h1", 10426001, 2251235]]],
    ],
  });
  expect(ground.rings).toEqual([
    [
      [104.25, 22.5],
      [104.3, 22.5],
      [104.3, 22.55],
      [104.25, 22.5],
    ],
  ]);
  expect(ground.villages.get("Bản Hai")).toEqual([104.26, 22.51]);
  expect(ground.houses.get(houseKey("Bản Hai", "h1"))).toEqual([104.26001, 22.51235]);
  const head = { v: 1, commune: "1", salt: "", villages: [] };
  expect(readVillagers(JSON.stringify(head))?.ground).toBeNull();
});
