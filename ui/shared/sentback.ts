/** What the desk asks of the server about records sent back to their authors. */
import { answer, client, type Schemas } from "./client";

export type SentBack = Schemas["SentBackView"];

/** The questions to authors in a campaign, the oldest first, without their texts. */
export async function sentBack(campaign: string): Promise<SentBack[]> {
  const params = { path: { campaign } };
  return (await answer(client.GET("/api/v1/campaigns/{campaign}/sent-back", { params }))).sent_back;
}

export async function sendBack(campaign: string, entry: string, question: string): Promise<void> {
  const params = { path: { campaign, entry } };
  const body = { question };
  await answer(
    client.POST("/api/v1/campaigns/{campaign}/entries/{entry}/sent-back", { params, body }),
  );
}

/** Takes a question back. */
export async function unask(campaign: string, entry: string): Promise<void> {
  const params = { path: { campaign, entry } };
  await answer(client.DELETE("/api/v1/campaigns/{campaign}/sent-back/{entry}", { params }));
}
