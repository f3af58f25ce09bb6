/**
 * What the desk asks of the server about people: the registry, imports,
 * worklists, calls, likely duplicates and data subjects' requests.
 *
 * Names, numbers and phones come masked; only `reveal` opens them, for a
 * purpose that the server records.
 */
import type { Day } from "./i18n/dates";
import { send, spoken } from "./client";
import { Refusal, refusalOf } from "./refusal";

export type Place = { code: string; name: string };
export type Someone = { id: string; name: string };

export type CoverageState = "current" | "ends_60" | "ends_30" | "lapsed" | "none";
export type Coverage = {
  scheme: string;
  start: Day | "";
  end: Day | "";
  source: string;
  state: CoverageState;
};

export type Outcome = "joined" | "promised" | "refused" | "not_home" | "moved";
export type LastVisit = { at: string; outcome: Outcome; by: string };

export type PersonRow = {
  id: string;
  name: string;
  sex: "male" | "female" | "";
  birth_year: number;
  commune: Place;
  village: string;
  household: string;
  citizen: string;
  phone: string;
  coverage: Coverage[];
  assigned_to: Someone | null;
  last_visit: LastVisit | null;
  follow_up: Day | "";
};

export type Consent = {
  id: string;
  purpose: string;
  text_version: string;
  channel: string;
  proof: string;
  given: string;
  withdrawn: string;
};

export type Visit = {
  at: string;
  outcome: Outcome;
  by: string;
  by_phone: boolean;
  reason: string;
  note: string;
  date: Day | "";
};

/** Something about a record that a person should look at; it never stops anybody. */
export type Warning = { code: string; params: Record<string, string | number> };

export type Person = PersonRow & {
  consents: Consent[];
  history: Visit[];
  merged_from: string[];
  warnings: Warning[];
  proof: Proof;
};

/** What was proven of a person beyond what somebody said. */
export type Proof = {
  phone: "" | "code" | "callback";
  phone_at: string;
  check: "" | "match" | "mismatch" | "unknown" | "unverified";
  differs: ("name" | "birth")[];
  check_at: string;
  check_offered: boolean;
};

export const clearFields = [
  "name",
  "citizen",
  "si",
  "card",
  "birth",
  "phone",
  "address",
  "bank",
] as const;
export type ClearField = (typeof clearFields)[number];
export type Clear = Partial<Record<ClearField, string>>;

export type PersonEdit = Clear & { sex?: string; village?: string; household?: string };

/** In which order people are listed; all but places in either direction. */
export type InOrder = { order?: string; down?: boolean };

export type PeopleQuery = {
  q?: string;
  commune?: string;
  village?: string;
  household?: string;
  coverage?: string;
} & InOrder;
export type PeoplePage = { people: PersonRow[]; next: string; total: number };

export type ImportColumn = { heading: string; field: string; recognised: boolean };
export type PreviewRow = {
  row: number;
  kind: "added" | "changed" | "same" | "refused";
  text: string;
};
export type Import = {
  id: string;
  state: string;
  /** Why it failed. */
  reason: string;
  rows_read: number;
  rows_total: number;
  added: number;
  changed: number;
  refused: number;
  preview: PreviewRow[];
  columns: ImportColumn[];
  fields: string[];
};

export const lists = [
  "uncovered",
  "hi_30",
  "hi_60",
  "hi_lapsed",
  "si_missing_15",
  "pension_cash",
  "student_no_card",
  "follow_up",
] as const;
export type List = (typeof lists)[number];

export type WorkRow = PersonRow & { why: string };
export type Worklist = {
  list: List;
  counts: Partial<Record<List, number>>;
  rows: WorkRow[];
  next: string;
};
export type WorkQuery = {
  list: List;
  commune?: string;
  village?: string;
  assigned?: string;
} & InOrder;

export type Village = {
  commune: Place;
  village: string;
  people: number;
  uncovered: number;
  assigned_to: Someone | null;
  last_visit: string;
};

export type Call = PersonRow & { attempts: number; next_call: Day | "" };

export type VisitMark = {
  outcome: Outcome;
  date?: Day;
  reason?: string;
  note?: string;
  by_phone: boolean;
};

export type Side = { visible: boolean; person: PersonRow | null; evidence: Evidence[] };
export type Evidence = { field: string; value: string; same: boolean };
export type Pair = {
  id: string;
  score: number;
  reasons: string[];
  a: Side;
  b: Side;
  state: string;
};

export type RequestKind = "access" | "correct" | "erase" | "restrict" | "object" | "withdraw";
export type SubjectRequest = {
  id: string;
  person: string;
  person_name: string;
  kind: RequestKind;
  received: string;
  answer_due: Day | "";
  finish_due: Day | "";
  state: string;
};

export type Share = { to: Someone; villages: string[]; people: number };

const root = "/api/v1";

async function ask<T>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const file = body instanceof Blob;
  let response: Response;
  try {
    const request = new Request(root + path, {
      method,
      credentials: "same-origin",
      headers: {
        "X-Caunoi": "1",
        Accept: "application/json",
        "Accept-Language": document.documentElement.lang,
        ...(body !== undefined && {
          "Content-Type": file ? "application/octet-stream" : "application/json",
        }),
      },
      ...(body !== undefined && { body: file ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    response = await (file ? spoken(request) : send(request)); // a file is not kept to be sent again
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refusal(0, "");
  }
  const text = await response.text();
  let value: unknown;
  try {
    value = text ? JSON.parse(text) : undefined;
  } catch {
    value = undefined;
  }
  if (!response.ok) throw refusalOf(response.status, value);
  return value as T;
}

/** The part of an address behind "?", of what is not empty. */
function query(values: Record<string, string | number | boolean | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== "" && value !== false) search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

const id = encodeURIComponent;

// The server leaves out what is empty; the screens always find a list.
function rowOf<T extends PersonRow>(row: T): T {
  return {
    ...row,
    sex: row.sex ?? "",
    birth_year: row.birth_year ?? 0,
    village: row.village ?? "",
    household: row.household ?? "",
    citizen: row.citizen ?? "",
    phone: row.phone ?? "",
    coverage: row.coverage ?? [],
    assigned_to: row.assigned_to?.id ? row.assigned_to : null,
    last_visit: row.last_visit?.at ? row.last_visit : null,
    follow_up: row.follow_up ?? "",
  };
}

export async function people(asked: PeopleQuery, cursor: string, limit = 50): Promise<PeoplePage> {
  const { q, ...filters } = asked;
  const narrowed = query({ ...filters, cursor, limit });
  // What is searched for is personal: it stays out of addresses.
  const got = q
    ? await ask<PeoplePage>("POST", `/people/search${narrowed}`, { q })
    : await ask<PeoplePage>("GET", `/people${narrowed}`);
  return { people: (got.people ?? []).map(rowOf), next: got.next ?? "", total: got.total ?? 0 };
}

export async function person(of: string): Promise<Person> {
  const got = await ask<Person>("GET", `/people/${id(of)}`);
  return {
    ...rowOf(got),
    consents: got.consents ?? [],
    history: got.history ?? [],
    merged_from: got.merged_from ?? [],
    warnings: got.warnings ?? [],
  };
}

/** Opens the personal fields of one person. The server records who did so and what for. */
export function reveal(of: string, purpose: string): Promise<Clear> {
  return ask("POST", `/people/${id(of)}/reveal`, { purpose });
}

export function edit(of: string, change: PersonEdit): Promise<void> {
  return ask("PUT", `/people/${id(of)}`, change);
}

/** A code of six digits to send to the person's number. */
export async function phoneCode(of: string): Promise<string> {
  return (await ask<{ code: string }>("POST", `/people/${id(of)}/phone/code`)).code;
}

export function provePhone(
  of: string,
  said: { code: string } | { reached: string },
): Promise<void> {
  return ask("POST", `/people/${id(of)}/phone/proof`, said);
}

export function checkPerson(of: string): Promise<void> {
  return ask("POST", `/people/${id(of)}/check`);
}

export function exportPerson(of: string): Promise<unknown> {
  return ask("POST", `/people/${id(of)}/export`, {});
}

export function erase(of: string, reason: string): Promise<void> {
  return ask("POST", `/people/${id(of)}/erase`, { reason });
}

export type NewConsent = Pick<Consent, "purpose" | "text_version" | "channel" | "proof">;

export function consent(of: string, given: NewConsent): Promise<void> {
  return ask("POST", `/people/${id(of)}/consents`, given);
}

export function withdraw(of: string, consentId: string): Promise<void> {
  return ask("DELETE", `/people/${id(of)}/consents/${id(consentId)}`);
}

export function visit(of: string, mark: VisitMark): Promise<void> {
  return ask("POST", `/people/${id(of)}/visits`, mark);
}

export async function worklist(
  asked: WorkQuery,
  cursor: string,
  limit: number,
  signal?: AbortSignal,
): Promise<Worklist> {
  const path = `/worklists${query({ ...asked, cursor, limit })}`;
  const got = await ask<Worklist>("GET", path, undefined, signal);
  return {
    list: asked.list,
    counts: got.counts ?? {},
    rows: (got.rows ?? []).map((r) => ({ ...rowOf(r), why: r.why ?? "" })),
    next: got.next ?? "",
  };
}

export async function villages(commune = ""): Promise<Village[]> {
  const got = await ask<{ villages: Village[] | null }>(
    "GET",
    `/worklists/villages${query({ commune })}`,
  );
  return (got.villages ?? []).map((v) => ({
    ...v,
    assigned_to: v.assigned_to?.id ? v.assigned_to : null,
    last_visit: v.last_visit ?? "",
  }));
}

export function assign(commune: string, names: string[], to: string): Promise<void> {
  return ask("POST", "/assignments", { commune, villages: names, to });
}

/** Shares a commune's villages out so that each gets about as many people. */
export async function balance(commune: string, to: string[], apply: boolean): Promise<Share[]> {
  const body = { commune, to, apply };
  const got = await ask<{ shares: Share[] | null }>("POST", "/assignments/balance", body);
  return got.shares ?? [];
}

export async function calls(
  order: InOrder,
  cursor: string,
  limit: number,
): Promise<{ rows: Call[]; next: string }> {
  const got = await ask<{ rows: Call[] | null; next: string }>(
    "GET",
    `/calls${query({ ...order, cursor, limit })}`,
  );
  return {
    rows: (got.rows ?? []).map((r) => ({
      ...rowOf(r),
      attempts: r.attempts ?? 0,
      next_call: r.next_call ?? "",
    })),
    next: got.next ?? "",
  };
}

function sideOf(side: Side): Side {
  return {
    visible: side.visible,
    person: side.person ? rowOf(side.person) : null,
    evidence: side.evidence ?? [],
  };
}

export async function duplicates(state: string): Promise<Pair[]> {
  const got = await ask<{ pairs: Pair[] | null }>("GET", `/duplicates${query({ state })}`);
  return (got.pairs ?? []).map((p) => ({
    ...p,
    reasons: p.reasons ?? [],
    a: sideOf(p.a),
    b: sideOf(p.b),
  }));
}

/** What the pair's state became: merged, or waiting where the agency asks for a second person. */
export async function decide(
  pair: string,
  same: boolean,
  reason: string,
): Promise<{ state: string }> {
  const got = await ask<{ state?: string } | undefined>("POST", `/duplicates/${id(pair)}`, {
    same,
    reason,
  });
  return { state: got?.state ?? "" };
}

export function unmerge(pair: string, reason: string): Promise<void> {
  return ask("POST", `/duplicates/${id(pair)}/unmerge`, { reason });
}

export async function requests(): Promise<SubjectRequest[]> {
  const got = await ask<{ requests: SubjectRequest[] | null }>("GET", "/requests");
  return got.requests ?? [];
}

export function request(of: string, kind: RequestKind): Promise<void> {
  return ask("POST", "/requests", { person: of, kind });
}

export function answerRequest(which: string, state: string): Promise<void> {
  return ask("POST", `/requests/${id(which)}`, { state });
}

function importOf(got: Import): Import {
  return {
    ...got,
    rows_read: got.rows_read ?? 0,
    rows_total: got.rows_total ?? 0,
    preview: got.preview ?? [],
    columns: got.columns ?? [],
    fields: got.fields ?? [],
  };
}

/** Sends a list to be read; nothing is written before `runImport`. */
export async function upload(file: File): Promise<string> {
  return (await ask<{ id: string }>("POST", "/imports/people", file)).id;
}

export async function importState(of: string): Promise<Import> {
  return importOf(await ask("GET", `/imports/${id(of)}`));
}

export function mapColumns(of: string, map: Record<string, string>): Promise<void> {
  return ask("PUT", `/imports/${id(of)}/columns`, { map });
}

export function runImport(of: string): Promise<void> {
  return ask("POST", `/imports/${id(of)}/run`, {});
}

export const templateLink = `${root}/imports/people/template.xlsx`;
export const errorsLink = (of: string): string => `${root}/imports/${id(of)}/errors.xlsx`;

/** Those to whom villages can be given. */
export async function campaigners(): Promise<Someone[]> {
  const got = await ask<{ users: (Someone & { role: string; disabled: boolean })[] | null }>(
    "GET",
    "/users",
  );
  return (got.users ?? [])
    .filter((u) => !u.disabled && (u.role === "campaigner" || u.role === "partner_agent"))
    .map(({ id, name }) => ({ id, name }));
}
