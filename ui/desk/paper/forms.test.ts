import { describe, expect, it } from "vitest";
import type { EntryDetail } from "$shared/api";
import {
  elsewhere,
  empty,
  entryOf,
  fateOf,
  faultsOf,
  next,
  withdrawalOf,
  type Form,
  type Kind,
  type Pile,
} from "./forms";

const pile: Pile = {
  campaign: "c",
  office: "a",
  author: "ann",
  day: "2025-11-09",
  time: "08:30",
  activity: "",
  commune: "001",
};

describe("a paper form", () => {
  it("keeps the day and the author that stand on the paper", () => {
    const form = { ...empty, name: " Mô phỏng Lan ", citizen: "001099000001" };
    const entry = entryOf("consultation", form, pile, Date.UTC(2025, 10, 12));
    expect(entry).toMatchObject({
      author: "ann",
      device: "desk",
      happened_at: "2025-11-09T08:30:00+07:00",
      device_time: "2025-11-12T00:00:00.000Z",
      person: { name: "Mô phỏng Lan", citizen: "001099000001", commune: "001" },
      body: {},
    });
    expect(entry.id[14]).toBe("7");
    expect(entry.person?.birth).toBeUndefined();
  });

  it("carries what the phone's forms carry: amounts that policy says, household, declaration", () => {
    const household = {
      ...empty,
      name: "Mô phỏng Lan",
      household: " H 12 ",
      relation: "child",
      head: "Mô phỏng Hiền",
      hospital: "Trạm y tế",
      si: "0119 000 001",
      phone: "0912 000 001",
    };
    const terms = { group: "self", member: 2, amount: 884_520 };
    const of = (change: Partial<Form>) =>
      entryOf("enrolment", { ...household, ...change }, pile, 0, terms);
    expect(of({})).toMatchObject({
      person: { household: "H 12" },
      body: {
        terms,
        declared: {
          relation: "child",
          head: "Mô phỏng Hiền",
          hospital: "Trạm y tế",
          si: "0119000001",
          phone: "0912000001",
        },
      },
    });
    const insured = of({ scheme: "voluntary_si" });
    expect(insured.person?.household).toBeUndefined();
    expect(insured.body["declared"]).toEqual({ si: "0119000001", phone: "0912000001" });
    expect(of({ stage: "pledged" }).body["declared"]).toEqual({ phone: "0912000001" });
  });

  const campaign = { start: "2025-11-01", end: "2025-11-10" };
  const now = new Date("2025-11-09T10:00:00+07:00");
  const full = { ...empty, name: "x" };
  const faults = (kind: Kind, form: Form, change: Partial<Pile> = {}) =>
    faultsOf(kind, form, { ...pile, ...change }, campaign, now);

  it("says what is missing", () => {
    expect(faults("consultation", full)).toEqual({});
    expect(faults("consultation", empty)).toEqual({ name: "paper.lacks.name" });
    expect(faults("enrolment", { ...full, citizen: "12" })).toEqual({
      citizen: "paper.citizen.wrong",
    });
    expect(faults("enrolment", { ...full, si: "12", card: "GD1" })).toEqual({
      si: "paper.si.wrong",
      card: "paper.card.wrong",
    });
    expect(faults("enrolment", { ...full, si: "12", stage: "pledged" })).toEqual({});
    expect(faults("enrolment", { ...full, prior: "lapsed" })).toEqual({
      last_month: "paper.lacks.last_month",
    });
    expect(faults("activity_held", { ...empty, heads: 0 })).toEqual({
      activity: "paper.lacks.activity",
    });
    expect(faults("activity_held", empty, { activity: "x" })).toEqual({
      heads: "paper.lacks.heads",
    });
    expect(faults("activity_held", { ...empty, heads: 0 }, { activity: "x" })).toEqual({});
    expect(faults("question", empty)).toEqual({ question: "paper.lacks.question" });
    expect(faults("question", { ...empty, question: "x", answered: "pending" })).toEqual({
      promise: "paper.lacks.promise",
    });
    expect(faults("enrolment", { ...full, birth: "32/2/1982", phone: "12" })).toEqual({
      birth: "paper.birth.wrong",
      phone: "paper.phone.wrong",
    });
    expect(faults("noncash_switch", { ...full, account: "123456" })).toEqual({
      bank: "paper.lacks.bank",
    });
    expect(faults("noncash_switch", { ...full, account: "12", method: "wallet" })).toEqual({});
    expect(Object.keys(faults("consultation", empty, { author: "", commune: "" }))).toEqual([
      "author",
      "commune",
      "name",
    ]);
  });

  it("is not of a day that cannot count", () => {
    for (const [change, want] of [
      [{ day: "2025-11-09", time: "10:00" }, {}],
      [{ day: "2025-11-09", time: "10:01" }, { time: "paper.time.future" }],
      [{ day: "2025-11-08", time: "23:59" }, {}],
      [{ day: "2025-11-10" }, { day: "paper.day.future" }],
      [{ day: "2025-11-11" }, { day: "paper.day.outside" }],
      [{ day: "2024-11-09" }, { day: "paper.day.outside" }],
      [{ day: "" }, { day: "paper.day.outside" }],
      [{ time: "" }, { time: "paper.lacks.time" }],
    ] as const) {
      expect(faults("consultation", full, change), JSON.stringify(change)).toEqual(want);
    }
  });

  it("tells what does not count, and why", () => {
    const counted = (indicator: string, value: number, late = 0) =>
      ({ indicator, value, late }) as EntryDetail["counted"][number];
    const reached = counted("reached.identified", 1);
    const review = { reason: "duplicate_enrolment", other: "" } as const;
    const fate = (kind: Kind, told: EntryDetail["counted"], reviews: (typeof review)[] = []) =>
      fateOf(kind, { counted: told, reviews });
    expect(fate("consultation", [counted("consultations", 1)])).toEqual({ counts: true, why: [] });
    expect(fate("enrolment", [reached, counted("renewals.self_paid_hi", 1)]).counts).toBe(true);
    expect(fate("enrolment", [reached], [review, review])).toEqual({
      counts: false,
      why: ["duplicate_enrolment"],
    });
    expect(fate("enrolment", [reached])).toEqual({ counts: false, why: ["stage"] });
    expect(fate("noncash_switch", [counted("switches.noncash", 0, 1)])).toEqual({
      counts: false,
      why: ["late"],
    });
  });

  it("says what the phone's forms say, and nothing of what was left empty", () => {
    const said = (kind: Kind, change: Partial<Form>) =>
      entryOf(kind, { ...full, ...change }, pile, now.getTime()).body;
    expect(
      said("consultation", {
        topics: ["pension", "card"],
        outcome: "promised",
        clarity: "partly",
        note: " x ",
      }),
    ).toEqual({ topics: ["pension", "card"], outcome: "promised", clarity: "partly", note: "x" });
    const asked = {
      question: "Vì sao?",
      answer: "Vì thế",
      satisfied: "yes",
      promise: "2025-11-12",
    };
    expect(said("question", { ...asked, satisfied: "yes" })).toEqual({
      text: "Vì sao?",
      answered: "at_once",
      answer: "Vì thế",
      satisfied: "yes",
    });
    expect(said("question", { ...asked, satisfied: "yes", answered: "pending" })).toEqual({
      text: "Vì sao?",
      answered: "pending",
      promise_by: "2025-11-12",
    });
    expect(
      said("enrolment", {
        prior: "current",
        phone: "+84 912 000 001",
        payment: "cash",
        receipt: " 7 ",
        signed: true,
      }),
    ).toEqual({
      scheme: "household_hi",
      stage: "paid",
      prior: "current",
      months: 12,
      declared: { phone: "0912000001" },
      payment: { method: "cash", receipt: "7" },
      signed: "paper",
    });
    expect(said("enrolment", { stage: "pledged", payment: "cash", signed: true })).toEqual({
      scheme: "household_hi",
      stage: "pledged",
      prior: "none",
      months: 12,
    });
    expect(said("noncash_switch", { bank: "970436", account: "12 34 56" })).toEqual({
      benefit: "pension",
      method: "bank_account",
      account: { bank: "970436", number: "123456", holder: "x" },
    });
    expect(said("card_donation", { donor: "Mô phỏng Quỹ" })).toEqual({
      to: "student",
      donor: "Mô phỏng Quỹ",
      months: 12,
    });
    expect(said("activity_held", { heads: 0 })).toEqual({ head_count: 0 });
  });

  it("is of somebody who may live elsewhere, or of nobody", () => {
    const person = (kind: Kind, change: Partial<Form>) =>
      entryOf(kind, { ...empty, ...change }, pile).person;
    expect(person("consultation", { name: "x", birth: "3/2/1982" })).toMatchObject({
      commune: "001",
      birth: "1982-02-03",
    });
    expect(person("consultation", { name: "x", home: "003", village: "Bản Hạ" })).toMatchObject({
      commune: "003",
      village: "Bản Hạ",
    });
    expect(person("consultation", { name: "x", home: elsewhere })).not.toHaveProperty("commune");
    expect(person("question", { question: "x" })).toBeUndefined();
    expect(person("question", { question: "x", sex: "f" })).toMatchObject({ sex: "f" });
  });

  it("leaves the choices for the next one, and no person", () => {
    const form = {
      ...empty,
      name: "x",
      citizen: "1",
      birth: "1980",
      scheme: "voluntary_si" as const,
    };
    expect(next(form)).toEqual({ ...empty, scheme: "voluntary_si" });
  });

  it("is taken back by an entry of its own", () => {
    const entry = entryOf("enrolment", { ...empty, name: "x" }, pile);
    const back = withdrawalOf(entry, "lea");
    expect(back).toMatchObject({ supersedes: entry.id, author: "lea", withdrawn: "paper" });
    expect(back).not.toHaveProperty("body");
  });
});
