import bnPeople from "$messages/bn/desk-people.json";
import bnDesk from "$messages/bn/desk.json";
import enPeople from "$messages/en/desk-people.json";
import enDesk from "$messages/en/desk.json";
import viPeople from "$messages/vi/desk-people.json";
import viDesk from "$messages/vi/desk.json";
import { indicators } from "$shared/api";
import {
  format,
  formatDifference,
  formatNumber,
  readNumber,
  formatPercent,
  parametersOf,
  type Message,
} from "$shared/i18n/message";
import { describe, expect, it } from "vitest";

const vi = { ...viDesk, ...viPeople };
const bn = { ...bnDesk, ...bnPeople };
const catalogues: Record<string, Record<string, Message>> = {
  vi,
  en: { ...enDesk, ...enPeople },
  bn,
};

describe("the catalogues", () => {
  it.each(["en", "bn"])("%s says the same things as vi", (language) => {
    const other = catalogues[language] ?? {};
    expect(Object.keys(other).sort()).toEqual(Object.keys(vi).sort());
    for (const [key, message] of Object.entries(vi)) {
      expect([key, parametersOf(other[key] ?? "")]).toEqual([key, parametersOf(message)]);
    }
  });

  it("names every figure", () => {
    for (const indicator of indicators) expect(vi).toHaveProperty([`figure.${indicator}`]);
  });

  it("leaves no digit of the text in Latin script in Bengali", () => {
    const texts = Object.values(bn as Record<string, Message>).flatMap((m) =>
      typeof m === "string" ? [m] : Object.values(m),
    );
    expect(texts.filter((t) => /[0-9]/.test(t))).toEqual([]);
  });
});

describe("numbers and plurals", () => {
  it("groups digits as each language does", () => {
    expect(formatNumber("vi", 2745)).toBe("2.745");
    expect(formatNumber("en", 2745)).toBe("2,745");
    expect(formatNumber("bn", 2745)).toBe("২,৭৪৫");
    expect(["2.745", "2,745", "২,৭৪৫", " 27৪5 "].map(readNumber)).toEqual([2745, 2745, 2745, 2745]);
    expect([readNumber("0"), readNumber(""), readNumber("mười")]).toEqual([0, null, null]);
  });

  it("signs differences", () => {
    expect(formatDifference("vi", 3)).toBe("+3");
    expect(formatDifference("en", -2)).toBe("−2");
    expect(formatDifference("en", 0)).toBe("0");
  });

  it("does not say that a target is met before it is", () => {
    expect(formatPercent("en", 99.6)).toBe("99%");
    expect(formatPercent("vi", 179.5)).toBe("179\u00a0%");
    expect(formatPercent("bn", 100)).toBe("১০০%");
  });

  it("picks the plural by n", () => {
    const message = { one: "{n} day left", other: "{n} days left" };
    expect(format("en", message, { n: 1 })).toBe("1 day left");
    expect(format("en", message, { n: 1200 })).toBe("1,200 days left");
    expect(format("vi", { other: "Còn {n} ngày" }, { n: 1 })).toBe("Còn 1 ngày");
  });

  it("writes texts as they are and shows what is missing", () => {
    expect(format("en", "{who} at {place}", { who: "1000" })).toBe("1000 at {place}");
  });
});
