/** What the desk asks of the server to settle what waits for somebody to look at it. */
import { answer, client, type Schemas } from "./client";

export type Act = Schemas["SettleInputBody"]["act"];

/** What an act is done to. */
export type Item = { reason: string; entry: string; other: string };

/** What some acts need to be told. */
export type Told = { day?: string; number?: string; answer?: string };

export type Done = Schemas["SettleOutputBody"];

export async function settle(
  campaign: string,
  item: Item,
  act: Act,
  told: Told = {},
): Promise<Done> {
  const params = { path: { campaign } };
  const body = { ...item, act, ...told };
  return await answer(client.POST("/api/v1/campaigns/{campaign}/reviews", { params, body }));
}

/** Takes back what was left, withdrawn or joined. */
export async function undo(campaign: string, item: Item, act: Act, made: string): Promise<void> {
  const params = { path: { campaign } };
  const body = { ...item, act, made };
  await answer(client.POST("/api/v1/campaigns/{campaign}/reviews/undo", { params, body }));
}
