/**
 * What a phone tells of itself without being asked, and when: at the end of an
 * exchange, as soon as something differs that bears on tomorrow, else once in
 * some hours. It names nobody.
 */
import type { PhoneState } from "$shared/office";

export type HeldList = NonNullable<PhoneState["lists"]>[number];
export type Rehearsed = NonNullable<PhoneState["rehearsed"]>;

/** What is kept for a worker beside the records, and names nobody. */
export interface Known {
  /** When the server last said of each commune's list, by its code, that it is the one. */
  readonly lists: Readonly<Record<string, string>>;
  readonly told?: { readonly at: string; readonly gist: string };
  readonly rehearsed?: Rehearsed;
}

/** The fact by which it is kept. */
export const knownFact = (worker: string): string => `known/${worker}`;

export function readKnown(kept: string | number | undefined): Known {
  return typeof kept === "string" ? (JSON.parse(kept) as Known) : { lists: {} };
}

/** Milliseconds after which a phone in which nothing changed tells so. */
export const tellAgain = 6 * 3_600_000;

const steps = (value: number, limits: readonly number[]): number =>
  limits.filter((limit) => value > limit).length;

/**
 * What of a state bears on the day, as coarse as it is judged by the server
 * (readiness/judge.go): numbers that always move would tell all the time.
 */
export function gistOf(state: PhoneState): string {
  const { records, lists = [] } = state;
  return JSON.stringify([
    state.app,
    state.offline,
    state.installed,
    state.lasting,
    steps(state.room - state.used, [50 << 20, 200 << 20]),
    state.offset_ms === undefined ? null : steps(Math.abs(state.offset_ms), [5_000, 60_000]),
    records.waiting > 0,
    records.refused + records.conflict,
    lists.map((l) => [l.commune, l.people]),
    state.rehearsed ?? null,
  ]);
}

/** Whether it is time to tell. A clock that was set back is no reason to be silent. */
export function isToTell(state: PhoneState, told: Known["told"], now: Date): boolean {
  return told?.gist !== gistOf(state) || Math.abs(now.getTime() - Date.parse(told.at)) >= tellAgain;
}
