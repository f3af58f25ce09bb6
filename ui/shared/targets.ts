/** What the desk asks of the server about targets. */
import { bringFile } from "./bring";
import { answer, client, type Schemas } from "./client";

export type Targets = Schemas["TargetsOutputBody"];
export type TargetRow = Schemas["TargetRow"];
export type SpreadBy = Schemas["SpreadInputBody"]["by"];

export type Asked = {
  indicator: string;
  from?: string;
  to?: string;
  year?: number;
  office?: string;
};

export async function targets(campaign: string, query: Asked): Promise<Targets> {
  const params = { path: { campaign }, query };
  return await answer(client.GET("/api/v1/campaigns/{campaign}/targets", { params }));
}

export async function setTargets(
  campaign: string,
  body: Schemas["SetTargetsInputBody"],
): Promise<void> {
  const params = { path: { campaign } };
  await answer(client.PUT("/api/v1/campaigns/{campaign}/targets", { params, body }));
}

export async function spread(
  campaign: string,
  body: { total: number; by: SpreadBy; office?: string },
): Promise<Schemas["SpreadOutputBody"]> {
  const params = { path: { campaign } };
  const asked = client.POST("/api/v1/campaigns/{campaign}/targets/spread", { params, body });
  return await answer(asked);
}

const fileOf = (campaign: string) =>
  `/api/v1/campaigns/${encodeURIComponent(campaign)}/targets/file`;

/** Where the targets as they stand are downloaded. */
export const download = (campaign: string, format: "xlsx" | "csv", lang: string) =>
  `${fileOf(campaign)}?${new URLSearchParams({ format, lang }).toString()}`;

export type Brought = Schemas["ImportTargetsOutputBody"];

/** Brings targets from a file; on trial nothing of it is kept. */
export async function bring(campaign: string, file: File, trial: boolean): Promise<Brought> {
  return await bringFile(fileOf(campaign), file, trial);
}
