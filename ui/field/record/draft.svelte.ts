/**
 * A form in progress, kept sealed until it is saved: nothing is lost to a lock,
 * a call or a browser that was ended. One line binds a form, whose fields stand
 * in one state of plain values:
 *
 *   const form = $state({ note: "", months: "12" });
 *   const draft = draftOf(phone, form);
 *
 * `<Continued {draft} />` tells of it, and `phone.record(fact, { draft })` ends it.
 */
import { untrack } from "svelte";
import type { Phone } from "../phone.svelte";

/** What a form holds must be plain: texts, numbers, truths, lists and objects of these. */
type Form = object;

export class Draft<T extends Form = Form> {
  /** When what the form was filled with had been typed; empty where it began anew. */
  since = $state("");
  /** It was thrown away just now, and may be taken back. */
  thrown = $state(false);
  #thrown = "";

  constructor(
    private readonly form: T,
    readonly name: string,
    private readonly blank: string,
  ) {}

  /** Begins anew. */
  discard(): void {
    this.#thrown = JSON.stringify(this.form);
    this.thrown = true;
    this.since = "";
    fill(this.form, JSON.parse(this.blank));
  }

  takeBack(): void {
    this.thrown = false;
    fill(this.form, JSON.parse(this.#thrown));
  }
}

/**
 * Fills a form with what was kept of it under the address of the screen, and
 * keeps it from then on. To be called while a component is made.
 */
export function draftOf<T extends Form>(
  phone: Phone,
  form: T,
  name: string = location.hash,
): Draft<T> {
  const notebook = phone.notebook;
  const blank = JSON.stringify(form);
  const draft = new Draft(form, name, blank);
  const kept = untrack(() => notebook?.read(name));
  if (kept !== undefined) {
    draft.since = untrack(() => notebook?.since(name) ?? "");
    fill(form, kept);
  }
  let last = JSON.stringify(form);
  $effect(() => {
    const text = JSON.stringify(form);
    if (text === last) return;
    last = text;
    untrack(() => {
      if (text === blank) notebook?.drop(name);
      else notebook?.write(name, JSON.parse(text));
      if (text !== blank) draft.thrown = false;
    });
  });
  return draft;
}

/** Takes over what fits: an app that was renewed meanwhile may ask for other things. */
export function fill(form: object, kept: unknown): void {
  if (typeof kept !== "object" || kept === null) return;
  const to = form as Record<string, unknown>;
  for (const [key, value] of Object.entries(kept)) {
    const had = to[key];
    if (had === undefined || typeof had !== typeof value) continue;
    if (Array.isArray(had) !== Array.isArray(value)) continue;
    if (typeof had === "object" && had !== null && !Array.isArray(had)) fill(had, value);
    else to[key] = value;
  }
}
