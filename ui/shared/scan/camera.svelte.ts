/** The camera of the phone or the desk, while a screen looks through it. */

/** Why there is no picture: no camera, not allowed, used by something else. */
export type Trouble = "none" | "denied" | "busy";

function troubleOf(error: unknown): Trouble {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "none";
}

// The torch is no part of TypeScript's library yet.
type Torch = { torch?: boolean };

export class Camera {
  trouble = $state<Trouble | null>(null);
  live = $state(false);
  /** Null where the camera has none. */
  torch = $state<boolean | null>(null);
  #stream: MediaStream | null = null;
  #closed = false;

  /** Shows the picture in a video; what goes wrong is told by `trouble`. */
  async open(video: HTMLVideoElement): Promise<void> {
    this.trouble = null;
    try {
      if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "NotFoundError");
      // A card's code has up to 70 modules a side: less than this is too coarse.
      const picture = { width: { ideal: 1280 }, height: { ideal: 720 } };
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: { ideal: "environment" }, ...picture },
      });
      this.#stream = stream;
      if (this.#closed) return this.close();
      const [track] = stream.getVideoTracks();
      track?.addEventListener("ended", () => {
        if (this.#stream === stream) this.trouble = "busy";
      });
      const can = track?.getCapabilities?.() as Torch | undefined;
      this.torch = can?.torch ? false : null;
      video.srcObject = stream;
      await video.play();
      this.live = true;
    } catch (error) {
      if (!this.#closed) this.trouble = troubleOf(error);
    }
  }

  async light(on: boolean): Promise<void> {
    const [track] = this.#stream?.getVideoTracks() ?? [];
    await track?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
    this.torch = on;
  }

  close(): void {
    this.#closed = true;
    this.live = false;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
  }
}
