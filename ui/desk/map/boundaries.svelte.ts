import type { Boundaries } from "$shared/api";
import { get } from "$shared/request";

/** The outlines that the agency imported, or null where it has none. Asked for once. */
class Outlines {
  boundaries = $state.raw<Boundaries | null>(null);
  asked = $state(false);
  #asking = false;

  async load(): Promise<void> {
    if (this.#asking || this.asked) return;
    this.#asking = true;
    try {
      this.boundaries = await get<Boundaries>("/api/v1/boundaries");
    } catch {
      // Without boundaries the map draws cells of its own.
    }
    this.asked = true;
    this.#asking = false;
  }
}

export const outlines = new Outlines();
