import { readdirSync, readFileSync } from "node:fs";
import type { Article } from "$shared/policy/articles";
import { expect, it } from "vitest";
import { Search } from "./search";

const folder = new URL("../../../knowledge/articles/", import.meta.url);
const articles = readdirSync(folder).map((name) => ({
  ...(JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Article),
  id: name.replace(".json", ""),
}));

// What people ask, as a thumb types it: without tone marks, cut short, mistaken.
const questions: [typed: string, id: string][] = [
  ["mất thẻ", "lost-card"],
  ["mat the bhyt", "lost-card"],
  ["vneid", "lost-card"],
  ["vneed", "lost-card"],
  ["luong huu", "pension"],
  ["rut mot lan", "withdrawal"],
  ["rut bao hiem xa hoj", "withdrawal"],
  ["sinh con", "maternity"],
  ["tre so sinh", "children"],
  ["hoc sinh", "students"],
  ["mai tang", "survivors"],
  ["trai tuyen", "other-hospital"],
  ["benh vien khac", "other-hospital"],
  ["ngan hang", "bank-account"],
  ["ho can ngheo", "health-support"],
  ["ho gia dinh het bao nhieu", "household-hi"],
  ["75 tuoi", "social-pension"],
  ["dong muon", "missed-months"],
  ["nghi viec", "left-job"],
  ["lost card", "lost-card"],
  ["পেনশন", "pension"],
];

it.each(questions)("finds what answers %s", (typed, id) => {
  const found = new Search(articles, "vi").find(typed).map((a) => a.id);
  expect(found.slice(0, 3)).toContain(id);
});

it("finds nothing for what no article answers", () => {
  expect(new Search(articles, "vi").find("xyzzy")).toEqual([]);
});
