import { expect, it } from "vitest";
import type { Activity } from "$shared/api";
import { replaced } from "./crew";

const members = [
  { id: "an", name: "Mô phỏng An", office: "a", partner: "buu-dien" },
  { id: "ba", name: "Mô phỏng Ba", office: "a", partner: "" },
  { id: "chi", name: "Mô phỏng Chi", office: "a", partner: "hoi" },
];

const activity = (team: string[], partners: string[] = []) =>
  ({
    kind: "booth",
    sub_kind: "",
    office: { id: "a" },
    commune: { code: "1" },
    village: { id: "", name: "" },
    place: "Chợ",
    room: "",
    start: "2026-03-02T08:00:00+07:00",
    end: "2026-03-02T10:00:00+07:00",
    lead: team[0] ?? "",
    team: team.map((id) => ({ id })),
    partners: partners.map((id) => ({ id })),
    vehicles: ["24A"],
    topics: [],
  }) as unknown as Activity;

const after = (a: Activity, from: string, to: string) => {
  const { team, lead, partners } = replaced(a, from, to, members);
  return { team, lead, partners };
};

it("puts one person in the place of another, with the lead and the organisation", () => {
  const both = activity(["an", "ba"], ["buu-dien", "xa"]);
  expect(after(both, "an", "chi")).toEqual({
    team: ["chi", "ba"],
    lead: "chi",
    partners: ["xa", "hoi"],
  });
  expect(after(both, "ba", "chi")).toEqual({
    team: ["an", "chi"],
    lead: "an",
    partners: ["buu-dien", "xa", "hoi"],
  });
});

it("adds to a team without anybody, leaves out who goes already, and takes away", () => {
  expect(after(activity([]), "", "ba")).toEqual({ team: ["ba"], lead: "ba", partners: [] });
  expect(after(activity(["an", "ba"]), "an", "ba")).toMatchObject({ team: ["ba"], lead: "ba" });
  expect(after(activity(["an", "ba"]), "an", "")).toMatchObject({ team: ["ba"], lead: "ba" });
  expect(replaced(activity(["ba"]), "ba", "an", members)).toMatchObject({
    commune: "1",
    place: "Chợ",
    vehicles: ["24A"],
  });
});
