/** What the desk asks of the server about whether a day's phones and teams are ready. */
import { answer, client, type Schemas } from "./client";

export type Readiness = Schemas["ReadinessOutputBody"];
export type Activity = Schemas["ReadyActivity"];
export type Member = Schemas["AnswerView"];
export type Worker = Schemas["ReadyWorker"];
export type Office = Schemas["ReadyOffice"];
export type Finding = Schemas["Finding"];
export type Grade = Finding["grade"];

export async function readiness(day: string, office: string): Promise<Readiness> {
  const query = { day, ...(office && { office }) };
  return await answer(client.GET("/api/v1/readiness", { params: { query } }));
}

/** Asks the phones of all who go out on a day to rehearse; tells how many workers that are. */
export async function askToRehearse(day: string, office: string): Promise<number> {
  const body = { day, ...(office && { office }) };
  return (await answer(client.POST("/api/v1/readiness/rehearsals", { body }))).workers;
}
