import bn from "$messages/bn/desk-league.json";
import en from "$messages/en/desk-league.json";
import vi from "$messages/vi/desk-league.json";
import rules from "../../../report/testdata/rules.json";
import type { Rule } from "$shared/league";
import { parametersOf, type Message } from "$shared/i18n/message";
import { describe, expect, it } from "vitest";
import { earlier, filled, toggled, usualRule, weighed } from "./rule";
import { sentence } from "./words";

describe("a rule", () => {
  it("is said in one line", () => {
    for (const { rule, vi } of rules as { rule: Rule; vi: string }[]) {
      expect(sentence(rule)).toBe(vi);
    }
    expect(sentence({ ...usualRule, ties: [] })).toContain("đồng hạng");
  });

  it("gains and loses what it weighs, without changing the one before", () => {
    const more = weighed(usualRule, "sessions", 2);
    expect(more.weights).toEqual({ enrolments: 1, sessions: 2 });
    expect(weighed(more, "enrolments", null).weights).toEqual({ sessions: 2 });
    expect(usualRule.weights).toEqual({ enrolments: 1 });
  });

  it("puts what tells equals apart in order", () => {
    const two = toggled(usualRule, "sessions");
    expect(two.ties).toEqual(["enrolments", "sessions"]);
    expect(earlier(two, "sessions").ties).toEqual(["sessions", "enrolments"]);
    expect(earlier(two, "enrolments").ties).toEqual(two.ties);
    expect(toggled(two, "enrolments").ties).toEqual(["sessions"]);
  });

  it("fills the bar of the best", () => {
    expect([filled(50, 200), filled(200, 200), filled(null, 200), filled(0, 0)]).toEqual([
      25, 100, 0, 0,
    ]);
  });
});

describe("the words of the league", () => {
  it.each([
    ["en", en],
    ["bn", bn],
  ])("%s says the same things as vi", (_, other: Record<string, Message>) => {
    expect(Object.keys(other).sort()).toEqual(Object.keys(vi).sort());
    for (const [key, message] of Object.entries(vi as Record<string, Message>)) {
      expect([key, parametersOf(other[key] ?? "")]).toEqual([key, parametersOf(message)]);
    }
  });

  it("leaves no digit in Latin script in Bengali", () => {
    const texts = Object.values(bn as Record<string, Message>).flatMap((m) =>
      typeof m === "string" ? [m] : Object.values(m),
    );
    expect(texts.filter((t) => /[0-9]/.test(t))).toEqual([]);
  });
});
