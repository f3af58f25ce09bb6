/** What a lead asks the worker about a record, and what can be answered. */
import type { Entry, Fact } from "../store/entry";
import type { Member } from "../sync/pull";

/** A question about a record, with the record: this phone may have forgotten it, or be a new one. */
export interface Asked {
  readonly id: string;
  readonly by: Member;
  readonly at: string;
  readonly question: string;
  readonly entry: Entry;
}

/** The questions that none of the worker's records answers, which hold on this phone. */
export function openOf(asked: readonly Asked[], own: readonly Entry[]): Asked[] {
  const answered = new Set(own.map((e) => e.supersedes));
  return asked.filter((a) => !answered.has(a.entry.id));
}

/** The kinds that have a note, in which more can be said. */
const noted: readonly string[] = [
  "activity_held",
  "consultation",
  "enrolment",
  "enrolment_stage",
  "visit",
];

export const hasNote = ({ kind }: Entry): boolean => noted.includes(kind);

/** What of a record stays as it is when it is answered. */
function same({ kind, campaign, commune, activity, person, id }: Entry): Omit<Fact, "body"> {
  const { salt: _salt, ...who } = person ?? {};
  return {
    kind,
    campaign,
    commune,
    ...(activity && { activity }),
    ...(person && { person: who }),
    supersedes: id,
  };
}

/** The record is right as it is: the same once more, with what is added to its note. */
export function confirmed(entry: Entry, said: string): Fact {
  const note = [entry.body?.["note"], said.trim()].filter(Boolean).join(" · ");
  return { ...same(entry), body: { ...entry.body, ...(note && hasNote(entry) && { note }) } };
}

/** The record is taken back. */
export const withdrawn = (entry: Entry, reason: string): Fact => ({
  ...same(entry),
  withdrawn: reason.trim(),
});
