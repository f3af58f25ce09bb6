/**
 * The server's answers as the desk reads them: the shapes of the generated
 * schema (api.gen.ts) with their words narrowed and no list missing.
 * `server.ts` makes these of those.
 */
import type { Schemas } from "./client";
import type { Named } from "./i18n/language.svelte";
import type { SentBack } from "./sentback";

export const activityKinds = [
  "opening_ceremony",
  "dialogue_conference",
  "small_group",
  "booth",
  "mobile_team",
  "other",
] as const;
export type ActivityKind = (typeof activityKinds)[number];

/** What is counted. Sums are figures too: the server adds up, never the page. */
export const indicators = [
  "people_reached",
  "reached.identified",
  "reached.headcount",
  "enrolments",
  "enrolments.voluntary_si_new",
  "enrolments.self_paid_hi",
  "renewals.voluntary_si",
  "renewals.self_paid_hi",
  "switches.noncash",
  "donations.hi_card",
  "donations.hi_card_student",
  "activities",
  "activities.opening_ceremony",
  "activities.dialogue_conference",
  "activities.small_group",
  "activities.booth",
  "activities.mobile_team",
  "activities.other",
  "sessions",
  "sessions.evening",
  "sessions.moved_weather",
  "sessions.moved_weather_evening",
  "consultations",
  "questions",
  "questions.answered",
  "questions.satisfied",
] as const;
export type Indicator = (typeof indicators)[number];

export function isIndicator(value: string): value is Indicator {
  return (indicators as readonly string[]).includes(value);
}

export type User = {
  id: string;
  name: string;
  role: "administrator" | "province" | "auditor" | "lead" | "partner_agent" | "campaigner";
  /** What the user may do in the own office; the server decides each request anew. */
  rights: string[];
  office: { id: string; name: string };
};

export type Campaign = {
  id: string;
  kind: "festival" | "sprint" | "standing";
  name: Named;
  start: string;
  end: string;
  synthetic: boolean;
  closed_at: string | null;
  /** The first day of the final stretch that has targets of its own. */
  peak_from: string | null;
};

/** A closed figure, and beside it what arrived after closing. */
export type Figure = { value: number; late: number };
export type Figures = Partial<Record<Indicator, Figure>>;
export type Counts = Partial<Record<Indicator, number>>;

export type BoardDay = { day: string; figures: Counts };

export type BoardOffice = {
  id: string;
  name: string;
  figures: Counts;
  target: number | null;
  percent: number | null;
  rank: number;
  previous_rank: number | null;
};

export type BoardCommune = {
  code: string;
  name: string;
  type: string;
  office: string;
  lat: number;
  lon: number;
  figures: Counts;
  /** An even share of the office's target, of each figure that has one. */
  targets: Counts;
  /** Of that share, over the whole campaign. */
  percents: Counts;
  last_session: string | null;
  moved_weather: number;
};

export type Pace = {
  indicator: Indicator;
  target: number;
  actual: number;
  expected: number;
  days_left: number;
  needed_per_day: number;
  low: number | null;
  high: number | null;
};

export type EntryKind =
  | "activity_held"
  | "attendance"
  | "confirmation"
  | "consultation"
  | "question"
  | "enrolment"
  | "enrolment_stage"
  | "noncash_switch"
  | "card_donation"
  | "activity_planned"
  | "activity_moved"
  | "activity_cancelled"
  | "closing"
  | "reopening"
  | "persons_joined"
  | "visit";

export type Scheme = "voluntary_si" | "household_hi" | "student_hi" | "other_hi";
export type Stage = "pledged" | "declared" | "paid" | "issued" | "withdrawn";

export type BoardEvent = {
  id: string;
  at: string;
  kind: EntryKind;
  office: string;
  commune: string;
  place: string;
  activity_kind: ActivityKind | "";
  scheme: Scheme | "";
  stage: Stage | "";
  count: number;
  reason: string;
  late: boolean;
  superseding: boolean;
  withdrawn: boolean;
};

export type Board = {
  campaign: Campaign;
  province: { name: string; communes: number };
  position: number;
  as_of: string;
  last_entry_at: string | null;
  today: string;
  /** The period of the figures. */
  from: string;
  to: string;
  figures: Figures;
  days: BoardDay[];
  hours: number[];
  /** Minutes after midnight between which offices work. */
  office_hours: { from: number; to: number };
  /** The offices stand by a rule that the province has published. */
  ruled: boolean;
  offices: BoardOffice[];
  communes: BoardCommune[];
  elsewhere: Counts;
  pace: Pace | null;
  under_way: number;
  planned: number;
  moved: number;
  cancelled: number;
  unvisited: string[];
  events: BoardEvent[];
};

export type EntryRow = {
  id: string;
  kind: EntryKind;
  day: string;
  /** When it happened; `at` is when the server received it. */
  happened_at: string;
  at: string;
  office: string;
  commune: string;
  author: string;
  device: string;
  value: number;
  /** What it changes beside the closed figure. */
  late_value: number;
  late: boolean;
  person: string;
  place: string;
  activity_kind: ActivityKind | "";
  scheme: Scheme | "";
  stage: Stage | "";
  count: number;
};

export type EntriesPage = { figure: Figure; entries: EntryRow[]; next: string };

export type Receipt = { at: string; offset_ms: number; by: string };

export type EntryVersion = {
  entry: Record<string, unknown>;
  received: Receipt;
  /** When it happened, as it is counted. */
  at?: string;
  day: string;
  late: boolean;
  /** This version is the one that counts. */
  holds: boolean;
  office_name: string;
  commune_name: string;
  author_name: string;
  by_name: string;
  pictures: EntryPicture[];
};

/** A picture of an entry: here, still on the phone, or erased with the person. */
export type EntryPicture = {
  digest: string;
  bytes: number;
  type: string;
  state: "here" | "coming" | "gone";
};

export type EntryDetail = {
  entry: Record<string, unknown>;
  received: Receipt;
  versions: EntryVersion[];
  counted: {
    indicator: Indicator;
    office: string;
    commune: string;
    day: string;
    value: number;
    late: number;
  }[];
  reviews: (Pick<Review, "reason" | "entry" | "other" | "at" | "acts"> & { left: boolean })[];
  sent_back: SentBack[];
  may_ask: boolean;
};

export type ReviewReason =
  | "duplicate_enrolment"
  | "duplicate_switch"
  | "duplicate_donation"
  | "second_held"
  | "outside_campaign"
  | "future"
  | "clock_set"
  | "two_corrections"
  | "two_citizen_numbers"
  | "possible_duplicate"
  | "cancelled_but_held"
  | "activity_withdrawn"
  | "invalid_supersede";

export type Review = {
  reason: ReviewReason;
  entry: string;
  /** The record beside it, where the reader may know of it. */
  other: string;
  /** What settles it, for the reader. */
  acts: Schemas["SettleInputBody"]["act"][];
  kind: EntryKind;
  at: string;
  office: string;
  office_id: string;
  commune: string;
};

export type Activity = Schemas["ActivityView"];

type Ring = [number, number][];

export type Boundaries = {
  type: "FeatureCollection";
  features: {
    type: "Feature";
    properties: { code: string };
    geometry:
      { type: "Polygon"; coordinates: Ring[] } | { type: "MultiPolygon"; coordinates: Ring[][] };
  }[];
};
