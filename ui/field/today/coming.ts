/** Whether somebody comes to a session, as far as this phone knows. */
import type { Entry } from "../store/entry";
import type { Activity, Answer } from "../sync/pull";

export type Said = Pick<Answer, "coming" | "reason" | "stale">;

/** Why somebody cannot come; see outreach.Absences. */
export const absences = ["work", "personal", "travel", "other"] as const;

/**
 * What this worker last said about coming: on this phone, of which `own` are the
 * records that hold, or on another one. An answer is for the start that was seen
 * when it was given; after a move it is stale.
 */
export function saidBy(a: Activity, me: string, own: readonly Entry[]): Said | null {
  const here = own
    .filter((e) => e.kind === "confirmation" && e.activity === a.id)
    .sort((x, y) => y.seq - x.seq)[0];
  const there = a.answers?.find((s) => s.id === me);
  if (!here || (there && Date.parse(there.at) > Date.parse(here.device_time))) return there ?? null;
  const body = here.body as { coming: boolean; for: string; reason?: string };
  return {
    coming: body.coming,
    reason: body.reason ?? "",
    stale: Date.parse(body.for) !== Date.parse(a.start),
  };
}

/** What the others of a team said: who comes, who cannot, and who has not answered for the start of now. */
export function teamOf(
  a: Activity,
  me: string,
): {
  readonly coming: string[];
  readonly declined: { readonly name: string; readonly reason: string }[];
  readonly silent: string[];
} {
  const members = [
    ...(a.lead && !a.team.some((m) => m.id === a.lead) ? [{ id: a.lead, name: a.lead_name }] : []),
    ...a.team,
  ].filter((m) => m.id !== me);
  const said = (id: string) => a.answers?.find((s) => s.id === id && !s.stale);
  return {
    coming: members.filter((m) => said(m.id)?.coming).map((m) => m.name),
    declined: members.flatMap((m) => {
      const answer = said(m.id);
      return answer && !answer.coming ? [{ name: m.name, reason: answer.reason }] : [];
    }),
    silent: members.filter((m) => !said(m.id)).map((m) => m.name),
  };
}
