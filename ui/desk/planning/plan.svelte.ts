import type { Activity } from "$shared/api";
import * as server from "$shared/planning";
import { Refusal } from "$shared/refusal";
import { Loaded } from "../shell/loaded.svelte";
import { may } from "../people/rights";
import { explain } from "../words";
import { say } from "./words";

export type Said = "added" | "moved" | "cancelled" | "changed" | "imported";

/** The plan on the screen: what was loaded, and the last act, which can be undone. */
export class Plan {
  readonly answer = new Loaded<server.Plan>();
  readonly material = new Loaded<server.Material>();
  /** What to tell of the last act. */
  said = $state("");
  /** The entries by which it is undone. */
  undoable = $state.raw<string[]>([]);
  #span: { from?: string; to?: string } = {};

  constructor(readonly campaign: string) {
    if (may("plan_activities")) void this.material.load(() => server.material(campaign));
  }

  get activities() {
    return this.answer.value?.activities ?? [];
  }

  get clashes() {
    return this.answer.value?.clashes ?? [];
  }

  load(span: { from?: string; to?: string }): Promise<void> {
    this.#span = span;
    return this.answer.load(() => server.plan(this.campaign, span));
  }

  /** Does something to the plan, tells what became of it, and reads it anew. */
  async act(said: Said, doing: Promise<server.Done>): Promise<void> {
    const { done } = await doing;
    const kept = done.filter((d) => d.entry);
    const left = done.filter((d) => d.code);
    this.tell(
      said,
      kept.map((d) => d.entry),
      left.length ? say.t("plan.left", { n: left.length, why: left[0]?.detail ?? "" }) : "",
    );
  }

  /** The activity as it is now, where an act was refused since somebody else changed it. */
  async newer(error: unknown, activity: string): Promise<Activity | null> {
    if (!(error instanceof Refusal) || error.code !== "planning.changed") return null;
    void this.load(this.#span);
    const { activities } = await server.plan(this.campaign);
    return activities.find((a) => a.id === activity) ?? null;
  }

  tell(said: Said, entries: string[], more = ""): void {
    this.undoable = entries;
    const what = said === "changed" ? "" : said;
    const text = what
      ? say.t(`plan.said.${what}`, { n: entries.length })
      : say.t("plan.said.changed");
    this.said = [text, more].filter(Boolean).join(" ");
    void this.load(this.#span);
  }

  async undo(): Promise<void> {
    const entries = this.undoable;
    this.undoable = [];
    try {
      const { done } = await server.undo(this.campaign, entries);
      const why = done.find((d) => d.code)?.detail;
      this.said = [say.t("plan.undone"), why].filter(Boolean).join(" ");
    } catch (error) {
      this.said = explain(error);
    }
    void this.load(this.#span);
  }
}
