/**
 * What a worker's screens remember: forms in progress, and what was chosen once
 * (the village, the campaign). Each note lies sealed like the records, its name
 * within the seal, since the address of a form names a person. An unlocked
 * phone holds all notes of its worker in clear, so a screen reads them at once.
 */
import { SvelteMap } from "svelte/reactivity";
import { isHere, type Db, type Writing } from "./db";
import { newId } from "./entry";
import type { Author } from "./outbox.svelte";

/** Days after which a form that nobody went on with is forgotten. */
export const daysOpen = 7;

/** Milliseconds after the last keystroke until a note is written. */
const pause = 300;

interface Note {
  readonly id: string;
  readonly at: string; // the phone's clock
  readonly value: unknown;
  /** A choice lasts; a form in progress does not. */
  readonly lasting: boolean;
}

const purposeOf = (id: string) => `note ${id}`;

/** Ends what nobody went on with, of every worker of the phone. */
export async function forgetOld(db: Db, now = new Date()): Promise<void> {
  const old = (await db.notes()).filter((n) => n.ends && n.ends < now.toISOString());
  if (!old.length) return;
  await db.write(async (tx) => {
    for (const { id } of old) await tx.objectStore("notes").delete(id);
  });
}

export class Notebook {
  readonly #notes = new SvelteMap<string, Note>();
  readonly #unwritten = new Set<string>();
  readonly #held = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly db: Db,
    private readonly author: Author,
  ) {}

  static async open(db: Db, author: Author): Promise<Notebook> {
    const book = new Notebook(db, author);
    const doubled: string[] = [];
    const kept = await db.notes(author.id);
    for (const { id, at, ends, sealed } of kept.sort((a, b) => (a.at < b.at ? -1 : 1))) {
      const text = await author.key.open(purposeOf(id), sealed).catch(() => "");
      if (!text) continue; // under an earlier key of this worker
      const { name, value } = JSON.parse(text) as { name: string; value: unknown };
      const before = book.#notes.get(name); // by another page
      if (before) doubled.push(before.id);
      book.#notes.set(name, { id, at, value, lasting: !ends });
    }
    if (doubled.length) {
      await db.write(async (tx) => {
        for (const id of doubled) await tx.objectStore("notes").delete(id);
      });
    }
    return book;
  }

  read(name: string): unknown {
    return this.#notes.get(name)?.value;
  }

  /** When it was last changed, by the phone's clock; empty where there is none. */
  since(name: string): string {
    return this.#notes.get(name)?.at ?? "";
  }

  /** The forms in progress, the last changed first. */
  get drafts(): { name: string; at: string }[] {
    return [...this.#notes]
      .filter(([, note]) => !note.lasting)
      .map(([name, { at }]) => ({ name, at }))
      .sort((a, b) => (a.at < b.at ? 1 : -1));
  }

  /** Keeps a form in progress; what is given must be plain (JSON). */
  write(name: string, value: unknown, now = new Date()): void {
    this.#put(name, value, false, now);
  }

  /** Keeps what was chosen, for good. */
  choose(name: string, value: unknown, now = new Date()): void {
    this.#put(name, value, true, now);
  }

  #put(name: string, value: unknown, lasting: boolean, now: Date): void {
    const id = this.#notes.get(name)?.id ?? newId(now.getTime());
    this.#notes.set(name, { id, at: now.toISOString(), value, lasting });
    this.#soon(name);
  }

  drop(name: string): void {
    const note = this.#notes.get(name);
    if (!note) return;
    this.#notes.delete(name);
    this.#unwritten.delete(name);
    this.#after(() => this.db.write((tx) => tx.objectStore("notes").delete(note.id)));
  }

  /**
   * Saves a record and ends the form that it came from, both or neither.
   * `save` is given what to do in its transaction.
   */
  async settle<T>(
    name: string,
    save: (end: (tx: Writing) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    this.#held.add(name); // nothing of it is written from now on
    try {
      const result = await save(async (tx) => {
        const note = this.#notes.get(name);
        if (note) await tx.objectStore("notes").delete(note.id);
      });
      this.#notes.delete(name);
      this.#unwritten.delete(name);
      return result;
    } finally {
      this.#held.delete(name);
      if (this.#unwritten.has(name)) this.#soon(name); // it was not saved
    }
  }

  #soon(name: string): void {
    this.#unwritten.add(name);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), pause);
  }

  /** Resolves when all that was noted so far is on disk, or could not be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    const names = [...this.#unwritten];
    this.#unwritten.clear();
    for (const name of names) this.#after(() => this.#write(name));
    return this.#writing;
  }

  #after(step: () => Promise<void>): void {
    // A phone that is full says so where a record is saved; a note is only a note.
    this.#writing = this.#writing.then(step).catch(() => {});
  }

  async #write(name: string): Promise<void> {
    const note = this.#notes.get(name);
    if (!note) return;
    const { id, at, value, lasting } = note;
    const ends = new Date(Date.parse(at) + daysOpen * 86_400_000).toISOString();
    const sealed = await this.author.key.seal(purposeOf(id), JSON.stringify({ name, value }));
    if (this.#held.has(name)) {
      this.#unwritten.add(name); // should the record not be saved
      return;
    }
    if (this.#notes.get(name) !== note) return; // the newer is written next, or it is gone
    await this.db.write(async (tx) => {
      if (!(await isHere(tx, this.author))) return; // the worker left in another page
      await tx
        .objectStore("notes")
        .put({ id, worker: this.author.id, at, ...(!lasting && { ends }), sealed });
    });
  }
}
