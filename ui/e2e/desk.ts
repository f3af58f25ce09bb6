/** The real binary on a temporary folder, and browsers that sit before it. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { promisify } from "node:util";
import { constants } from "node:fs";
import { copyFile, cp, mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";

export type Role = "province" | "lead" | "campaigner" | "administrator";

function binary(): string {
  const path = process.env["CAUNOI_BIN"];
  if (!path) throw new Error("set CAUNOI_BIN to the binary to test");
  return path;
}

export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A server with the demo, which can be killed and started again on the same data. */
export class Demo {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  #links = new Map<string, string>();
  #process: ChildProcess | null = null;

  private constructor(
    folder: string,
    port: number,
    readonly options: string[],
  ) {
    this.#folder = folder;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts on a copy of what [make] made. */
  static async start(...options: string[]): Promise<Demo> {
    const demo = await Demo.#in(options);
    const mode = constants.COPYFILE_FICLONE;
    await cp(inject("demo"), demo.#folder, { recursive: true, mode });
    await demo.run();
    return demo;
  }

  /** Starts on the data of a folder, which stays. */
  static async on(folder: string, ...options: string[]): Promise<Demo> {
    const demo = new Demo(folder, await freePort(), options);
    await demo.run();
    return demo;
  }

  /** Makes the data of a demo, in a folder of its own. */
  static async make(): Promise<string> {
    const demo = await Demo.#in([]);
    await demo.run();
    await demo.#end("SIGTERM");
    return demo.#folder;
  }

  static async #in(options: string[]): Promise<Demo> {
    return new Demo(await mkdtemp(join(tmpdir(), "caunoi-e2e-")), await freePort(), options);
  }

  /** Starts the program and waits until it has printed its sign-in links. */
  async run(): Promise<void> {
    const args = [
      "demo",
      "--data",
      this.#folder,
      "--addr",
      `127.0.0.1:${this.#port}`,
      ...this.options,
    ];
    const child = spawn(binary(), args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    let said = "";
    await new Promise<void>((resolve, reject) => {
      const listen = (chunk: Buffer) => {
        said += chunk.toString();
        for (const [, role, link] of said.matchAll(/^(\w+)\s+(http\S+#\S+)\s*$/gm)) {
          if (role && link) this.#links.set(role, link);
        }
        if (/^administrator\s+http\S+\s*\n/m.test(said)) resolve();
      };
      child.stdout.on("data", listen);
      child.stderr.on("data", listen);
      child.on("exit", (code) => reject(new Error(`the server left with ${code}:\n${said}`)));
    });
  }

  /** Runs a command on the same data, beside the server; gives what it prints. */
  async command(...args: string[]): Promise<string> {
    const run = promisify(execFile);
    return (await run(binary(), [...args, "--data", this.#folder], { maxBuffer: 256 << 20 }))
      .stdout;
  }

  /** The link by which somebody takes a phone, as the QR code holds it. */
  async phoneLink(user: string, url = this.url): Promise<string> {
    return (await this.command("user", "link", user, "--phone", "--url", url)).trim();
  }

  link(role: Role): string {
    const link = this.#links.get(role);
    if (!link) throw new Error(`no link for ${role}`);
    return link;
  }

  /** Ends the program as a power cut would. */
  kill = (): Promise<void> => this.#end("SIGKILL");

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
    this.#process = null;
  }

  /** The server burns down, and what a copy holds takes its place. */
  async restore(copy: string): Promise<void> {
    await this.kill();
    for (const file of ["caunoi.db", "caunoi.db-wal", "caunoi.db-shm"]) {
      await rm(join(this.#folder, file), { force: true });
    }
    await this.command("restore", copy);
    await this.run();
  }

  /** The same by hand, by who does not know of the command. */
  async putBack(copy: string): Promise<void> {
    await this.kill();
    for (const file of ["caunoi.db-wal", "caunoi.db-shm"]) {
      await rm(join(this.#folder, file), { force: true });
    }
    await copyFile(copy, join(this.#folder, "caunoi.db"));
    await this.run();
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Chromium, or its engine without windows: these cost more than the pages in them. */
export function launch(program = "/usr/bin/chromium-headless-shell"): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--font-render-hinting=none", // letters are as wide as on a screen
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** What of the screen some people could not use, in the light and in the dark. */
export async function barriersOf(page: Page): Promise<string[]> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found: string[] = [];
  // Nothing is framed, and what passes need not be told: a third of the time.
  const axe = () =>
    new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  const look = async (scheme: string, by: AxeBuilder) => {
    const { violations } = await by.analyze();
    for (const { id, nodes } of violations) {
      found.push(`${scheme}: ${id}: ${nodes.map((n) => n.html.slice(0, 120)).join(" | ")}`);
    }
  };
  const dark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  const [now, other] = dark ? (["dark", "light"] as const) : (["light", "dark"] as const);
  await look(now, axe().withTags(tags));
  await page.emulateMedia({ colorScheme: other });
  await look(other, axe().withRules(["color-contrast"])); // all else is the same
  await page.emulateMedia({ colorScheme: now });
  return found;
}

/** What a page must never do, as it was seen to do it. */
export class Watched {
  readonly page: Page;
  readonly faults: string[] = [];

  private constructor(page: Page, home: string) {
    this.page = page;
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(home) && !url.startsWith("data:")) {
        this.faults.push(`asked a foreign host: ${url}`);
      }
    });
    page.on("console", (message) => {
      if (/Content Security Policy|Refused to/i.test(message.text())) {
        this.faults.push(message.text());
      }
    });
    page.on("pageerror", (error) => this.faults.push(`threw: ${error.message}`));
  }

  static async open(
    browser: Browser,
    home: string,
    options: BrowserContextOptions = {},
  ): Promise<Watched> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 960 },
      reducedMotion: "reduce",
      ...options,
    });
    const watched = new Watched(await context.newPage(), home);
    await watched.page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (e) => {
        console.error(`Content Security Policy: ${e.violatedDirective} ${e.blockedURI}`);
      });
    });
    return watched;
  }

  /** Signs in by a one-time link, as a person does. */
  async signIn(link: string): Promise<void> {
    await this.page.goto(link);
    await this.page.getByRole("button", { name: "Vào Caunoi" }).click();
    await this.page.locator("[data-figure=enrolments]").waitFor();
  }

  barriers = (): Promise<string[]> => barriersOf(this.page);

  /** Nobody is kept out, and nothing is wider than the screen. */
  async passable(): Promise<void> {
    // What the fixed header half covers is not what is looked for.
    await this.page.evaluate(() => scrollTo(0, 0));
    expect(await this.barriers()).toEqual([]);
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(wide).toBe(false);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** A demo and a browser for the tests of one file. */
export class Sitting {
  demo!: Demo;
  browser!: Browser;
  readonly #states = new Map<Role, NonNullable<BrowserContextOptions["storageState"]>>();
  readonly #opened: Watched[] = [];

  /** These sign in once; what they open must do nothing that a page must never do. */
  constructor(...roles: Role[]) {
    beforeAll(async () => {
      this.demo = await Demo.start();
      this.browser = await launch();
      for (const role of roles) {
        const watched = await Watched.open(this.browser, this.demo.url);
        await watched.signIn(this.demo.link(role));
        this.#states.set(role, await watched.page.context().storageState());
        expect(watched.faults).toEqual([]);
        await watched.close();
      }
    });
    afterAll(async () => {
      await this.browser?.close();
      await this.demo?.stop();
    });
    afterEach(async () => {
      for (const watched of this.#opened.splice(0)) {
        expect(watched.faults).toEqual([]);
        await watched.close();
      }
    });
  }

  /** Somebody in a browser of their own; null: nobody who is signed in. */
  async open(role: Role | null, options: BrowserContextOptions = {}): Promise<Watched> {
    const storageState = role && this.#states.get(role);
    const watched = await Watched.open(this.browser, this.demo.url, {
      ...(storageState && { storageState }),
      ...options,
    });
    this.#opened.push(watched);
    return watched;
  }

  /** The same, with a screen open. */
  readonly sit = async (
    role: Role | null,
    path: string,
    options: BrowserContextOptions = {},
  ): Promise<Watched> => {
    const watched = await this.open(role, options);
    await watched.page.goto(this.demo.url + path);
    await watched.page.locator("h1").waitFor();
    return watched;
  };
}
