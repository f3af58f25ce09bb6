/** The communes and villages in which the reader may work. Asked for once. */
import * as server from "$shared/people";

class Places {
  villages = $state.raw<server.Village[]>([]);
  #asking: Promise<void> | null = null;

  readonly communes: server.Place[] = $derived(
    [...new Map(this.villages.map((v) => [v.commune.code, v.commune])).values()].sort((a, b) =>
      a.name.localeCompare(b.name, "vi"),
    ),
  );

  /** A screen works without its filters, so that a failure here says nothing. */
  load(): Promise<void> {
    this.#asking ??= server
      .villages()
      .then((all) => void (this.villages = all))
      .catch(() => void (this.#asking = null));
    return this.#asking;
  }

  villagesOf(commune: string): string[] {
    const names = this.villages.filter((v) => v.commune.code === commune).map((v) => v.village);
    return [...new Set(names)].filter(Boolean).sort((a, b) => a.localeCompare(b, "vi"));
  }
}

export const places = new Places();
