import type { Boundaries } from "$shared/api";
import * as server from "$shared/server";

/** The outlines that the agency imported, or null where it has none. Asked for once. */
class Outlines {
  boundaries = $state.raw<Boundaries | null>(null);
  asked = $state(false);
  #asking: Promise<void> | null = null;

  load(): Promise<void> {
    this.#asking ??= this.#ask();
    return this.#asking;
  }

  async #ask(): Promise<void> {
    this.boundaries = await server.boundaries();
    this.asked = true;
  }
}

export const outlines = new Outlines();
