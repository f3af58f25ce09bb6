/** What the desk asks of the server about the league, and by what rule it ranks. */
import type { Language } from "./i18n/message";
import type { Indicator } from "./api";
import { answer, client, type Schemas } from "./client";

export type Per = "target" | "people" | "campaigner" | "none";

/** How units and campaigners are ranked: points for each one of an indicator, and so on. */
export type Rule = {
  weights: Partial<Record<Indicator, number>>;
  per: Per;
  min_sessions: number;
  /** Of campaigners, who are ranked from so many sessions on in which they took part. */
  min_own_sessions: number;
  ties: Indicator[];
  hold_flagged: boolean;
};

type Answer = Schemas["LeagueOutputBody"];
export type Part = Omit<Schemas["PartView"], "indicator"> & { indicator: Indicator };
export type Standing = Omit<Schemas["StandingView"], "parts"> & { parts: Part[] };
export type Flag = Schemas["FlagView"];
export type League = Omit<Answer, "rule" | "offices" | "campaigners"> & {
  rule: Rule;
  offices: Standing[];
  campaigners: Standing[];
};

const at = (campaign: string) => ({ path: { campaign } });

// The schema knows indicators as texts.
const read = (a: Answer): League => a as League;

/** The units alone are soon told, also where there are thousands of campaigners. */
export async function league(campaign: string, units = false): Promise<League> {
  const params = { ...at(campaign), ...(units && { query: { units } }) };
  return read(await answer(client.GET("/api/v1/campaigns/{campaign}/league", { params })));
}

/** How a rule would rank; nothing is kept. */
export async function preview(campaign: string, body: Rule): Promise<League> {
  const params = at(campaign);
  return read(
    await answer(client.POST("/api/v1/campaigns/{campaign}/league/preview", { params, body })),
  );
}

export async function publish(campaign: string, body: Rule): Promise<League> {
  const params = at(campaign);
  return read(await answer(client.PUT("/api/v1/campaigns/{campaign}/league", { params, body })));
}

/** Lets a day that looks unlikely pass as it was looked at, or takes that back. */
export async function letPass(campaign: string, flag: Flag, pass: boolean): Promise<League> {
  const params = at(campaign);
  const { day, indicator, reason, value } = flag;
  const campaigner = flag.campaigner.id;
  const body = { office: flag.office.id, campaigner, day, indicator, reason, value, pass };
  return read(
    await answer(client.POST("/api/v1/campaigns/{campaign}/league/flags", { params, body })),
  );
}

export type Paper = "offices" | "campaigners" | "badges";

/** Certificates of the first three offices or campaigners, or badges of the teams, as PDF. */
export async function paper(campaign: string, what: Paper, lang: Language): Promise<Blob> {
  const path = { campaign };
  const asked =
    what === "badges"
      ? client.GET("/api/v1/campaigns/{campaign}/league/badges.pdf", {
          params: { path, query: { lang } },
          parseAs: "blob",
        })
      : client.GET("/api/v1/campaigns/{campaign}/league/certificates.pdf", {
          params: { path, query: { lang, who: what } },
          parseAs: "blob",
        });
  return await answer(asked as Promise<{ data?: Blob; error?: unknown; response: Response }>);
}
