/** What is being recorded of somebody: who it is, what was said before, and how it is saved. */
import type { Phone } from "../phone.svelte";
import type { Attached } from "../photo/photos.svelte";
import type { Paper } from "../scan/paper";
import { another, filled } from "../scan/seek";
import { nav, newcomer, type What } from "../shell/nav.svelte";
import { NotRefused } from "../store/outbox.svelte";
import type { Entry } from "../store/entry";
import type { Neighbour } from "../visit/neighbour";
import { explain, words } from "../words";
import { draftOf, type Draft } from "./draft.svelte";
import { faultsOf, personOfTold, toldBy, toldOf, type Faults, type Told } from "./person";
import { communeOf, communesOf, elsewhere, placeBy, placeOf, sessionOf, type Place } from "./place";

export type Body = Record<string, unknown>;

export class Recording {
  /** The record that is mended, or the open question that is answered. */
  readonly before: Entry | undefined;
  /** A lead asks about the record that is mended: it was not refused, and is superseded. */
  readonly asked: boolean;
  /** Who it is about, where a list knows them. */
  readonly person: Neighbour | undefined;
  readonly communes: readonly { readonly code: string; readonly name: string }[];
  readonly #had: Body;
  told: Told = $state() as Told;
  /** Photos that the record names. */
  photos: readonly Attached[] = $state.raw([]);
  /** Saving was tried: whatever is wrong is told. */
  tried = $state(false);
  wrong = $state("");
  busy = $state(false);
  /** The form as it is kept until it is saved. */
  draft = $state.raw<Draft>();
  /** Which step of the form is shown, from 0. */
  step = $state(0);

  constructor(
    readonly phone: Phone,
    readonly id: string,
    readonly what: What,
    readonly mends: string,
    /** The open question that is answered at last. */
    readonly answers = "",
  ) {
    this.before = mends
      ? phone.entryOf(mends)
      : phone.promised.find(({ entry }) => entry.id === answers)?.entry;
    this.asked = phone.asked.some(({ entry }) => entry.id === mends);
    this.moved = this.before && placeBy(this.before);
    this.#had = (this.before?.body ?? (what === "question" && nav.begin) ?? {}) as Body;
    nav.begin = null;
    this.person = phone.people.find((p) => p.id === id);
    this.communes = communesOf(phone);
    // What is asked about keeps the photos that it has.
    this.photos = (mends && !this.asked ? phone.photos.of(mends) : []).map(
      ({ id, digest, bytes, type }) => {
        return { id, digest, bytes, type: type as Attached["type"] };
      },
    );
    // Who is met lives, as a rule, where the worker is; a list of one needs no choice.
    const home = this.communes.length > 1 ? phone.choice("commune") : communeOf(phone) || elsewhere;
    this.told = this.before?.person ? toldBy(this.before.person) : toldOf(this.person, home);
  }

  /** Keeps what this form asks, with who it is about; to be called while it is made. */
  keep(said: object): void {
    const who = () => this.told;
    const shown = () => this.photos;
    const show = (photos: readonly Attached[]) => (this.photos = photos);
    const form = {
      get told() {
        return who();
      },
      get photos() {
        return shown();
      },
      set photos(photos) {
        show(photos);
      },
      said,
    };
    this.draft = draftOf(this.phone, form);
    this.photos = this.photos.filter((p) => this.phone.photos.has(p.id)); // forgotten meanwhile
    const { card } = nav;
    if (card?.person !== this.id || this.before) return;
    // What was begun for another goes, and can be taken back.
    if (!this.person && this.told.name && another(this.told, card.paper)) this.draft.discard();
    this.told = filled(this.told, card.paper, this.communes);
  }

  /** Fills in what a card says; why it does not, in words, where it is that of another. */
  take(paper: Paper): string {
    if (this.person && another(this.told, paper)) {
      return words.t("scan.another", { name: paper.name });
    }
    this.told = filled(this.told, paper, this.communes);
    return "";
  }

  /** What was chosen before, of what can be. */
  one<T extends string>(of: readonly T[], name: string, otherwise: T | "" = ""): T | "" {
    return of.find((o) => o === this.#had[name]) ?? otherwise;
  }

  some<T extends string>(of: readonly T[], name: string): T[] {
    const had = this.#had[name];
    return of.filter((o) => Array.isArray(had) && had.includes(o));
  }

  /** A member that is an object of its own. */
  part(name: string): unknown {
    return this.#had[name];
  }

  text(name: string, otherwise = ""): string {
    const had = this.#had[name];
    return typeof had === "string" || typeof had === "number" ? String(had) : otherwise;
  }

  /** A question need not say who asked. */
  readonly nobody: boolean = $derived.by(() => {
    const { registry, name, citizen, birth } = this.told;
    return this.what === "question" && !registry && !name.trim() && !citizen && !birth;
  });

  readonly faults: Faults = $derived.by(() =>
    this.nobody ? {} : faultsOf(this.told, this.phone.today),
  );

  /** What is wrong with a field, in words. */
  say(faults: Faults, field: string): string {
    const key = faults[field];
    return key ? words.t(key) : "";
  }

  /** Where an earlier record was, as it is mended or answered. */
  moved: Place | undefined = $state.raw();

  readonly place: Place = $derived.by(
    () => this.moved ?? placeOf(this.phone, sessionOf(this.phone), this.told.commune),
  );

  next(): void {
    this.tried = false;
    this.step += 1;
    history.pushState({ step: this.step }, "");
  }

  /** One back, never on: what lies ahead may not be filled any more. */
  stepBack(state: unknown): void {
    const to = Number((state as { step?: number } | null)?.step ?? 0);
    this.step = Math.min(this.step, to);
  }

  /** Saves, and goes to where the worker came from, if they are still here. */
  async save(body: Body): Promise<void> {
    if (this.busy || !this.place.campaign || !this.place.commune) return;
    this.busy = true;
    this.wrong = "";
    const here = nav.here();
    try {
      const { phone, mends, told, photos } = this;
      const refused = mends && !this.asked;
      const record = refused
        ? phone.outbox.all.find((r) => r.id === mends && r.worker === phone.author?.id)
        : undefined;
      if (refused && !record) throw new NotRefused();
      const commune = told.commune === elsewhere ? "" : told.commune;
      const person = personOfTold({ ...told, commune });
      const fact = {
        kind: this.what,
        ...this.place,
        ...(!this.nobody && { person }),
        ...(this.before?.supersedes && { supersedes: this.before.supersedes }),
        ...(this.answers && { supersedes: this.answers }),
        ...(this.asked && { supersedes: mends }),
        body: spoken(body),
        ...(photos.length && {
          attachments: photos.map(({ digest, bytes, type }) => ({ digest, bytes, type })),
        }),
      };
      const ids = photos.map((p) => p.id);
      await phone.record(fact, { mends: record, draft: this.draft, photos: ids });
      if (!this.before && !this.person && !this.nobody && !this.place.activity)
        phone.choose("commune", this.place.commune); // the next one is met there, too
      if (!here()) return; // the worker went on meanwhile
      if (this.answers) nav.go({ at: "ask" });
      else if (mends) nav.go({ at: "outbox" });
      else if (this.id === newcomer) nav.go({ at: "visit" });
      else history.go(-1 - this.step);
    } catch (error) {
      this.wrong = await explain(error);
    } finally {
      this.busy = false;
    }
  }
}

/** What was said: an entry has no member for what was left empty. */
const spoken = (body: Body): Body =>
  Object.fromEntries(
    Object.entries(body).filter(([, v]) => v !== "" && v !== 0 && v !== undefined),
  );
