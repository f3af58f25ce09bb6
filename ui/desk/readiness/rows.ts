/** Who goes where on a day, a row for each, as the screen lists them. */
import type { Activity, Finding, Grade, Member, Readiness, Worker } from "$shared/readiness";

export interface Row {
  readonly key: string;
  readonly activity: Activity;
  readonly member: Member;
  readonly worker: Worker | undefined;
}

/** Whether something is to be done about somebody before the day. */
export const isOpen = ({ member, worker }: Row): boolean =>
  member.answer !== "coming" || Boolean(worker?.seen && !worker.ready);

const weights: Record<Grade, number> = { bad: 0, unknown: 1, warn: 2, ok: 3 };

/** How far somebody is from ready: what asks for something comes first. */
export const weightOf = ({ member, worker }: Row): number =>
  (member.answer === "coming" ? 4 : 0) + (worker?.grade ? weights[worker.grade] : 3);

/** In the server's own order, which is that of time. */
export function rowsOf(told: Readiness): Row[] {
  const workers = new Map(told.workers.map((w) => [w.user.id, w]));
  return told.activities.flatMap((activity) =>
    activity.team.map((member) => ({
      key: `${activity.id} ${member.user.id}`,
      activity,
      member,
      worker: workers.get(member.user.id),
    })),
  );
}

/** What is to be told of a phone: one that told nothing says so once. */
export function marksOf(worker: Worker | undefined): Finding[] {
  const findings = worker?.phone?.findings ?? [];
  const silent = findings.filter((f) => f.code === "untold");
  return silent.length > 1
    ? [...findings.filter((f) => f.code !== "untold"), ...silent.slice(0, 1)]
    : findings;
}
