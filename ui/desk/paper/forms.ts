/** Paper forms as entries: who recorded them and when stands on the paper, not on the clock. */
import { newId, personOf, type Person } from "$shared/entry";

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

/** What is wrong with a form, by its field; nothing if it can be saved. */
export function missing(kind: Kind, form: Form, pile: Pile): "name" | "citizen" | "activity" | "" {
  if (kind === "activity_held") return pile.activity ? "" : "activity";
  if (!form.name.trim()) return "name";
  return form.citizen && !/^\d{12}$/.test(form.citizen) ? "citizen" : "";
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
