/** What a phone keeps of how it stands, for a worker, and that it tells the server. */
import { Refusal } from "$shared/refusal";
import type { PhoneState } from "$shared/office";
import type { Author } from "../store/outbox.svelte";
import { isHere, type Db } from "../store/db";
import { call, type Door } from "./door";
import {
  gistOf,
  isToTell,
  knownFact,
  readKnown,
  type HeldList,
  type Known,
  type Rehearsed,
} from "./telling";

export class KnownState {
  #known = $state.raw(readKnown(undefined));
  readonly #db: Db;
  readonly #has: (author: Author) => boolean;

  /** [has] says whether a worker has the phone open still, under the same key. */
  constructor(db: Db, has: (author: Author) => boolean) {
    this.#db = db;
    this.#has = has;
  }

  async open(author: Author): Promise<void> {
    this.#known = readKnown(await this.#db.fact(knownFact(author.id)));
  }

  close(): void {
    this.#known = readKnown(undefined);
  }

  /** How the last rehearsal went; null before the first. */
  get rehearsed(): Rehearsed | null {
    return this.#known.rehearsed ?? null;
  }

  /** Whether a rehearsal that was asked for then is still to come. */
  isToRehearse(asked: string | undefined): boolean {
    const last = this.rehearsed?.at;
    return Boolean(asked) && !(last && Date.parse(last) >= Date.parse(asked ?? ""));
  }

  /** The lists that are whole, with how many people can be read of each. */
  listsOf(communes: Iterable<string>, people: readonly { commune: string }[]): HeldList[] {
    const heads = new Map<string, number>();
    for (const { commune } of people) heads.set(commune, (heads.get(commune) ?? 0) + 1);
    return [...communes].flatMap((commune) => {
      const at = this.#known.lists[commune];
      return at ? [{ commune, people: heads.get(commune) ?? 0, at }] : [];
    });
  }

  /** Keeps it while the worker has this phone, under this key. */
  async keep(author: Author, more: Partial<Known>): Promise<void> {
    const next = { ...this.#known, ...more };
    const here = await this.#db.write(async (tx) => {
      if (!(await isHere(tx, author))) return false;
      await tx.objectStore("facts").put(JSON.stringify(next), knownFact(author.id));
      return true;
    });
    if (here && this.#has(author)) this.#known = next;
  }

  /** Tells how the phone stands, when it is time. @throws Refusal where nobody answered */
  async tell(author: Author, door: Door, state: PhoneState): Promise<void> {
    const now = door.now();
    if (!isToTell(state, this.#known.told, now)) return;
    try {
      const body = JSON.stringify(state);
      const { status } = await call(door, "/api/v1/device/state", { method: "POST", body });
      if (status !== 204) return; // a portal's page
    } catch (error) {
      if (error instanceof Refusal && error.code) return; // an older server, or one that reads it not
      throw error;
    }
    await this.keep(author, { told: { at: now.toISOString(), gist: gistOf(state) } });
  }
}
