/**
 * This phone: its workers, what they recorded, what was pulled for them, and
 * how it stands with the server. One worker at a time has it open, by a PIN.
 */
import { Refusal, refusalOf } from "$shared/refusal";
import { dayOf } from "$shared/i18n/dates";
import { promisedOf, type Promised } from "./ask/promised";
import { work, type Realm } from "./realm";
import { Db, type Kept, type Worker, type Writing } from "./store/db";
import { DataKey, random, rounds, ServerKey, WrongPin } from "./store/seal";
import { SvelteMap } from "svelte/reactivity";
import type { Entry, Fact } from "./store/entry";
import { forgetOld, Notebook } from "./store/notebook.svelte";
import { forgottenFact, Outbox, type Also, type Author } from "./store/outbox.svelte";
import { Courier, type End } from "./sync/courier";
import { patience, type Door } from "./sync/door";
import { askPlan, openPulled, peopleText, planName, takePeople, type Plan } from "./sync/pull";
import { bring, sealedOf } from "./sync/rescue";
import { forget } from "$shared/remembered";
import { written } from "$shared/rescue";
import { readVillagers, type Neighbour } from "./visit/neighbour";

/** What the phone says about its way to the server. */
export type Signal = "idle" | "sending" | "unreached" | "busy" | "barred";

/** The day's receipt: what this phone and the server each count of the worker's records. */
export interface Receipt {
  readonly phone: number;
  readonly server: number;
  readonly refused: number;
  readonly agrees: boolean;
}

/** Wrong PINs after which the way by PIN is destroyed; a new link opens the phone again. */
export const mostWrong = 10;

/** Minutes without a touch after which the phone locks itself. */
const lockAfter = 5;

/** Milliseconds to the next attempt, at most; each failure doubles it. */
const longestWait = 5 * 60_000;

/** What a failure says about the way to the server; see access.May for who is barred. */
export function signalOf(error: unknown): Signal {
  if (!(error instanceof Refusal)) return "unreached";
  if (error.status === 401 || error.status === 403) return "barred";
  return error.status === 429 || error.status === 503 ? "busy" : "unreached";
}

/**
 * What a worker chooses once and finds again: the village of the list, the
 * activity at which people are met now, and the screen that lies open.
 */
export type Choice = "village" | "activity" | "screen";

/** Where a record comes from: a refused one that it mends, a form in progress that it ends. */
export interface Origin {
  readonly mends?: Kept | undefined;
  readonly draft?: { readonly name: string } | undefined;
}

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
  /** What the open worker's screens remember; null while the phone is locked. */
  notebook = $state.raw<Notebook | null>(null);
  /** The open worker's records in clear, by id. */
  readonly entries = new SvelteMap<string, Entry>();
  /** What the open worker has recorded is read: the screens may show it. */
  ready = $state(false);
  signal = $state<Signal>("idle");
  receipt = $state.raw<Receipt | null>(null);
  /** When the server last answered, by this phone's clock. */
  reached = $state.raw<Date | null>(null);
  /** The storage may be emptied by the browser when it runs short. */
  fragile = $state(false);
  #token = "";
  #device = "";
  #opened: { link: string; token: string } | null = null;
  #again: ReturnType<typeof setTimeout> | undefined;
  #wait = 2_000;
  #running = false;
  #more = false;
  #touched = Date.now();
  /** What the last worker's screens remembered is being written. */
  #closing: Promise<void> = Promise.resolve();

  private constructor(
    readonly realm: Realm,
    private readonly db: Db,
    readonly outbox: Outbox,
    private readonly courier: Courier,
  ) {}

  static async open(reload: () => void, realm = work): Promise<Phone> {
    const db = await Db.open(reload, realm.database);
    const outbox = await Outbox.open(db);
    const phone = new Phone(realm, db, outbox, new Courier(db, outbox));
    // Other pages of the app on this phone learn of what was written here.
    const pages = new BroadcastChannel(realm.database);
    pages.onmessage = () => void outbox.reload();
    outbox.written = () => pages.postMessage(null);
    await forgetOld(db);
    forget("village"); // which an earlier version kept in clear
    phone.workers = await db.workers();
    phone.#device = String((await db.fact("device")) ?? "");
    phone.fragile = !((await navigator.storage?.persisted?.()) ?? true);
    return phone;
  }

  get today(): string {
    return dayOf(new Date());
  }

  /** The plan's campaign in which records are made: the running one, else the first. */
  get campaign(): string {
    const all = this.plan?.campaigns ?? [];
    const running = all.find((c) => c.start <= this.today && this.today <= c.end);
    return (running ?? all[0])?.id ?? "";
  }

  #door(token = this.#token): Door {
    return { url: "", token, fetch: this.realm.fetch, now: () => new Date() };
  }

  /**
   * Takes a worker onto this phone by a one-time link, under a PIN. A worker who
   * forgot the PIN comes back the same way; what lies sealed under the old one
   * is brought to the server by its sealed key. @throws Refusal
   */
  async enrol(link: string, name: string, pin: string): Promise<void> {
    this.#device ||= this.realm.device + crypto.randomUUID();
    const token = await this.#tokenBy(link, name);
    const pulled = await askPlan(this.#door(token));
    if (!pulled) throw new Refusal(0, "");
    const { plan } = pulled;
    const before = await this.db.worker(plan.me.id);
    if (before) {
      // Also what came back: nobody could mend it under a key that is no more.
      const { id } = plan.me;
      const held = [...this.outbox.that("waiting", id), ...this.outbox.rejected(id)];
      const changed = await bring(this.#door(token), this.#device, held);
      await this.outbox.settle(changed);
    }
    const salt = random(16);
    const { key, wrapped, rescue } = await DataKey.make(
      pin,
      salt,
      ServerKey.of(plan.seal),
      plan.me.id,
      this.#device,
    );
    const worker: Worker = {
      id: plan.me.id,
      name: plan.me.name,
      salt,
      rounds,
      wrapped,
      rescue,
      token: await key.seal(`token ${plan.me.id}`, token),
      wrong: 0,
    };
    await this.db.write(async (tx) => {
      await tx.objectStore("workers").put(worker);
      await tx.objectStore("facts").put(this.#device, "device");
      // What was pulled before lies under a key that nobody opens any more.
      const all = IDBKeyRange.bound(`${worker.id}/`, `${worker.id}0`);
      await tx.objectStore("pulled").delete(all);
      await dropNotes(tx, worker.id);
    });
    this.#opened = null;
    this.workers = await this.db.workers();
    this.fragile = !((await navigator.storage?.persist?.()) ?? true);
    await this.#enter(worker, key, token);
    await this.#keepPlan(pulled.text, pulled.tag);
    this.sync();
  }

  /** A link opens once: what it gave is kept until the phone is taken. @throws Refusal */
  async #tokenBy(link: string, name: string): Promise<string> {
    if (this.#opened?.link === link) return this.#opened.token;
    const response = await this.realm
      .fetch("/api/v1/devices", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Caunoi": "1" },
        body: JSON.stringify({ token: link, device: this.#device, name }),
        credentials: "omit",
        signal: patience(),
      })
      .catch(() => null);
    if (!response) throw new Refusal(0, "");
    const got = (await response.json().catch(() => null)) as { token?: string } | null;
    if (!response.ok || !got?.token) throw refusalOf(response.status, got);
    this.#opened = { link, token: got.token };
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
    if (worker.wrong) await this.#put({ ...worker, wrong: 0 });
    await this.#enter(worker, key, await key.open(`token ${id}`, worker.token));
    this.sync();
  }

  async #wrong(worker: Worker): Promise<void> {
    const wrong = worker.wrong + 1;
    await this.#put({ ...worker, wrong, wrapped: wrong >= mostWrong ? null : worker.wrapped });
    if (wrong >= mostWrong) throw new TooMany();
  }

  async #put(worker: Worker): Promise<void> {
    await this.db.write((tx) => tx.objectStore("workers").put(worker));
    this.workers = await this.db.workers();
  }

  async #enter(worker: Worker, key: DataKey, token: string): Promise<void> {
    this.lock(); // whoever had it open
    this.#token = token;
    this.#touched = Date.now();
    const author = { id: worker.id, office: "", device: this.#device, key, rescue: worker.rescue };
    this.author = author;
    await this.#closing;
    this.notebook = await Notebook.open(this.db, author);
    const pulled = await openPulled(this.db, author, planName(author.id));
    if (pulled) this.#use(JSON.parse(new TextDecoder().decode(pulled.bytes)) as Plan);
    await this.#readEntries(author);
    await this.#readPeople();
    this.ready = this.author !== null;
  }

  /** Whether a worker has the phone open still, under the same key. */
  #has(author: Author): boolean {
    return this.author?.key === author.key;
  }

  /** The open worker's records that hold: what came back or was mended is no fact. */
  get standing(): Entry[] {
    return this.outbox.all
      .filter(
        (r) => r.standing !== "refused" && r.standing !== "conflict" && r.standing !== "mended",
      )
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

  /** Records a fact; it is on disk when this resolves, and on its way to the server. */
  async record(fact: Fact, of: Origin = {}): Promise<Entry> {
    return (await this.recordAll([fact], of))[0] as Entry;
  }

  /** Records several facts, all or none. */
  async recordAll(facts: readonly Fact[], { mends, draft }: Origin = {}): Promise<Entry[]> {
    const { author, notebook } = this;
    if (!author || !notebook) throw new Error("the phone is locked");
    const [one] = facts;
    const save = async (also?: Also) =>
      mends && one
        ? [await this.outbox.mend(author, mends, one, new Date(), also)]
        : await this.outbox.saveAll(author, facts, new Date(), { also });
    const entries = await (draft ? notebook.settle(draft.name, save) : save());
    for (const entry of entries) this.entries.set(entry.id, entry);
    this.touch();
    this.sync();
    return entries;
  }

  /** Sends a refused record as it is. */
  async again(record: Kept): Promise<void> {
    await this.outbox.again(record);
    this.sync();
  }

  async #readEntries(author: Author): Promise<void> {
    for (const record of this.outbox.all) {
      if (record.worker !== author.id || !this.#has(author)) continue;
      try {
        this.entries.set(record.id, await this.outbox.read(author, record));
      } catch {
        // Sealed under an earlier key of this worker: only the server opens it.
      }
    }
  }

  #use(plan: Plan): void {
    if (!this.author) return;
    this.plan = plan;
    this.author = { ...this.author, office: plan.me.office.id };
  }

  async #readPeople(): Promise<void> {
    const author = this.author;
    if (!author || !this.plan) return;
    const all: Neighbour[] = [];
    for (const commune of this.plan.communes) {
      const villagers = readVillagers(await peopleText(this.db, author, commune.code));
      if (villagers) all.push(...villagers.people);
    }
    if (this.#has(author)) this.people = all;
  }

  /**
   * All that waits on this phone, of every worker, as a file for the office lead.
   * It takes no PIN: whoever carries it reads nothing.
   */
  rescueFile(now = new Date()): File {
    const outboxes = sealedOf(this.#device, this.outbox.that("waiting"));
    const name = `caunoi-${this.#device.slice(0, 8)}-${dayOf(now)}.json`;
    return new File([written(outboxes)], name, { type: "application/json" });
  }

  lock(): void {
    clearTimeout(this.#again);
    this.ready = false;
    this.#closing = this.notebook?.flush() ?? this.#closing;
    this.notebook = null;
    this.author = null;
    this.plan = null;
    this.people = [];
    this.entries.clear();
    this.#token = "";
    this.signal = "idle";
    this.receipt = null;
    this.reached = null;
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

  /** Brings what waits, then takes what is new; again later when that fails. */
  sync(): void {
    clearTimeout(this.#again);
    if (!this.author) return;
    if (this.#running) {
      this.#more = true; // what was recorded meanwhile goes as soon as this ends
      return;
    }
    this.#running = true;
    this.#more = false;
    void this.#exchange()
      .catch((error: unknown) => {
        this.signal = signalOf(error);
      })
      .finally(() => {
        this.#running = false;
        if (this.#more && this.signal === "idle") return this.sync();
        if (this.signal === "unreached" || this.signal === "busy") {
          this.#again = setTimeout(() => this.sync(), this.#wait * (0.5 + Math.random()));
          this.#wait = Math.min(longestWait, this.#wait * 2);
        } else {
          this.#wait = 2_000;
        }
      });
  }

  async #exchange(): Promise<void> {
    const author = this.author;
    if (!author) return;
    const door = this.#door(); // the phone may be opened by another one meanwhile
    this.signal = "sending";
    const end = await this.courier.run(author, door);
    if (end.why !== "done") return this.#ended(end, author, door);
    this.reached = new Date();
    const had = await openPulled(this.db, author, planName(author.id));
    const got = await askPlan(door, had?.tag).catch((error: unknown) => {
      if (error instanceof Refusal && signalOf(error) === "barred")
        return this.#barred(error.code, author, door);
      throw error;
    });
    if (!this.#has(author)) return;
    if (got) {
      this.#use(got.plan);
      await this.#keepPlan(got.text, got.tag);
    }
    let other = false;
    for (const commune of this.plan?.communes ?? []) {
      if (!commune.people || !this.#has(author)) continue;
      try {
        other = (await takePeople(this.db, author, door, commune.code)) || other;
      } catch (error) {
        // A commune that is not ours any more keeps none of the others away.
        if (!(error instanceof Refusal) || error.status !== 404) throw error;
      }
    }
    if (other) await this.#readPeople();
    await this.#compare(author, door);
    await this.outbox.tidy();
    if (this.signal === "sending") this.signal = "idle";
  }

  /** Compares what phone and server count; records made meanwhile are no difference. */
  async #compare(author: Author, door: Door): Promise<void> {
    const response = await door
      .fetch(`${door.url}/api/v1/sync/receipt`, {
        headers: { Authorization: `Bearer ${door.token}` },
        credentials: "omit",
        signal: patience(),
      })
      .catch(() => null);
    const told = (await response?.json().catch(() => null)) as {
      entries?: unknown;
      apart?: unknown;
      missing?: unknown;
    } | null;
    if (!response?.ok || typeof told?.entries !== "number") return;
    if (!this.#has(author)) return;
    const server = told.entries + (typeof told.apart === "number" ? told.apart : 0);
    const mine = this.outbox.all.filter((r) => r.worker === author.id);
    const there = mine.filter((r) => r.standing === "sent" || r.standing === "apart").length;
    const phone = there + Number((await this.db.fact(forgottenFact(author.id))) ?? 0);
    const waiting = mine.filter((r) => r.standing === "waiting").length;
    this.receipt = {
      phone,
      server,
      refused: this.outbox.rejected(author.id).length,
      // One whose answer was lost waits here and is there already.
      agrees: phone <= server && server <= phone + waiting,
    };
  }

  async #keepPlan(text: string, tag: string): Promise<void> {
    const author = this.author;
    if (!author) return;
    const name = planName(author.id);
    const sealed = await author.key.seal(name, text);
    await this.db.write((tx) => tx.objectStore("pulled").put({ name, tag, whole: true, sealed }));
    this.#use(JSON.parse(text) as Plan);
  }

  async #ended(end: End, author: Author, door: Door): Promise<void> {
    if (end.why === "busy") {
      this.#wait = end.wait;
      this.signal = "busy";
    } else if (end.why === "barred") await this.#barred(end.code, author, door);
    else this.signal = "unreached";
  }

  /** What a phone does that is told to go: a leaving one brings what it holds first. */
  async #barred(code: string, author: Author, door: Door): Promise<null> {
    this.signal = "barred";
    const waits = this.outbox.that("waiting", author.id).length;
    if (code === "device.lost" || (code === "device.leaving" && !waits)) {
      await this.#wipe(author, door);
    }
    return null;
  }

  /**
   * Destroys what this phone keeps of a worker, and of no other one; the data
   * first, then the word: a wipe that nobody heard of is still one.
   */
  async #wipe(author: Author, door: Door): Promise<void> {
    const mine = this.outbox.all.filter((r) => r.worker === author.id);
    const there = mine.filter((r) => ["sent", "apart", "mended"].includes(r.standing)).length;
    const open = this.author === null || this.author.id === author.id;
    if (open) this.lock();
    await this.#closing;
    const others = this.workers.some((w) => w.id !== author.id);
    if (others) await this.#forget(author.id, mine);
    else await this.db.destroy();
    await door
      .fetch(`${door.url}/api/v1/device/wiped`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-Caunoi": "1",
          Authorization: `Bearer ${door.token}`,
        },
        body: JSON.stringify({ unsent: mine.length - there }),
        credentials: "omit",
        signal: patience(),
      })
      .catch(() => {});
    if (open) location.reload();
    else {
      this.workers = await this.db.workers();
      await this.outbox.reload();
    }
  }

  async #forget(worker: string, records: readonly Kept[]): Promise<void> {
    await this.db.write(async (tx) => {
      await tx.objectStore("workers").delete(worker);
      await tx.objectStore("pulled").delete(IDBKeyRange.bound(`${worker}/`, `${worker}0`));
      await dropNotes(tx, worker);
      for (const record of records) await tx.objectStore("outbox").delete(record.id);
    });
  }
}

async function dropNotes(tx: Writing, worker: string): Promise<void> {
  const notes = tx.objectStore("notes");
  for (const id of await notes.index("byWorker").getAllKeys(worker)) await notes.delete(id);
}
