/**
 * Brings photos to the server, piece by piece, each going on where the last
 * attempt was cut. The courier brings records first: a photo waits until the
 * server has its record.
 */
import { Refusal } from "$shared/refusal";
import { isThere, type PhotoKept } from "../store/db";
import { toBase64, type Sealed } from "../store/seal";
import type { Photos } from "../photo/photos.svelte";
import type { Author, Outbox } from "../store/outbox.svelte";
import { call, endOf, jsonOf, type Door, type End } from "./door";

/** Bytes of a piece: what 2G still carries, and what the server takes; see attachment.MaxPiece. */
const least = 8 << 10;
const most = 256 << 10;

/** A piece should take so long, in milliseconds: what is cut is lost with it. */
const brisk = 2_000;
const slow = 6_000;

/** Failures one after the other, without a byte brought, after which it is tried later. */
const patience = 3;

export class PhotoCarrier {
  /** Pieces that arrived, since the app began. */
  brought = 0;
  #piece = 32 << 10;
  /** Failures since something arrived. */
  #failed = 0;

  constructor(
    private readonly photos: Photos,
    private readonly outbox: Outbox,
    /** How long to wait after a failure, in milliseconds: what cut it may last. */
    private readonly rest = 1_000,
  ) {}

  /**
   * Brings what waits of this worker; null when nothing does any more. It ends
   * early, between two pieces, as soon as `urgent` says that something else is.
   */
  async run(author: Author, door: Door, urgent: () => boolean): Promise<End | null> {
    await this.photos.reload();
    this.#failed = 0;
    for (const photo of this.photos.unsent(author.id)) {
      if (!this.outbox.all.some((r) => r.id === photo.record && isThere(r))) continue;
      for (;;) {
        if (urgent()) return null;
        const end = await this.#bring(author, door, photo, urgent).catch((error: unknown) => {
          if (error instanceof Refusal) return endOf(error);
          throw error;
        });
        if (!end) break;
        // A link that cuts, but carries something in between, is used as long as it does.
        if (end.why !== "unreached" || ++this.#failed >= patience) return end;
        await new Promise((later) => setTimeout(later, this.rest));
      }
    }
    return null;
  }

  /** @throws Refusal */
  async #bring(author: Author, door: Door, photo: PhotoKept, urgent: () => boolean): Promise<null> {
    const put = async (became: Parameters<Photos["put"]>[1]) => {
      await this.photos.put(photo.id, became);
      return null;
    };
    const path = `/api/v1/sync/attachments/${photo.record}/${photo.digest}`;
    try {
      const data = await this.photos.picture(author, photo.id);
      if (!data) {
        const sealed = await this.photos.sealed(photo.id);
        if (!sealed) return await this.photos.drop(photo.id).then(() => null); // no picture of it
        await this.#rescue(door, photo, sealed);
        return await put({ there: true });
      }
      let at = offsetOf(await jsonOf(await call(door, path)), photo);
      for (let anew = false; at < photo.bytes;) {
        if (urgent()) return null;
        try {
          at = await this.#send(door, path, data, at, photo);
        } catch (error) {
          const { code, params } = error as Refusal;
          const other = code === "attachment.offset" && Number(params.offset) !== at;
          if (other && typeof params.offset === "number") {
            at = params.offset; // another page brings it, too
          } else if ((code === "attachment.digest" || code === "attachment.piece") && !anew) {
            at = 0; // once more from the beginning
            anew = true;
          } else throw error;
        }
      }
      return await put({ there: true });
    } catch (error) {
      const code = error instanceof Refusal ? error.code : "";
      if (!/^(attachment|rescue)\./.test(code)) throw error;
      if (code === "attachment.unknown") return null; // the record goes first
      if (code !== "attachment.gone") return await put({ fault: code });
      await this.photos.drop(photo.id);
      return null;
    }
  }

  /**
   * Sends a photo that lies under an earlier key of the worker (the PIN was
   * forgotten), sealed as it is, in one piece. @throws Refusal
   */
  async #rescue(door: Door, photo: PhotoKept, { iv, data }: Sealed): Promise<void> {
    const { id, worker, device, record, digest, rescue } = photo;
    const { seal, ...key } = rescue;
    const body = JSON.stringify({
      ...{ device, worker, seal, key, photo: id, entry: record, digest },
      iv: toBase64(iv),
      ct: toBase64(data),
    });
    const answer = await call(door, "/api/v1/sync/rescue/picture", { method: "POST", body });
    if (offsetOf(await jsonOf(answer), photo) < photo.bytes) throw new Refusal(0, "");
  }

  /** Sends a piece; where the next one begins. @throws Refusal */
  async #send(
    door: Door,
    path: string,
    data: Uint8Array<ArrayBuffer>,
    at: number,
    photo: PhotoKept,
  ): Promise<number> {
    const body = data.slice(at, at + this.#piece);
    const headers = { "Content-Type": "application/octet-stream", "Upload-Offset": String(at) };
    const began = door.now().getTime();
    try {
      const answer = await call(door, path, { method: "PATCH", headers, body });
      const next = offsetOf(await jsonOf(answer), photo);
      if (next <= at) throw new Refusal(0, ""); // whoever answered took nothing
      this.#failed = 0;
      this.brought++;
      const took = door.now().getTime() - began;
      if (took < brisk) this.#piece = Math.min(most, this.#piece * 2);
      else if (took > slow) this.#piece = Math.max(least, this.#piece / 2);
      return next;
    } catch (error) {
      if (error instanceof Refusal && !error.code) this.#piece = Math.max(least, this.#piece / 2);
      throw error;
    }
  }
}

/** How much the server has. @throws Refusal where the answer is none of ours. */
function offsetOf(body: unknown, { bytes }: PhotoKept): number {
  const { offset } = (body ?? {}) as { offset?: unknown };
  if (typeof offset !== "number" || offset < 0 || offset > bytes) throw new Refusal(0, "");
  return offset;
}
