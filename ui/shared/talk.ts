/** What the desk asks of the server about talks at figures, days and activities. */
import { answer, client, type Schemas } from "./client";

export type Thread = Schemas["ThreadView"];
export type Detail = Schemas["ThreadDetail"];
export type Word = Schemas["WordView"];
export type Anchor = Schemas["AnchorView"];
/** Where it is talked: a figure, a day of an office, or an activity. */
export type At = Schemas["AnchorInput"];
export type Here = { may: boolean; value: number | null; thread: Detail | null };

export async function threads(campaign: string): Promise<Thread[]> {
  const params = { path: { campaign } };
  return (await answer(client.GET("/api/v1/campaigns/{campaign}/talk", { params }))).threads;
}

/** How many threads wait for the reader's side. */
export async function waiting(campaign: string): Promise<number> {
  const params = { path: { campaign } };
  return (await answer(client.GET("/api/v1/campaigns/{campaign}/talk/waiting", { params })))
    .waiting;
}

export async function here(campaign: string, query: At): Promise<Here> {
  const params = { path: { campaign }, query };
  return await answer(client.GET("/api/v1/campaigns/{campaign}/talk/at", { params }));
}

export async function thread(campaign: string, thread: string): Promise<Detail> {
  const params = { path: { campaign, thread } };
  return await answer(client.GET("/api/v1/campaigns/{campaign}/talk/threads/{thread}", { params }));
}

/** Says something once, however often it is sent with the same id. */
export async function say(campaign: string, id: string, at: At, text: string): Promise<Detail> {
  const params = { path: { campaign } };
  const body = { id, at, text };
  return await answer(client.POST("/api/v1/campaigns/{campaign}/talk", { params, body }));
}

export async function read(campaign: string, thread: string, n: number): Promise<void> {
  const params = { path: { campaign, thread } };
  await answer(
    client.PUT("/api/v1/campaigns/{campaign}/talk/threads/{thread}/read", { params, body: { n } }),
  );
}

/** Settles a thread whose messages were seen up to a number. */
export async function settle(campaign: string, thread: string, n: number): Promise<Detail> {
  const params = { path: { campaign, thread } };
  return await answer(
    client.POST("/api/v1/campaigns/{campaign}/talk/threads/{thread}/settled", {
      params,
      body: { n },
    }),
  );
}

export async function takeBack(campaign: string, thread: string, message: string): Promise<Detail> {
  const params = { path: { campaign, thread, message } };
  return await answer(
    client.DELETE("/api/v1/campaigns/{campaign}/talk/threads/{thread}/messages/{message}", {
      params,
    }),
  );
}
