/** Who goes where on a day, a row for each, as the screen lists them. */
import { folded } from "$shared/i18n/folded";
import type { Activity, Finding, Grade, Member, Readiness, Worker } from "$shared/readiness";

export interface Row {
  readonly key: string;
  readonly activity: Activity;
  readonly member: Member;
  readonly worker: Worker | undefined;
}

export const orders = ["unready", "time", "name", "heard"] as const;
export type Order = (typeof orders)[number];

export type Filters = { q: string; open: boolean; by: Order };

/** What of the list is shown stands in the address, beside the day and the office. */
export function read(url: URL): Filters {
  const query = url.searchParams;
  return {
    q: query.get("q") ?? "",
    open: query.get("open") === "yes",
    by: orders.find((o) => o === query.get("by")) ?? "unready",
  };
}

/** The address with other choices; what is as usual is left out. */
export function write(url: URL, change: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(url.search);
  for (const [name, value] of Object.entries(change)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  return text ? `${url.pathname}?${text}` : url.pathname;
}

/** Whether something is to be done about somebody before the day. */
export const isOpen = ({ member, worker }: Row): boolean =>
  member.answer !== "coming" || Boolean(worker?.seen && !worker.ready);

const weights: Record<Grade, number> = { bad: 0, unknown: 1, warn: 2, ok: 3 };
const weightOf = ({ member, worker }: Row): number =>
  (member.answer === "coming" ? 4 : 0) + (worker?.grade ? weights[worker.grade] : 3);

export function rowsOf(told: Readiness, { q, open, by }: Filters): Row[] {
  const workers = new Map(told.workers.map((w) => [w.user.id, w]));
  const sought = folded(q).split(" ");
  const rows = told.activities
    .flatMap((activity) =>
      activity.team.map((member) => ({
        key: `${activity.id} ${member.user.id}`,
        activity,
        member,
        worker: workers.get(member.user.id),
      })),
    )
    .filter((row) => {
      if (open && !isOpen(row)) return false;
      const { activity: a, member, worker } = row;
      const text = folded(
        [member.user.name, a.place, a.commune.name, a.office.name, worker?.office.name].join(" "),
      );
      return sought.every((word) => text.includes(word));
    });
  const name = (r: Row) => r.member.user.name;
  const last = (r: Row) => r.worker?.phone?.heard ?? "";
  const compare: Record<Order, (a: Row, b: Row) => number> = {
    unready: (a, b) => weightOf(a) - weightOf(b),
    time: () => 0, // the server's own order
    name: (a, b) => name(a).localeCompare(name(b), "vi"),
    heard: (a, b) => last(a).localeCompare(last(b)),
  };
  return rows.sort(compare[by]); // stable: what is equal stays by time
}

/** What is to be told of a phone: one that told nothing says so once. */
export function marksOf(worker: Worker | undefined): Finding[] {
  const findings = worker?.phone?.findings ?? [];
  const silent = findings.filter((f) => f.code === "untold");
  return silent.length > 1
    ? [...findings.filter((f) => f.code !== "untold"), ...silent.slice(0, 1)]
    : findings;
}
