/**
 * The photos of this phone: sealed like the records, and on disk before they are
 * shown, since a phone that runs short of memory may end the page while its
 * camera is open.
 */
import { SvelteMap } from "svelte/reactivity";
import { dropPhotos, isHere, isUnsent, type Db, type PhotoKept } from "../store/db";
import type { Sealed } from "../store/seal";
import { newId, type Attachment } from "../store/entry";
import { daysOpen } from "../store/notebook.svelte";
import { Left, type Author } from "../store/outbox.svelte";

/** A photo in a form: by its id, and as the entry names it. */
export interface Attached extends Attachment {
  readonly id: string;
}

export interface Picture {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

const purposeOf = (id: string) => `photo ${id}`;

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");

export class Photos {
  readonly #all = new SvelteMap<string, PhotoKept>();

  private constructor(private readonly db: Db) {}

  static async open(db: Db, now = new Date()): Promise<Photos> {
    const photos = new Photos(db);
    // Of forms that nobody went on with.
    const before = new Date(now.getTime() - daysOpen * 86_400_000).toISOString();
    const old = (await db.photos()).filter((p) => !p.record && p.taken < before);
    if (old.length) {
      await db.write((tx) =>
        dropPhotos(
          tx,
          old.map((p) => p.id),
        ),
      );
    }
    await photos.reload();
    return photos;
  }

  async reload(): Promise<void> {
    const kept = await this.db.photos();
    this.#all.clear();
    for (const photo of kept) this.#all.set(photo.id, photo);
  }

  has = (id: string): boolean => this.#all.has(id);

  /** Those of a record, in the order in which they were taken. */
  of(record: string): PhotoKept[] {
    return [...this.#all.values()].filter((p) => p.record === record);
  }

  /** Those that are to be brought, of one worker or of all. */
  unsent(worker = ""): PhotoKept[] {
    return [...this.#all.values()].filter((p) => isUnsent(p) && (!worker || p.worker === worker));
  }

  /** Keeps a picture, for a form that is not saved yet; it is on disk when this resolves. */
  async keep(author: Author, { data, type }: Picture, now = new Date()): Promise<Attached> {
    const id = newId(now.getTime());
    const digest = hex(await crypto.subtle.digest("SHA-256", data));
    const sealed = await author.key.sealBytes(purposeOf(id), data);
    const named = { digest, bytes: data.length, type: type as Attachment["type"] };
    const taken = now.toISOString();
    const { id: worker, device, rescue } = author;
    const photo = { id, worker, device, rescue, record: "", taken, there: false, ...named };
    await this.db.write(async (tx) => {
      if (!(await isHere(tx, author))) throw new Left();
      await tx.objectStore("photos").put(photo);
      await tx.objectStore("pictures").put({ id, sealed });
    });
    this.#all.set(id, photo);
    return { id, ...named };
  }

  /** What a photo shows, sealed as it lies here; nothing where it is gone. */
  sealed = async (id: string): Promise<Sealed | undefined> => (await this.db.picture(id))?.sealed;

  /** What a photo shows; null where it is gone, or lies under an earlier key of the worker. */
  async picture(author: Author, id: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const kept = await this.db.picture(id);
    if (!kept) return null;
    const bytes = await author.key.openBytes(purposeOf(id), kept.sealed).catch(() => null);
    return bytes && new Uint8Array(bytes);
  }

  /** Writes what became of a photo; nothing of one that was dropped meanwhile. */
  async put(id: string, became: Partial<Pick<PhotoKept, "there" | "fault">>): Promise<void> {
    await this.db.write(async (tx) => {
      const kept = await tx.objectStore("photos").get(id);
      if (kept) await tx.objectStore("photos").put({ ...kept, ...became });
    });
    await this.reload();
  }

  async drop(id: string): Promise<void> {
    await this.db.write((tx) => dropPhotos(tx, [id]));
    this.#all.delete(id);
  }
}
