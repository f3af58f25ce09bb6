/** What the desk asks of the server about figures, sign-in and the account. */
import type {
  Board,
  Boundaries,
  Campaign,
  EntriesPage,
  EntryDetail,
  EntryRow,
  Pace,
  Review,
  User,
} from "./api";
import { answer, client, type Schemas } from "./client";
import { Refusal } from "./refusal";

/** Days of the figures, and the moment of the past as of which they are shown. */
export type Span = { from?: string; to?: string; at?: string };

const cancelled = (signal?: AbortSignal) => (signal ? { signal } : {});

export async function whoIsSignedIn(): Promise<User> {
  return await answer(client.GET("/api/v1/session"));
}

/** How one may sign in besides links and passwords. */
export async function ways(): Promise<{ oidc: boolean }> {
  return await answer(client.GET("/api/v1/session/ways"));
}

export async function signIn(token: string): Promise<void> {
  await answer(client.POST("/api/v1/session", { body: { token } }));
}

export async function signInWith(user: string, password: string): Promise<void> {
  await answer(client.POST("/api/v1/session/password", { body: { user, password } }));
}

export type Account = Schemas["AccountOutputBody"];

export async function account(): Promise<Account> {
  return await answer(client.GET("/api/v1/account"));
}

export async function setPassword(current: string, password: string): Promise<void> {
  await answer(client.PUT("/api/v1/account/password", { body: { current, password } }));
}

export async function endOtherSessions(): Promise<void> {
  await answer(client.DELETE("/api/v1/account/sessions"));
}

/** Refused, or asked for on the way, unless it is known who sits there. */
export async function freshly(): Promise<void> {
  await answer(client.GET("/api/v1/session/stepup"));
}

export async function prove(password: string): Promise<void> {
  await answer(client.POST("/api/v1/session/stepup", { body: { password } }));
}

export async function proveWithPasskey(id: string, credential: unknown): Promise<void> {
  await answer(client.POST("/api/v1/session/stepup/passkey", { body: { id, credential } }));
}

export async function offerSignIn(): Promise<Schemas["OfferOutputBody"]> {
  return await answer(client.POST("/api/v1/session/passkey/begin"));
}

export async function signInWithPasskey(id: string, credential: unknown): Promise<void> {
  await answer(client.POST("/api/v1/session/passkey/finish", { body: { id, credential } }));
}

export async function offerPasskey(): Promise<Schemas["OfferOutputBody"]> {
  return await answer(client.POST("/api/v1/account/passkeys/begin"));
}

export async function addPasskey(id: string, name: string, credential: unknown): Promise<void> {
  await answer(client.POST("/api/v1/account/passkeys/finish", { body: { id, name, credential } }));
}

export async function dropPasskey(passkey: string): Promise<void> {
  await answer(
    client.DELETE("/api/v1/account/passkeys/{passkey}", { params: { path: { passkey } } }),
  );
}

export async function signOut(): Promise<void> {
  await answer(client.DELETE("/api/v1/session"));
}

export async function campaigns(): Promise<{ campaigns: Campaign[]; default: string }> {
  const got = await answer(client.GET("/api/v1/campaigns"));
  return { campaigns: (got.campaigns ?? []).map(campaignOf), default: got.default };
}

export async function board(campaign: string, span: Span, signal?: AbortSignal): Promise<Board> {
  const params = { path: { campaign }, query: span };
  return boardOf(
    await answer(
      client.GET("/api/v1/campaigns/{campaign}/board", { params, ...cancelled(signal) }),
    ),
  );
}

/** The live stream; its body goes on for ever. */
export async function stream(campaign: string, signal: AbortSignal): Promise<ReadableStream> {
  const body = await answer(
    client.GET("/api/v1/campaigns/{campaign}/stream", {
      params: { path: { campaign } },
      parseAs: "stream",
      cache: "no-store",
      headers: { Accept: "text/event-stream" },
      signal,
    }),
  );
  if (!body) throw new Refusal(0, "");
  return body as ReadableStream;
}

export type EntriesQuery = {
  indicator: string;
  office?: string;
  commune?: string;
  elsewhere?: boolean;
  day?: string;
  from?: string;
  to?: string;
  q?: string;
  order?: "day" | "place" | "commune" | "office" | "author" | "value";
  up?: boolean;
  /** Of the first meeting, for those identified. */
  hour?: string;
  /** A moment of the past, as in [Span]. */
  at?: string;
};

export async function entries(
  campaign: string,
  query: EntriesQuery,
  cursor: string,
  limit = 50,
): Promise<EntriesPage> {
  const params = { path: { campaign }, query: { ...given(query), cursor, limit } };
  const got = await answer(client.GET("/api/v1/campaigns/{campaign}/entries", { params }));
  // The schema leaves out what a row shares with an event.
  return { ...got, entries: (got.entries ?? []) as unknown as EntryRow[] };
}

export async function entry(campaign: string, id: string, at = ""): Promise<EntryDetail> {
  const params = { path: { campaign, entry: id }, query: given({ at }) };
  const got = await answer(client.GET("/api/v1/campaigns/{campaign}/entries/{entry}", { params }));
  return {
    entry: got.entry as EntryDetail["entry"],
    received: got.received,
    versions: (got.versions ?? []) as EntryDetail["versions"],
    counted: (got.counted ?? []) as EntryDetail["counted"],
    reviews: (got.reviews ?? []) as EntryDetail["reviews"],
    sent_back: got.sent_back,
    may_ask: got.may_ask,
  };
}

export type Reviews = Omit<Schemas["ReviewsOutputBody"], "reviews"> & { reviews: Review[] };

/** What waits for somebody to look at it; how much in all, with what is no review. */
export async function reviews(campaign: string): Promise<Reviews> {
  const params = { path: { campaign } };
  const got = await answer(client.GET("/api/v1/campaigns/{campaign}/reviews", { params }));
  return got as Reviews;
}

/** How many there are. */
export async function reviewsWaiting(campaign: string): Promise<number> {
  const params = { path: { campaign } };
  return (await answer(client.GET("/api/v1/campaigns/{campaign}/reviews/waiting", { params })))
    .waiting;
}

export async function report(campaign: string, lang: "vi" | "en" | "bn"): Promise<string> {
  const params = { path: { campaign }, query: { lang } };
  const got = await answer(client.GET("/api/v1/campaigns/{campaign}/report", { params }));
  return (got as { text?: string } | undefined)?.text ?? "";
}

/** How many people the registry knows, by commune. */
/** Who lives in communes on a day: their populations, else whom the registry knows. */
export async function knownPeople(day: string): Promise<Schemas["KnownOutputBody"]> {
  return await answer(client.GET("/api/v1/communes/people", { params: { query: { day } } }));
}

export async function boundaries(): Promise<Boundaries | null> {
  try {
    const map = (await answer(client.GET("/api/v1/boundaries"))) as unknown as Boundaries;
    return map.features.length > 0 ? map : null;
  } catch {
    return null; // without them the map draws cells of its own
  }
}

function campaignOf(c: Schemas["CampaignView"]): Campaign {
  return { ...c, name: c.name as Campaign["name"] };
}

function boardOf(b: Schemas["Board"]): Board {
  return {
    ...b,
    campaign: campaignOf(b.campaign),
    pace: b.pace.target > 0 ? (b.pace as Pace) : null,
    days: b.days ?? [],
    hours: b.hours ?? [],
    unvisited: b.unvisited ?? [],
    events: (b.events ?? []) as Board["events"],
    offices: (b.offices ?? []).map((o) => ({
      ...o,
      target: o.target || null,
      previous_rank: o.previous_rank || null,
    })),
    communes: b.communes ?? [],
  };
}

/** What of a query says something. */
function given<T extends Record<string, unknown>>(query: T): T {
  return Object.fromEntries(Object.entries(query).filter(([, v]) => v !== "" && v !== false)) as T;
}

export type Cells = (string | number | null)[][];
/** Lists that show people, of whose files the audit tells. */
export type ListOfPeople =
  | "people"
  | "worklist"
  | "calls"
  | "entries"
  | "duplicates"
  | "requests"
  | "audit"
  | "users"
  | "phones"
  | "approvals";

/** A table as a spreadsheet or a text. */
export async function tableFile(
  format: "csv" | "xlsx",
  headings: string[],
  rows: Cells,
  list?: ListOfPeople,
): Promise<Blob> {
  const params = { query: { format, ...(list && { list }) } };
  const body = { headings, rows };
  const asked = client.POST("/api/v1/table", { params, body, parseAs: "blob" });
  return (await answer(asked)) as unknown as Blob;
}

export type PushResult = Schemas["PushResult"];

/** Brings entries, as a phone does; an answer for each, in order. */
export async function push(device: string, entries: readonly object[]): Promise<PushResult[]> {
  const body = { device, sent_at: new Date().toISOString(), entries: [...entries] };
  const asked = client.POST("/api/v1/sync/push", { body: body as never });
  return (await answer(asked)).results;
}
