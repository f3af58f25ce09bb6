/** What the desk asks of the server about the plan of activities. */
import type { Activity } from "./api";
import { bringFile } from "./bring";
import { answer, client, type Schemas } from "./client";

export type Clash = Schemas["ClashView"];
export type Material = Schemas["MaterialOutputBody"];
export type CommuneMaterial = Material["communes"][number];
export type Draft = Schemas["ActivityDraft"];
export type Series = Schemas["SeriesBody"];
export type Done = Schemas["DoneOutputBody"];
export type VillageCover = Schemas["VillageCoverView"];
export type Arithmetic = Schemas["ArithmeticOutputBody"];
export type Assumptions = Schemas["Assumptions"];
export type Reason = "weather" | "people" | "place" | "other";

export type Plan = { activities: Activity[]; clashes: Clash[] };

const at = (campaign: string) => ({ path: { campaign } });

/** Activities that fall into a span of days; the whole campaign without one. */
export async function plan(
  campaign: string,
  span: { from?: string; to?: string } = {},
): Promise<Plan> {
  const params = { ...at(campaign), query: span };
  return await answer(client.GET("/api/v1/campaigns/{campaign}/activities", { params }));
}

export async function material(campaign: string): Promise<Material> {
  return await answer(
    client.GET("/api/v1/campaigns/{campaign}/planning", { params: at(campaign) }),
  );
}

export async function add(
  campaign: string,
  body: { draft: Draft; series?: Series; shifts?: boolean; trial?: boolean },
): Promise<Done> {
  const params = at(campaign);
  return await answer(client.POST("/api/v1/campaigns/{campaign}/activities", { params, body }));
}

/** Changes an activity, unless somebody else did since it was [seen]. */
export async function correct(
  campaign: string,
  activity: string,
  draft: Draft,
  seen: string,
): Promise<Done> {
  const params = { path: { campaign, activity } };
  const body = { draft, seen };
  return await answer(
    client.PUT("/api/v1/campaigns/{campaign}/activities/{activity}", { params, body }),
  );
}

/** Versions of activities that somebody saw before changing them. */
export type Seen = Record<string, string>;

export const seenOf = (activities: readonly Activity[]): Seen =>
  Object.fromEntries(activities.map((a) => [a.id, a.version]));

export type Move = {
  activities: string[];
  seen?: Seen;
  reason: Reason;
  note?: string;
  start?: string;
  end?: string;
  days?: number;
  at?: string;
  place?: string;
  village?: string;
  commune?: string;
  trial?: boolean;
};

export async function move(campaign: string, body: Move): Promise<Done> {
  const params = at(campaign);
  return await answer(
    client.POST("/api/v1/campaigns/{campaign}/activities/move", { params, body }),
  );
}

export async function cancel(
  campaign: string,
  body: { activities: string[]; seen: Seen; reason: Reason; note?: string },
): Promise<Done> {
  const params = at(campaign);
  return await answer(
    client.POST("/api/v1/campaigns/{campaign}/activities/cancel", { params, body }),
  );
}

export async function undo(campaign: string, entries: string[]): Promise<Done> {
  const params = at(campaign);
  const body = { entries };
  return await answer(
    client.POST("/api/v1/campaigns/{campaign}/activities/undo", { params, body }),
  );
}

export async function coverage(campaign: string): Promise<VillageCover[]> {
  const params = at(campaign);
  return (await answer(client.GET("/api/v1/campaigns/{campaign}/coverage", { params }))).villages;
}

export async function place(
  campaign: string,
  body: { commune: string; village: string; lat: number; lon: number },
): Promise<void> {
  const params = at(campaign);
  await answer(client.PUT("/api/v1/campaigns/{campaign}/coverage/place", { params, body }));
}

const placesOf = (campaign: string) =>
  `/api/v1/campaigns/${encodeURIComponent(campaign)}/coverage/places`;

/** Where the villages and their places are downloaded. */
export const placesFile = (campaign: string, format: "xlsx" | "csv", lang: string) =>
  `${placesOf(campaign)}?${new URLSearchParams({ format, lang }).toString()}`;

export type Places = Schemas["ImportPlacesOutputBody"];

/** Brings from a file where villages lie; on trial nothing of it is kept. */
export async function bringPlaces(campaign: string, file: File, trial: boolean): Promise<Places> {
  return await bringFile(placesOf(campaign), file, trial);
}

export async function arithmetic(campaign: string): Promise<Arithmetic> {
  const params = at(campaign);
  return await answer(client.GET("/api/v1/campaigns/{campaign}/arithmetic", { params }));
}

export async function assume(campaign: string, body: Assumptions): Promise<Arithmetic> {
  const params = at(campaign);
  return await answer(client.PUT("/api/v1/campaigns/{campaign}/arithmetic", { params, body }));
}

export type Format = "xlsx" | "csv" | "ics";

/** Where the plan is downloaded. */
export function download(campaign: string, format: Format, office: string, lang: string): string {
  const query = new URLSearchParams({ format, lang, ...(office && { office }) });
  return `/api/v1/campaigns/${encodeURIComponent(campaign)}/activities/file?${query.toString()}`;
}

export type Imported = Schemas["ImportPlanOutputBody"];

/** Brings a plan from a file; on trial nothing of it is kept. */
export async function bring(campaign: string, file: File, trial: boolean): Promise<Imported> {
  return await bringFile(
    `/api/v1/campaigns/${encodeURIComponent(campaign)}/activities/file`,
    file,
    trial,
  );
}

/** Where a campaign is downloaded as one file. */
export const kitOf = (campaign: string) => `/api/v1/campaigns/${encodeURIComponent(campaign)}/kit`;

export type Adoption = Schemas["AdoptInputBody"];
export type Adopted = Schemas["AdoptOutputBody"];
export type Parting = NonNullable<Adoption["targets"]>;

/** Makes a campaign from a file; on trial nothing of it is kept. */
export async function adopt(body: Adoption): Promise<Adopted> {
  return await answer(client.POST("/api/v1/kits", { body }));
}
