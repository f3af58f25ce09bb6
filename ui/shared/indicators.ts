/** What the desk asks of the server about what is counted. */
import { answer, client, type Schemas } from "./client";
import type { Indicator } from "./api";

export type Told = Omit<Schemas["IndicatorView"], "indicator" | "parts"> & {
  indicator: Indicator;
  parts: Indicator[];
};
export type Note = Record<string, string>;

export async function indicators(): Promise<{ indicators: Told[]; may: boolean }> {
  const got = await answer(client.GET("/api/v1/indicators"));
  return { ...got, indicators: got.indicators as Told[] };
}

export async function setNote(indicator: Indicator, note: Note): Promise<void> {
  await answer(
    client.PUT("/api/v1/indicators/{indicator}", {
      params: { path: { indicator } },
      body: { note },
    }),
  );
}
