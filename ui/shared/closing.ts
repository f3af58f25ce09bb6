/** What the desk asks of the server about confirming days and campaigns. */
import type { Counts, Figures } from "./api";
import { answer, client, type Schemas } from "./client";

export type Closed = NonNullable<Schemas["StandView"]["closed"]>;

/** How a day or the campaign stands. */
export type Stand = Omit<Schemas["StandView"], "figures" | "late" | "closed"> & {
  closed: Closed | null;
  figures: Figures;
  /** Signed differences by what came late. */
  late: Counts;
};
export type Day = Stand & Pick<Schemas["ClosingDay"], "day" | "running">;
export type Office = Omit<Schemas["ClosingOffice"], "days"> & { days: Day[] };
export type Closings = {
  today: string;
  from: string;
  to: string;
  campaign: Stand;
  offices: Office[];
};
export type Done = Schemas["CloseDone"];
export type Question = Schemas["PromiseView"];

export async function closings(campaign: string): Promise<Closings> {
  const params = { path: { campaign } };
  const got = await answer(client.GET("/api/v1/campaigns/{campaign}/closings", { params }));
  return got as unknown as Closings; // the schema does not name the indicators
}

export type Act = {
  scope: "day" | "campaign";
  office?: string;
  days?: string[];
  reopen?: boolean;
  reason?: string;
};

export async function close(campaign: string, body: Act): Promise<Done[]> {
  const params = { path: { campaign } };
  const asked = client.POST("/api/v1/campaigns/{campaign}/closings", { params, body });
  return (await answer(asked)).done;
}

/** Questions whose answer was promised for a day that has come. */
export async function questions(campaign: string): Promise<Question[]> {
  const params = { path: { campaign } };
  return (await answer(client.GET("/api/v1/campaigns/{campaign}/questions", { params }))).questions;
}
