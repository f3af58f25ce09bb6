/** Paper forms as entries: who recorded them and when stands on the paper, not on the clock. */
import type { EntryDetail, ReviewReason } from "$shared/api";
import { newId, personOf, type Person } from "$shared/entry";
import { dayOf, isDay } from "$shared/i18n/dates";
import type { Key } from "./words";

export const kinds = [
  "consultation",
  "enrolment",
  "noncash_switch",
  "card_donation",
  "activity_held",
] as const;
export type Kind = (typeof kinds)[number];

export const topics = [
  "contribution",
  "pension",
  "support",
  "card",
  "withdrawal",
  "unemployment",
  "other",
] as const;
export const schemes = ["household_hi", "voluntary_si", "student_hi", "other_hi"] as const;
export const priors = ["none", "lapsed", "current"] as const;
export const benefits = ["pension", "monthly_si", "one_off", "unemployment"] as const;
export const methods = ["bank_account", "card", "wallet"] as const;
export const receivers = ["student", "poor", "near_poor", "other"] as const;

/** What stays the same from form to form. */
export type Pile = {
  campaign: string;
  office: string;
  author: string;
  day: string;
  time: string;
  activity: string;
  commune: string;
};

/** What is typed off one form. */
export type Form = {
  name: string;
  citizen: string;
  birth: string;
  sex: "" | "f" | "m";
  topic: (typeof topics)[number];
  scheme: (typeof schemes)[number];
  prior: (typeof priors)[number];
  lastMonth: string;
  months: number;
  benefit: (typeof benefits)[number];
  method: (typeof methods)[number];
  to: (typeof receivers)[number];
  heads: number;
};

export const empty: Form = {
  name: "",
  citizen: "",
  birth: "",
  sex: "",
  topic: "contribution",
  scheme: "household_hi",
  prior: "none",
  lastMonth: "",
  months: 12,
  benefit: "pension",
  method: "bank_account",
  to: "student",
  heads: 0,
};

/** The next form of a pile: the choices stay, the person does not. */
export function next(form: Form): Form {
  const { name, citizen, birth, sex, lastMonth, heads } = empty;
  return { ...form, name, citizen, birth, sex, lastMonth, heads };
}

/** What keeps a form from being saved: of each field, in their order, the key of its words. */
export type Faults = Partial<Record<Field, Key>>;
export type Field =
  "author" | "day" | "time" | "activity" | "commune" | "name" | "citizen" | "last_month";

/** The time of a moment as papers write it. */
export const clockOf = (moment: Date | string): string =>
  new Date(new Date(moment).getTime() + 7 * 3_600_000).toISOString().slice(11, 16);

/** What would not count is not taken: a day outside the campaign, or one to come. */
export function faultsOf(
  kind: Kind,
  form: Form,
  pile: Pile,
  campaign: { start: string; end: string },
  now = new Date(),
): Faults {
  const { day, time } = pile;
  const today = dayOf(now);
  const dayFault =
    !isDay(day) || day < campaign.start || day > campaign.end
      ? "paper.day.outside"
      : day > today && "paper.day.future";
  const timeFault = !time
    ? "paper.lacks.time"
    : day === today && time > clockOf(now) && "paper.time.future";
  return {
    ...(!pile.author && { author: "paper.lacks.author" }),
    ...(dayFault && { day: dayFault }),
    ...(timeFault && { time: timeFault }),
    ...(kind === "activity_held" && !pile.activity && { activity: "paper.lacks.activity" }),
    ...(!pile.commune && { commune: "paper.commune.none" }),
    ...(kind !== "activity_held" && !form.name.trim() && { name: "paper.lacks.name" }),
    ...(form.citizen && !/^\d{12}$/.test(form.citizen) && { citizen: "paper.citizen.wrong" }),
    ...(kind === "enrolment" &&
      form.prior === "lapsed" &&
      !/^\d{4}-\d\d$/.test(form.lastMonth) && { last_month: "paper.lacks.last_month" }),
  };
}

/** What of a kind has to be counted for it to count as such. */
const figures: Record<Kind, RegExp> = {
  consultation: /^consultations$/,
  enrolment: /^(enrolments|renewals)\./,
  noncash_switch: /^switches\./,
  card_donation: /^donations\./,
  activity_held: /^sessions$/,
};

/** How a saved form counts: not, or with something to be looked at; and why. */
export interface Fate {
  counts: boolean;
  why: (ReviewReason | "late" | "stage" | "unknown")[];
}

export function fateOf(kind: Kind, told: Pick<EntryDetail, "counted" | "reviews">): Fate {
  const own = told.counted.filter((c) => figures[kind].test(c.indicator));
  const counts = own.some((c) => c.value > 0);
  const why: Fate["why"] = told.reviews.map((r) => r.reason);
  if (!counts && own.some((c) => c.late > 0)) why.unshift("late");
  if (!counts && why.length === 0) why.push(kind === "enrolment" ? "stage" : "unknown");
  return { counts, why: [...new Set(why)] };
}

function bodyOf(kind: Kind, f: Form): Record<string, unknown> {
  switch (kind) {
    case "consultation":
      return { topics: [f.topic] };
    case "enrolment":
      return {
        scheme: f.scheme,
        stage: "paid",
        prior: f.prior,
        ...(f.prior === "lapsed" && { last_month: f.lastMonth }),
        months: f.months,
      };
    case "noncash_switch":
      return { benefit: f.benefit, method: f.method };
    case "card_donation":
      return { to: f.to, months: f.months };
    case "activity_held":
      return { head_count: f.heads };
  }
}

/** The entry of a form, made now. */
export function entryOf(kind: Kind, form: Form, pile: Pile, now = Date.now()) {
  const person: Omit<Person, "salt"> = {
    name: form.name.trim(),
    citizen: form.citizen,
    birth: form.birth,
    commune: pile.commune,
    ...(form.sex && { sex: form.sex }),
  };
  return {
    id: newId(now),
    kind,
    v: 1,
    campaign: pile.campaign,
    office: pile.office,
    commune: pile.commune,
    ...(pile.activity && { activity: pile.activity }),
    author: pile.author,
    device: "desk",
    seq: now * 1000,
    device_time: new Date(now).toISOString(),
    happened_at: `${pile.day}T${pile.time}:00+07:00`,
    ...(kind !== "activity_held" && { person: personOf(person) }),
    body: bodyOf(kind, form),
  };
}

export type Entry = ReturnType<typeof entryOf>;

/** The entry that takes one back, of whoever sits at the desk. */
export function withdrawalOf(entry: Entry, author: string, now = Date.now()) {
  const { kind, v, campaign, office, commune, device, activity, person } = entry;
  return {
    id: newId(now),
    kind,
    v,
    campaign,
    office,
    commune,
    ...(activity && { activity }),
    ...(person && { person }),
    author,
    device,
    seq: now * 1000,
    device_time: new Date(now).toISOString(),
    supersedes: entry.id,
    withdrawn: "paper",
  };
}
