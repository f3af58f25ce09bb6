/** Deadlines in working days, Monday to Friday, as Decree 356/2025 counts them; public holidays are the server's to know. */
import { addDays, noon, type Day } from "$shared/i18n/dates";
import type { SubjectRequest } from "$shared/people";

function works(day: Day): boolean {
  const weekday = noon(day).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

/** How many working days after `from` is `to`; negative when it lies before. */
export function workingDays(from: Day, to: Day): number {
  if (to < from) return -workingDays(to, from);
  let n = 0;
  for (let day = from; day < to;) {
    day = addDays(day, 1);
    if (works(day)) n++;
  }
  return n;
}

export type Due = { kind: "in" | "today" | "over"; n: number };

export function dueOn(today: Day, due: Day): Due {
  if (due === today) return { kind: "today", n: 0 };
  const n = workingDays(today, due);
  return due < today ? { kind: "over", n: Math.max(1, -n) } : { kind: "in", n };
}

export const closed = (request: SubjectRequest): boolean =>
  request.state === "done" || request.state === "refused";

/** What is to be done next: the answer, then the work itself. */
export function nextDue(request: SubjectRequest): Day | "" {
  if (closed(request)) return "";
  return request.state === "answered" ? request.finish_due : request.answer_due;
}

/** Those due first stand on top; those that are done at the end, the last first. */
export function byDeadline(requests: readonly SubjectRequest[]): SubjectRequest[] {
  const rank = (r: SubjectRequest) => nextDue(r) || "9999";
  return [...requests].sort(
    (a, b) => rank(a).localeCompare(rank(b)) || b.received.localeCompare(a.received),
  );
}
