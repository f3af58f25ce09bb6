/**
 * This phone: its workers, what they recorded, what was pulled for them, and
 * how it stands with the server. One worker at a time has it open, by a PIN.
 */
import { Refusal } from "$shared/refusal";
import { dayOf } from "$shared/i18n/dates";
import { promisedOf, type Promised } from "./ask/promised";
import { openOf, type Asked } from "./outbox/asked";
import { work, type Realm } from "./realm";
import {
  Db,
  dropNotes,
  forgetWorker,
  forgottenFact,
  isThere,
  makeRoom,
  pulledOf,
  type Kept,
  type PhotoKept,
  type Worker,
  type Writing,
} from "./store/db";
import { DataKey, random, rounds, ServerKey, WrongPin } from "./store/seal";
import { SvelteMap } from "svelte/reactivity";
import type { Heard } from "./store/clock";
import type { Entry, Fact } from "./store/entry";
import { forgetOld, Notebook } from "./store/notebook.svelte";
import { Outbox, sendAgain, unbrought, type Also, type Author } from "./store/outbox.svelte";
import { askToBeWoken } from "./sync/background";
import { Courier } from "./sync/courier";
import { PhotoCarrier } from "./sync/photos";
import { askFates, most, type Told } from "./sync/fate";
import { call, endOf, jsonOf, type Door, type End } from "./sync/door";
import {
  askPlan,
  openPulled,
  peopleText,
  planName,
  takePeople,
  wholeName,
  type Plan,
} from "./sync/pull";
import { sealedOf } from "./sync/rescue";

import { stateOf, type Place } from "./help/state";
import { madeUp, rehearse } from "./sync/rehearsal";
import { KnownState } from "./sync/known.svelte";
import { knownFact, type HeldList, type Rehearsed } from "./sync/telling";
import type { PhoneState } from "$shared/office";
import { forget } from "$shared/remembered";
import { written } from "$shared/rescue";
import type { Ground } from "./map/ground";
import { acknowledged, changesOf, seenPlan, type Change, type SeenPlan } from "./today/changes";
import { Photos, type Attached, type Picture } from "./photo/photos.svelte";
import { readVillagers, type Neighbour } from "./visit/neighbour";

/** What the phone says about its way to the server. */
export type Signal = "idle" | "sending" | End["why"];

/** The day's receipt: what this phone and the server each count of the worker's records. */
export interface Receipt {
  readonly phone: number;
  readonly server: number;
  readonly refused: number;
  /** What came back and was set aside by the worker. */
  readonly aside: number;
  readonly agrees: boolean;
}

/** Wrong PINs after which the way by PIN is destroyed; a new link opens the phone again. */
export const mostWrong = 10;

/** Minutes without a touch after which the phone locks itself. */
const lockAfter = 5;

/** Milliseconds between two times that the lists of people are asked for. */
const betweenLists = 10 * 60_000;

/** Milliseconds to the next attempt, at most; each failure doubles it. */
const longestWait = 5 * 60_000;
/** The same after something happened: an entry, a network, a record that was brought. */
const shortestWait = 2_000;

/**
 * What a worker chooses once and finds again: the village of the list, the
 * activity at which people are met now, the screen that lies open, and in which
 * campaign and commune something is recorded.
 */
export type Choice = "village" | "activity" | "screen" | "campaign" | "commune";

/** The note of what the worker has seen of the plan. */
const seenNote = "seen";

/** Where a record comes from: a refused one that it mends, a form in progress that it ends. */
export interface Origin {
  readonly mends?: Kept | undefined;
  readonly draft?: { readonly name: string } | undefined;
  /** The photos that it names, by id. */
  readonly photos?: readonly string[];
}

/** The phone's storage has no room left. */
export const isFull = (error: unknown): boolean =>
  error instanceof DOMException && error.name === "QuotaExceededError";

export class TooMany extends Error {
  constructor() {
    super("the PIN was wrong too often");
    this.name = "TooMany";
  }
}

export class Phone {
  workers = $state.raw<readonly Worker[]>([]);
  author = $state.raw<Author | null>(null);
  plan = $state.raw<Plan | null>(null);
  people = $state.raw<readonly Neighbour[]>([]);
  /** The ground of the communes of which there is a map, by code. */
  grounds = $state.raw<ReadonlyMap<string, Ground>>(new Map());
  /** What the open worker's screens remember; null while the phone is locked. */
  notebook = $state.raw<Notebook | null>(null);
  /** What citizen numbers are hashed with in the list of each commune. */
  salts: ReadonlyMap<string, string> = new Map();
  /** The open worker's records in clear, by id. */
  readonly entries = new SvelteMap<string, Entry>();
  /** What the open worker has recorded is read: the screens may show it. */
  ready = $state(false);
  signal = $state<Signal>("idle");
  receipt = $state.raw<Receipt | null>(null);
  /** When the server last answered, by this phone's clock. */
  reached = $state.raw<Date | null>(null);
  /** How many records keep a phone that is to be wiped waiting. */
  leaving = $state(0);
  /** The server's clock less this phone's, in milliseconds, to a second; null until it answered. */
  offset = $state<number | null>(null);
  /** What this page finds of its browser; without it the phone tells nothing of itself. */
  place: (() => Promise<Place>) | null = null;
  /** The storage may be emptied by the browser when it runs short. */
  fragile = $state(false);
  private readonly courier: Courier;
  private readonly carrier: PhotoCarrier;
  #token = "";
  readonly #pages: BroadcastChannel;
  #again: ReturnType<typeof setTimeout> | undefined;
  #wait = shortestWait;
  #running = false;
  /** Why phone and server were not compared the last time; null where they were. */
  #uncompared: End | null = null;
  /** When all lists had been asked for. */
  #listed = 0;
  #more = false;
  /** When lists were confirmed, what was told, how a rehearsal went. */
  readonly #known: KnownState;
  #touched = Date.now();
  /** What the last worker's screens remembered is being written. */
  #closing: Promise<void> = Promise.resolve();

  private constructor(
    readonly realm: Realm,
    private readonly db: Db,
    readonly outbox: Outbox,
    readonly photos: Photos,
  ) {
    this.#known = new KnownState(db, (author) => this.#has(author));
    this.courier = new Courier(outbox);
    this.carrier = new PhotoCarrier(photos, outbox);
    this.#pages = new BroadcastChannel(realm.database);
  }

  static async open(reload: () => void, realm = work): Promise<Phone> {
    const db = await Db.open(reload, realm.database);
    const outbox = await Outbox.open(db);
    const phone = new Phone(realm, db, outbox, await Photos.open(db));
    // Other pages of the app on this phone learn of what was written here.
    phone.#pages.onmessage = () => void phone.#hear();
    outbox.written = () => phone.#pages.postMessage(null);
    await forgetOld(db);
    forget("village"); // which an earlier version kept in clear
    db.ended = () => void phone.#hear();
    phone.workers = await db.workers();
    phone.fragile = !((await navigator.storage?.persisted?.()) ?? true);
    return phone;
  }

  /** Lets go of the phone: for the page that ends. */
  close(): void {
    this.lock();
    this.#pages.close();
    this.db.close();
  }

  /** Another page has written. */
  async #hear(): Promise<void> {
    await this.outbox.reload();
    await this.photos.reload();
    this.workers = await this.db.workers();
    const { author } = this;
    if (!author) return;
    const worker = this.workers.find((w) => w.id === author.id);
    if (worker?.rescue.ct !== author.rescue.ct)
      this.lock(); // gone, or under another PIN
    else await this.#readEntries(author);
  }

  /** Changes what is kept of workers, as it is on disk now, and tells the other pages. */
  async #change(change: (tx: Writing) => Promise<unknown>): Promise<void> {
    await this.db.write(change);
    this.workers = await this.db.workers();
    this.#pages.postMessage(null);
  }

  get today(): string {
    return dayOf(new Date());
  }

  /** The campaigns that run today; where none does, all that the plan has. */
  get campaigns(): Plan["campaigns"] {
    const all = this.plan?.campaigns ?? [];
    const running = all.filter((c) => c.start <= this.today && this.today <= c.end);
    return running.length ? running : all;
  }

  /** The campaign in which records are made: the one that the worker chose, else the first. */
  get campaign(): string {
    const chosen = this.choice("campaign");
    return (this.campaigns.find((c) => c.id === chosen) ?? this.campaigns[0])?.id ?? "";
  }

  /** What changed in the plan since the worker said to have seen it. */
  get changes(): Change[] {
    const seen = this.notebook?.read(seenNote) as SeenPlan | undefined;
    if (!seen || !this.plan) return [];
    return changesOf(seen, this.plan.activities, this.plan.me.id, new Date());
  }

  /** The worker has seen what became of an activity. */
  acknowledge(activity: string): void {
    const seen = this.notebook?.read(seenNote) as SeenPlan | undefined;
    if (!seen || !this.plan) return;
    const next = acknowledged(seen, this.plan.activities, activity, new Date());
    this.notebook?.choose(seenNote, next);
  }

  #door(token = this.#token): Door {
    return { url: "", token, fetch: this.realm.fetch, now: () => new Date() };
  }

  /**
   * Takes a worker onto this phone by a one-time link, under a PIN. The link
   * serves this phone again as long as it lasts: nothing is lost when the app
   * ends halfway. A worker who forgot the PIN comes back the same way; the
   * courier brings what lies under the old key, what came back included, since
   * nobody could mend that here any more. @throws Refusal
   */
  async enrol(link: string, name: string, pin: string): Promise<void> {
    const device = await this.db.device(this.realm.device);
    const token = await this.#tokenBy(link, device, name);
    const pulled = await askPlan(this.#door(token));
    if (!pulled) throw new Refusal(0, "");
    const { plan } = pulled;
    const salt = random(16);
    const { key, wrapped, rescue } = await DataKey.make(
      pin,
      salt,
      ServerKey.of(plan.seal),
      plan.me.id,
      device,
    );
    const worker: Worker = {
      id: plan.me.id,
      name: plan.me.name,
      device,
      salt,
      rounds,
      wrapped,
      rescue,
      token: await key.seal(`token ${plan.me.id}`, token),
      wrong: 0,
    };
    await this.#change(async (tx) => {
      await tx.objectStore("workers").put(worker);
      await sendAgain(tx, worker.id);
      // What was pulled before lies under a key that nobody opens any more.
      await tx.objectStore("pulled").delete(pulledOf(worker.id));
      await tx.objectStore("facts").delete(knownFact(worker.id));
      await dropNotes(tx, worker.id);
    });
    await this.outbox.reload();
    this.fragile = !((await navigator.storage?.persist?.()) ?? true);
    await this.#enter(worker, key, token);
    await this.#keepPlan(pulled.text, pulled.tag);
    this.sync();
  }

  async #tokenBy(link: string, device: string, name: string): Promise<string> {
    const body = JSON.stringify({ token: link, device, name });
    const answer = await call(this.#door(""), "/api/v1/devices", { method: "POST", body });
    const got = (await jsonOf(answer)) as { token?: unknown } | null;
    if (typeof got?.token !== "string") throw new Refusal(0, ""); // a portal
    return got.token;
  }

  /** Opens the phone for a worker. @throws WrongPin, TooMany */
  async unlock(id: string, pin: string): Promise<void> {
    const worker = await this.db.worker(id);
    if (!worker?.wrapped) throw new TooMany();
    let key: DataKey;
    try {
      key = await DataKey.open(pin, worker.salt, worker.rounds, worker.wrapped, id);
    } catch (error) {
      if (error instanceof WrongPin) await this.#wrong(worker);
      throw error;
    }
    if (worker.wrong) await this.#count(worker, () => 0);
    await this.#enter(worker, key, await key.open(`token ${id}`, worker.token));
    this.sync();
  }

  async #wrong(worker: Worker): Promise<void> {
    if ((await this.#count(worker, (wrong) => wrong + 1)) >= mostWrong) throw new TooMany();
  }

  /** Counts wrong PINs, those typed in another page with them. */
  async #count({ id, rescue }: Worker, next: (wrong: number) => number): Promise<number> {
    let wrong = 0;
    await this.#change(async (tx) => {
      const worker = await tx.objectStore("workers").get(id);
      if (worker?.rescue.ct !== rescue.ct) return; // the PIN was that of an earlier key
      wrong = next(worker.wrong);
      const wrapped = wrong >= mostWrong ? null : worker.wrapped;
      await tx.objectStore("workers").put({ ...worker, wrong, wrapped });
    });
    return wrong;
  }

  async #enter(worker: Worker, key: DataKey, token: string): Promise<void> {
    this.lock(); // whoever had it open
    this.#token = token;
    this.#touched = Date.now();
    const { id, device, rescue } = worker;
    const author = { id, office: "", device, key, rescue };
    this.author = author;
    await this.#closing;
    this.notebook = await Notebook.open(this.db, author);
    const pulled = await openPulled(this.db, author, planName(author.id));
    if (pulled) this.#use(JSON.parse(new TextDecoder().decode(pulled.bytes)) as Plan);
    await this.#known.open(author);
    await this.#readEntries(author);
    await this.#readPeople();
    this.ready = this.author !== null;
  }

  /** Whether a worker has the phone open still, under the same key. */
  #has(author: Author): boolean {
    return this.author?.key === author.key;
  }

  /** The open worker's records that hold: what came back, was mended or set aside is no fact. */
  get standing(): Entry[] {
    return this.outbox.all
      .filter((r) => r.standing === "waiting" || isThere(r))
      .flatMap((r) => this.entries.get(r.id) ?? []);
  }

  /** What the worker chose earlier; empty where that was nothing. */
  choice(name: Choice): string {
    return String(this.notebook?.read(name) ?? "");
  }

  choose(name: Choice, value: string): void {
    if (value !== this.choice(name)) this.notebook?.choose(name, value);
  }

  /** The questions that the worker promised to answer, the longest overdue first. */
  get promised(): Promised[] {
    return promisedOf(this.standing);
  }

  /** What leads ask about the worker's records, and nothing answers yet. */
  get asked(): Asked[] {
    return openOf(this.plan?.asked ?? [], this.standing);
  }

  /** A record of this phone, or one about which a lead asks. */
  entryOf(id: string): Entry | undefined {
    return this.entries.get(id) ?? this.asked.find(({ entry }) => entry.id === id)?.entry;
  }

  /** Records a fact; it is on disk when this resolves, and on its way to the server. */
  async record(fact: Fact, of: Origin = {}): Promise<Entry> {
    return (await this.recordAll([fact], of))[0] as Entry;
  }

  /** Records several facts, all or none. */
  async recordAll(
    facts: readonly Fact[],
    { mends, draft, photos = [] }: Origin = {},
  ): Promise<Entry[]> {
    const { author, notebook } = this;
    if (!author || !notebook) throw new Error("the phone is locked");
    const [one] = facts;
    const save = async (also?: Also) =>
      mends && one
        ? [await this.outbox.mend(author, mends, one, new Date(), { also, photos })]
        : await this.outbox.saveAll(author, facts, new Date(), { also, photos });
    const settle = () => (draft ? notebook.settle(draft.name, save) : save());
    const entries = await this.#withRoom(author, one?.commune ?? "", settle);
    if (photos.length) await this.photos.reload();
    for (const entry of entries) this.entries.set(entry.id, entry);
    this.touch();
    if (!navigator.onLine && !this.realm.practice) void askToBeWoken();
    this.sync();
    return entries;
  }

  /** Writes once more, with room made, where the phone is full. */
  async #withRoom<T>(author: Author, commune: string, write: () => Promise<T>): Promise<T> {
    return await write().catch(async (error: unknown) => {
      if (!isFull(error)) throw error;
      const at = this.plan?.communes.find((c) => c.code === commune)?.code ?? "";
      await this.db.write((tx) => makeRoom(tx, wholeName(author.id, at)));
      await this.#known.keep(author, { lists: {} }).catch(() => {}); // the next exchange tells anew
      await this.photos.reload();
      return await write();
    });
  }

  /** Keeps a photo for a form; it is on disk when this resolves. */
  async keepPhoto(picture: Picture): Promise<Attached> {
    const { author } = this;
    if (!author) throw new Error("the phone is locked");
    this.touch();
    return await this.#withRoom(author, "", () => this.photos.keep(author, picture));
  }

  /** Sets a refused record aside, with the worker's reason. @throws NotRefused */
  async setAside(record: Kept, reason: string): Promise<void> {
    if (!this.author) throw new Error("the phone is locked");
    await this.outbox.setAside(this.author, record, reason);
    this.sync();
  }

  /** Sends a refused record as it is. */
  async again(record: Kept): Promise<void> {
    await this.outbox.again(record);
    this.sync();
  }

  async #readEntries(author: Author): Promise<void> {
    for (const record of this.outbox.all) {
      if (record.worker !== author.id || this.entries.has(record.id)) continue;
      try {
        const entry = await this.outbox.read(author, record);
        if (!this.#has(author)) return;
        this.entries.set(record.id, entry);
      } catch {
        // Sealed under an earlier key of this worker: only the server opens it.
      }
    }
  }

  #use(plan: Plan): void {
    if (!this.author) return;
    this.plan = plan;
    // A plan that comes for the first time is no change.
    if (this.notebook && this.notebook.read(seenNote) === undefined) {
      this.notebook.choose(seenNote, seenPlan(plan.activities));
    }
    this.author = { ...this.author, office: plan.me.office.id };
  }

  async #readPeople(): Promise<void> {
    const author = this.author;
    if (!author || !this.plan) return;
    const all: Neighbour[] = [];
    const grounds = new Map<string, Ground>();
    const salts = new Map<string, string>();
    for (const commune of this.plan.communes) {
      const villagers = readVillagers(await peopleText(this.db, author, commune.code));
      if (!villagers) continue;
      all.push(...villagers.people);
      salts.set(commune.code, villagers.salt);
      if (villagers.ground) grounds.set(commune.code, villagers.ground);
    }
    if (!this.#has(author)) return;
    this.people = all;
    this.grounds = grounds;
    this.salts = salts;
  }

  /**
   * All that waits on this phone, of every worker, as a file for the office lead.
   * It takes no PIN: whoever carries it reads nothing.
   */
  rescueFile(now = new Date()): File {
    const outboxes = sealedOf(this.outbox.that("waiting"));
    const name = `caunoi-${(outboxes[0]?.device ?? "").slice(0, 8)}-${dayOf(now)}.json`;
    return new File([written(outboxes)], name, { type: "application/json" });
  }

  /** Gives the server the state of this phone, for who helps with it. @throws Refusal */
  async askHelp(state: PhoneState): Promise<void> {
    const { status } = await call(this.#door(), "/api/v1/help", {
      method: "POST",
      body: JSON.stringify(state),
    });
    if (status !== 204) throw new Refusal(status, ""); // a portal's page
  }

  /** The lists that are whole on this phone, with how many people can be read of each. */
  get lists(): HeldList[] {
    return this.#known.listsOf(this.salts.keys(), this.people);
  }

  /** How the last rehearsal went; null before the first. */
  get rehearsed(): Rehearsed | null {
    return this.#known.rehearsed;
  }

  /** Rehearses now, and tells how it went. @throws Refusal where nobody answered */
  async rehearse(): Promise<Rehearsed> {
    const { author, plan } = this;
    if (!author || !plan) throw new Error("the phone is locked");
    const door = this.#door();
    const entries = await this.outbox.made(author, madeUp(plan, this.campaign, new Date()));
    const rehearsed = await rehearse(door, author.device, entries, this.offset ?? 0);
    await this.#known.keep(author, { rehearsed });
    return rehearsed;
  }

  /** Rehearses where that was asked for, and tells how this phone stands. @throws Refusal */
  async #ready(author: Author, door: Door): Promise<void> {
    if (!this.#has(author) || this.realm.practice) return;
    if (this.#known.isToRehearse(this.plan?.rehearse)) await this.rehearse();
    const place = await this.place?.();
    if (!place || !this.#has(author)) return;
    await this.#known.tell(author, door, { ...stateOf(this, place), signal: "idle" }); // it is reached
  }

  lock(): void {
    clearTimeout(this.#again);
    this.ready = false;
    this.#closing = this.notebook?.flush() ?? this.#closing;
    this.notebook = null;
    this.author = null;
    this.plan = null;
    this.people = [];
    this.grounds = new Map();
    this.salts = new Map();
    this.entries.clear();
    this.#token = "";
    this.signal = "idle";
    this.leaving = 0;
    this.#listed = 0;
    this.receipt = null;
    this.reached = null;
    this.offset = null;
    this.#known.close();
  }

  /** Forgets all that lies on this phone; nothing is asked any more. Only for practice. */
  async destroy(): Promise<void> {
    if (!this.realm.practice) throw new Error("records of work are not destroyed");
    this.lock();
    await this.#closing;
    await this.db.destroy();
  }

  touch(): void {
    this.#touched = Date.now();
  }

  /** Locks a phone that nobody touched for a while; to be called now and then. */
  idle(now = Date.now()): void {
    if (this.author && now - this.#touched > lockAfter * 60_000) this.lock();
  }

  /**
   * Brings what waits, then takes what is new; again later when that fails. What
   * is large is asked for once in a while, or when the worker asks `byHand`.
   */
  sync(byHand = false): void {
    this.#wait = shortestWait;
    this.#sync(byHand);
  }

  #sync(byHand = false): void {
    clearTimeout(this.#again);
    const { author } = this;
    if (!author) return;
    if (this.#running) {
      this.#more = true; // what was recorded meanwhile goes as soon as this ends
      return;
    }
    this.#running = true;
    this.#more = false;
    const brought = () => this.courier.brought + this.carrier.brought;
    const before = brought();
    void this.#exchange(author, byHand)
      .then((end) => end ?? this.#bringPhotos(author))
      .then((end) => end ?? this.#uncompared)
      .catch((error: unknown) => endOf(error))
      .then((end) => {
        this.#running = false;
        if (!this.#has(author)) return this.sync(); // somebody else has it open now, or nobody
        // A link that cuts, but carries something, is used as long as it does.
        if (!end || brought() > before) this.#wait = shortestWait;
        if (!end && this.#more) return this.sync();
        this.signal = end?.why ?? "idle";
        if (end?.why === "busy") this.#wait = end.wait;
        if (end?.why !== "busy" && end?.why !== "unreached") return;
        this.#again = setTimeout(() => this.#sync(), this.#wait * (1 + Math.random() / 2));
        this.#wait = Math.min(longestWait, this.#wait * 2);
      });
  }

  #photosOf(author: Author, of: (record: Kept) => boolean): PhotoKept[] {
    const records = new Set(this.outbox.all.filter(of).map((r) => r.id));
    return this.photos.unsent(author.id).filter((p) => records.has(p.record));
  }

  /** How many photos are to be brought, of records that are, or were. */
  get photosWaiting(): number {
    const { author } = this;
    return author
      ? this.#photosOf(author, (r) => r.standing === "waiting" || isThere(r)).length
      : 0;
  }

  /** Photos come last, and between two pieces of one whatever was recorded meanwhile. */
  #bringPhotos(author: Author): Promise<End | null> | null {
    if (!this.#has(author) || this.#more) return null;
    return this.carrier.run(author, this.#door(), () => this.#more || !this.#has(author));
  }

  /** Why it ended early; null where all was brought and taken. @throws Refusal */
  async #exchange(author: Author, byHand: boolean): Promise<End | null> {
    const door = this.#door(); // the phone may be opened by another one meanwhile
    this.#uncompared = null;
    this.signal = "sending";
    const end = await this.courier.run(author, door);
    if (end?.why === "barred") await this.#barred(end.code, author, door);
    if (end) return end;
    this.reached = new Date();
    const had = await openPulled(this.db, author, planName(author.id));
    let got;
    try {
      got = await askPlan(door, had?.tag);
    } catch (error) {
      const end = endOf(error);
      if (end.why === "barred") await this.#barred(end.code, author, door);
      return end;
    }
    if (!this.#has(author)) return null;
    if (got) {
      this.#use(got.plan);
      await this.#keepPlan(got.text, got.tag);
    }
    await this.#compare(author, door);
    // Each saved record would ask for all of it again.
    const since = Math.abs(Date.now() - this.#listed);
    if (byHand || got || since >= betweenLists) await this.#takeLists(author, door);
    await this.#ready(author, door);
    return null;
  }

  /** Takes what is new of the people and of what became of records. @throws Refusal */
  async #takeLists(author: Author, door: Door): Promise<void> {
    let other = false;
    const lists: Record<string, string> = {};
    for (const commune of this.plan?.communes ?? []) {
      if (!commune.people || !this.#has(author)) continue;
      try {
        other = (await takePeople(this.db, author, door, commune.code)) || other;
        lists[commune.code] = new Date(Date.now() + (this.offset ?? 0)).toISOString();
      } catch (error) {
        // A commune that is not ours any more keeps none of the others away.
        if (!(error instanceof Refusal) || error.status !== 404) throw error;
      }
    }
    if (this.#has(author)) await this.#known.keep(author, { lists });
    if (other) await this.#readPeople();
    await this.#askFates(author, door);
    if (this.#has(author)) this.#listed = Date.now();
  }

  /** Who has nothing to send hears here alone that the server was restored, and sends all again. */
  async #hearOf(epoch: string, author: Author, heard?: Heard): Promise<void> {
    await this.outbox.settle(new Map(), epoch, heard);
    if (this.outbox.that("waiting", author.id).length) this.#more = true;
  }

  /** Asks what became of the newest records; one that turns out to be missing goes again. */
  async #askFates(author: Author, door: Door): Promise<void> {
    const there = this.outbox.all.filter((r) => r.worker === author.id && isThere(r));
    const ids = there.slice(-most).map((r) => r.id);
    if (!ids.length || !this.#has(author)) return;
    // An older server does not know; all else is told the next time.
    await this.outbox.fate(await askFates(door, ids).catch(() => new Map<string, Told>()));
    if (this.outbox.that("waiting", author.id).length) this.#more = true;
  }

  /** Compares what phone and server count; records made meanwhile are no difference. */
  async #compare(author: Author, door: Door): Promise<void> {
    let refused = false; // an older server does not know
    const response = await call(door, "/api/v1/sync/receipt").catch((error: unknown) => {
      refused = error instanceof Refusal && error.code !== "";
      return null;
    });
    const told = (response && (await jsonOf(response))) as {
      epoch?: unknown;
      entries?: unknown;
      apart?: unknown;
      now?: unknown;
    } | null;
    if (typeof told?.entries !== "number") {
      // A cut link keeps back nothing else; it is asked again.
      if (!refused) this.#uncompared = { why: "unreached" };
      return;
    }
    const now = Date.parse(String(told.now));
    const heard = now ? { server: new Date(now), phone: door.now() } : undefined;
    if (heard) this.offset = now - heard.phone.getTime();
    if (typeof told.epoch === "string" && told.epoch) await this.#hearOf(told.epoch, author, heard);
    if (!this.#has(author)) return;
    const server = told.entries + (typeof told.apart === "number" ? told.apart : 0);
    const mine = this.outbox.all.filter((r) => r.worker === author.id);
    const there = mine.filter(isThere).length;
    const phone = there + Number((await this.db.fact(forgottenFact(author.id))) ?? 0);
    const waiting = mine.filter((r) => r.standing === "waiting").length;
    this.receipt = {
      phone,
      server,
      refused: this.outbox.rejected(author.id).length,
      aside: mine.filter((r) => r.standing === "aside").length,
      // One whose answer was lost waits here and is there already.
      agrees: phone <= server && server <= phone + waiting,
    };
    if (now) await this.outbox.tidy(new Date(now));
    await this.photos.reload();
  }

  async #keepPlan(text: string, tag: string): Promise<void> {
    const author = this.author;
    if (!author) return;
    const name = planName(author.id);
    const sealed = await author.key.seal(name, text);
    await this.db.write((tx) => tx.objectStore("pulled").put({ name, tag, whole: true, sealed }));
    this.#use(JSON.parse(text) as Plan);
  }

  /**
   * What a phone does that is told to go. A leaving one brings what it holds
   * first, also what came back, which the server keeps apart then; as long as
   * something is not brought it waits, and says so.
   */
  async #barred(code: string, author: Author, door: Door): Promise<void> {
    const lost = code === "device.lost";
    if (!lost && code !== "device.leaving") return;
    const mine = () => this.outbox.all.filter((r) => r.worker === author.id);
    if (!lost && mine().some((r) => r.standing === "refused")) {
      await this.db.write((tx) => sendAgain(tx, author.id));
      await this.outbox.reload();
      await this.courier.run(author, door);
    }
    if (!lost) await this.carrier.run(author, door, () => false);
    // One of a record that is held back or kept apart cannot be brought, and is not waited for.
    const photos = () => this.#photosOf(author, (r) => r.standing === "sent");
    let unsent = mine().filter(unbrought).length + photos().length;
    let wiped = lost || !unsent;
    this.leaving = unsent;
    if (!wiped) return;
    const open = this.#has(author);
    if (open) this.lock();
    await this.#closing;
    await this.#change(async (tx) => {
      const records = await tx.objectStore("outbox").getAll();
      unsent = records.filter((r) => r.worker === author.id && unbrought(r)).length;
      unsent += photos().length;
      wiped = lost || !unsent;
      if (wiped) await forgetWorker(tx, author.id);
    });
    if (!wiped) return; // another page has recorded something meanwhile
    // The data first, then the word: a wipe that nobody heard of is still one.
    await this.outbox.reload();
    await this.photos.reload();
    const body = JSON.stringify({ unsent });
    await call(door, "/api/v1/device/wiped", { method: "POST", body }).catch(() => {});
    if (open) location.reload();
  }
}
