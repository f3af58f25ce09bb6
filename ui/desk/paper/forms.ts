/** Paper forms as entries: who recorded them and when stands on the paper, not on the clock. */
import type { EntryDetail, Review, ReviewReason } from "$shared/api";
import { declaredOf, numbers, type Declared } from "$shared/declared";
import { newId, personOf, type Person } from "$shared/entry";
import { dayOf, isDay } from "$shared/i18n/dates";
import { accountNumberOf, birthOf, isAccountNumber } from "$shared/typed";
import type { Chosen } from "$shared/policy/terms";
import type { Key } from "./words";

export const kinds = [
  "consultation",
  "enrolment",
  "noncash_switch",
  "card_donation",
  "activity_held",
  "question",
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
export const outcomes = ["", "joined", "promised", "refused", "not_now"] as const;
export const clarities = ["", "clear", "partly", "unclear"] as const;
export const answereds = ["at_once", "later", "pending"] as const;
export const satisfactions = ["", "yes", "partly", "no"] as const;
export const stages = ["pledged", "declared", "paid", "issued"] as const;
export const payments = ["", "cash", "transfer"] as const;
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

/** Lives in none of the province's communes. */
export const elsewhere = "-";

/** What is typed off one form. */
export type Form = Declared &
  Chosen & {
    name: string;
    citizen: string;
    birth: string;
    sex: "" | "f" | "m";
    /** The commune of residence; empty is where the form was filled in. */
    home: string;
    village: string;
    /** The code of the household. */
    household: string;
    topics: (typeof topics)[number][];
    outcome: (typeof outcomes)[number];
    clarity: (typeof clarities)[number];
    question: string;
    answer: string;
    answered: (typeof answereds)[number];
    satisfied: (typeof satisfactions)[number];
    promise: string;
    scheme: (typeof schemes)[number];
    stage: (typeof stages)[number];
    prior: (typeof priors)[number];
    lastMonth: string;
    months: number;
    payment: (typeof payments)[number];
    receipt: string;
    benefit: (typeof benefits)[number];
    method: (typeof methods)[number];
    bank: string;
    account: string;
    holder: string;
    to: (typeof receivers)[number];
    donor: string;
    signed: boolean;
    heads: number | null;
    note: string;
  };

export const empty: Form = {
  name: "",
  citizen: "",
  birth: "",
  sex: "",
  home: "",
  village: "",
  household: "",
  phone: "",
  ethnic: "",
  nationality: "VN",
  address: "",
  head: "",
  relation: "",
  hospital: "",
  si: "",
  card: "",
  group: "",
  income: "",
  member: "1",
  topics: [],
  outcome: "",
  clarity: "",
  question: "",
  answer: "",
  answered: "at_once",
  satisfied: "",
  promise: "",
  scheme: "household_hi",
  stage: "paid",
  prior: "none",
  lastMonth: "",
  months: 12,
  payment: "",
  receipt: "",
  benefit: "pension",
  method: "bank_account",
  bank: "",
  account: "",
  holder: "",
  to: "student",
  donor: "",
  signed: false,
  heads: null,
  note: "",
};

/** The next form of a pile: the choices stay, the person and what was written do not. */
export function next(form: Form): Form {
  const {
    hospital,
    group,
    topics,
    scheme,
    stage,
    prior,
    months,
    payment,
    benefit,
    method,
    bank,
    to,
    donor,
    signed,
  } = form;
  const stays = {
    hospital,
    group,
    topics,
    scheme,
    stage,
    prior,
    months,
    payment,
    benefit,
    method,
    bank,
    to,
    donor,
  };
  return { ...empty, ...stays, signed };
}

/** Whether somebody is named: who asks a question need not be. */
const named = (f: Form): boolean =>
  [f.name, f.citizen, f.birth, f.sex, f.home, f.village].some((told) => told.trim() !== "");

/** What keeps a form from being saved: of each field, in their order, the key of its words. */
export type Faults = Partial<Record<Field, Key>>;
export type Field =
  | "author"
  | "day"
  | "time"
  | "activity"
  | "commune"
  | "heads"
  | "name"
  | "citizen"
  | "birth"
  | "phone"
  | "si"
  | "card"
  | "income"
  | "question"
  | "promise"
  | "last_month"
  | "bank"
  | "account";

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
  const birth = birthOf(form.birth);
  const born = isDay(birth) || /^\d{4}$/.test(birth);
  const account = accountNumberOf(form.account);
  const toAccount = kind === "noncash_switch" && form.method !== "wallet";
  return {
    ...(!pile.author && { author: "paper.lacks.author" }),
    ...(dayFault && { day: dayFault }),
    ...(timeFault && { time: timeFault }),
    ...(kind === "activity_held" && !pile.activity && { activity: "paper.lacks.activity" }),
    ...(!pile.commune && { commune: "paper.commune.none" }),
    ...(kind === "activity_held" &&
      !(Number.isInteger(form.heads) && Number(form.heads) >= 0) && { heads: "paper.lacks.heads" }),
    ...(kind !== "activity_held" &&
      kind !== "question" &&
      !form.name.trim() && { name: "paper.lacks.name" }),
    ...(form.citizen && !/^\d{12}$/.test(form.citizen) && { citizen: "paper.citizen.wrong" }),
    ...(birth && (!born || birth < "1900" || birth > today) && { birth: "paper.birth.wrong" }),
    ...(hasPhone(kind) && !numbers.phone(form.phone) && { phone: "paper.phone.wrong" }),
    ...(declares(kind, form) && !numbers.si(form.si) && { si: "paper.si.wrong" }),
    ...(declares(kind, form) &&
      form.scheme !== "voluntary_si" &&
      !numbers.card(form.card) && { card: "paper.card.wrong" }),
    ...(kind === "question" && !form.question.trim() && { question: "paper.lacks.question" }),
    ...(kind === "question" &&
      form.answered === "pending" &&
      !isDay(form.promise) && { promise: "paper.lacks.promise" }),
    ...(kind === "enrolment" &&
      form.prior === "lapsed" &&
      !/^\d{4}-\d\d$/.test(form.lastMonth) && { last_month: "paper.lacks.last_month" }),
    ...(toAccount && account && !form.bank && { bank: "paper.lacks.bank" }),
    ...(toAccount &&
      (account || form.holder.trim()) &&
      !isAccountNumber(account) && { account: "paper.account.wrong" }),
  };
}

/** Which forms ask for a telephone number. */
export const hasPhone = (kind: Kind): boolean =>
  kind === "enrolment" || kind === "noncash_switch" || kind === "card_donation";

/** Which forms hold what the official ones need: a pledge is a word given. */
export const declares = (kind: Kind, form: Form): boolean =>
  kind === "card_donation" || (kind === "enrolment" && form.stage !== "pledged");

/** Who joins with the household, by a paper that says with which. */
export const ofHousehold = (kind: Kind, form: Form): boolean =>
  kind === "enrolment" && form.scheme === "household_hi";

/** What of a kind has to be counted for it to count as such. */
const figures: Record<Kind, RegExp> = {
  consultation: /^consultations$/,
  enrolment: /^(enrolments|renewals)\./,
  noncash_switch: /^switches\./,
  card_donation: /^donations\./,
  activity_held: /^sessions$/,
  question: /^questions$/,
};

/** How a saved form counts: not, or with something to be looked at; and why. */
export interface Fate {
  counts: boolean;
  why: (ReviewReason | "late" | "stage" | "unknown")[];
}

export function fateOf(
  kind: Kind,
  told: Pick<EntryDetail, "counted"> & { reviews: readonly Pick<Review, "reason">[] },
): Fate {
  const own = told.counted.filter((c) => figures[kind].test(c.indicator));
  const counts = own.some((c) => c.value > 0);
  const why: Fate["why"] = told.reviews.map((r) => r.reason);
  if (!counts && own.some((c) => c.late > 0)) why.unshift("late");
  if (!counts && why.length === 0) why.push(kind === "enrolment" ? "stage" : "unknown");
  return { counts, why: [...new Set(why)] };
}

/** What the form declares: of what is not asked, nothing. */
function declaredBy(kind: Kind, f: Form): Partial<Declared> | undefined {
  const { phone, ethnic, nationality, address, head, relation, hospital, si, card } = f;
  const household = ofHousehold(kind, f) ? { head, relation } : { head: "", relation: "" };
  const health =
    kind === "enrolment" && f.scheme === "voluntary_si"
      ? { hospital: "", card: "" }
      : { hospital, card };
  return declares(kind, f)
    ? declaredOf({ phone, ethnic, nationality, address, si, ...household, ...health })
    : declaredOf({ ...empty, phone });
}

function bodyOf(kind: Kind, f: Form, terms?: Record<string, unknown>): Record<string, unknown> {
  const declared = declaredBy(kind, f);
  const signed = f.signed ? "paper" : "";
  switch (kind) {
    case "consultation":
      return {
        ...(f.topics.length && { topics: [...f.topics] }),
        outcome: f.outcome,
        clarity: f.clarity,
        note: f.note,
      };
    case "question": {
      const pending = f.answered === "pending";
      return {
        text: f.question,
        answered: f.answered,
        answer: pending ? "" : f.answer,
        satisfied: pending ? "" : f.satisfied,
        promise_by: pending ? f.promise : "",
      };
    }
    case "enrolment": {
      // A pledge is a word given: nothing is paid or signed yet.
      const pledged = f.stage === "pledged";
      const paid = f.stage === "paid" || f.stage === "issued";
      const receipt = f.receipt.trim();
      return {
        scheme: f.scheme,
        stage: f.stage,
        prior: f.prior,
        last_month: f.prior === "lapsed" ? f.lastMonth : "",
        months: f.months,
        terms,
        declared,
        payment: paid && f.payment ? { method: f.payment, ...(receipt && { receipt }) } : undefined,
        signed: pledged ? "" : signed,
        note: f.note,
      };
    }
    case "noncash_switch": {
      const number = accountNumberOf(f.account);
      const account = { bank: f.bank, number, holder: f.holder.trim() || f.name.trim() };
      return {
        benefit: f.benefit,
        method: f.method,
        account: f.method !== "wallet" && f.bank && number ? account : undefined,
        declared,
        signed,
        note: f.note,
      };
    }
    case "card_donation":
      return { to: f.to, donor: f.donor, months: f.months, declared, signed };
    case "activity_held":
      return { head_count: f.heads, note: f.note };
  }
}

/** An entry has no member for what was left empty; nobody is a count, too. */
const spoken = (body: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(body)
      .map(([name, v]) => [name, typeof v === "string" ? v.trim() : v] as const)
      .filter(([name, v]) => v || (v === 0 && name === "head_count")),
  );

/** The entry of a form, made now; terms are what policy says that it costs. */
export function entryOf(
  kind: Kind,
  form: Form,
  pile: Pile,
  now = Date.now(),
  terms?: Record<string, unknown>,
) {
  const home = form.home || pile.commune;
  const person: Omit<Person, "salt"> = {
    name: form.name.trim(),
    citizen: form.citizen,
    birth: birthOf(form.birth),
    commune: home === elsewhere ? "" : home,
    village: form.village.trim(),
    household: ofHousehold(kind, form) ? form.household.trim() : "",
    ...(form.sex && { sex: form.sex }),
  };
  const nobody = kind === "activity_held" || (kind === "question" && !named(form));
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
    ...(!nobody && { person: personOf(person) }),
    body: spoken(bodyOf(kind, form, terms)),
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
