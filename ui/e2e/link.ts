/** Bad networks: one that is slow and cuts connections, one that loses packets. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./desk";

const run = promisify(execFile);

/** Toxiproxy (github.com/Shopify/toxiproxy) between a phone and the server. */
export class BadLink {
  /** Where the phone finds the server. */
  readonly url: string;
  /** How often everything was cut. */
  cuts = 0;
  readonly #api: string;
  #seed: number;
  #dice: NodeJS.Timeout | undefined;

  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    api: number,
    port: number,
    seed: number,
  ) {
    this.#seed = seed;
    this.#api = `http://127.0.0.1:${api}`;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(server: string, seed: number): Promise<BadLink> {
    const folder = await mkdtemp(join(tmpdir(), "caunoi-link-"));
    const binary = join(folder, "toxiproxy");
    const cwd = new URL("./toxiproxy/", import.meta.url).pathname;
    await run("go", ["build", "-o", binary, "github.com/Shopify/toxiproxy/v2/cmd/server"], { cwd });
    const [api, port] = [await freePort(), await freePort()];
    const args = ["-host", "127.0.0.1", "-port", String(api)];
    const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
    await new Promise<void>((resolve, reject) => {
      const listen = (chunk: Buffer) => {
        if (chunk.toString().includes("Starting HTTP server")) resolve();
      };
      child.stdout.on("data", listen);
      child.stderr.on("data", listen);
      child.on("exit", (code) => reject(new Error(`toxiproxy left with ${code}`)));
    });
    const link = new BadLink(child, folder, api, port, seed);
    await link.#ask("/proxies", {
      name: "phone",
      listen: `127.0.0.1:${port}`,
      upstream: new URL(server).host,
    });
    return link;
  }

  async #ask(path: string, body: object): Promise<void> {
    const answer = await this.#reached(path, body);
    if (!answer.ok) throw new Error(`toxiproxy: ${await answer.text()}`);
  }

  async #reached(path: string, body: object): Promise<Response> {
    for (let tries = 50; ; tries--) {
      try {
        return await fetch(this.#api + path, { method: "POST", body: JSON.stringify(body) });
      } catch (error) {
        if (!tries) throw error; // it says that it starts before it listens
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /**
   * 6 KB/s each way, 800 ms there and back, and every second one chance in five
   * that whatever is under way is cut, so that some requests have arrived whose
   * answers do not.
   */
  async worsen(): Promise<void> {
    for (const stream of ["upstream", "downstream"]) {
      for (const [type, attributes] of [
        ["bandwidth", { rate: 6 }],
        ["latency", { latency: 400, jitter: 200 }],
      ] as const) {
        await this.#ask("/proxies/phone/toxics", { type, stream, attributes });
      }
    }
    this.#dice = setInterval(() => {
      this.#seed = (this.#seed * 48_271) % 0x7fffffff; // Lehmer
      if (this.#seed % 5 === 0) void this.#cut();
    }, 1000);
  }

  async #cut(): Promise<void> {
    this.cuts++;
    await this.#ask("/proxies/phone", { enabled: false });
    await this.#ask("/proxies/phone", { enabled: true });
  }

  async stop(): Promise<void> {
    clearInterval(this.#dice);
    this.process.removeAllListeners("exit");
    const gone = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGKILL");
    await gone;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/**
 * A network namespace with a loopback of its own, in which packets can be
 * lost. It takes root, iproute2 and nftables.
 */
export class Namespace {
  private constructor(
    readonly name: string,
    private readonly folder: string,
  ) {}

  static async make(): Promise<Namespace> {
    const name = `caunoi-${process.pid}`;
    await run("ip", ["netns", "add", name]);
    const space = new Namespace(name, await mkdtemp(join(tmpdir(), "caunoi-ns-")));
    // Small packets that the kernel does not join, as over the air.
    await space.run(..."ip link set lo up mtu 576 gso_max_segs 1".split(" "));
    return space;
  }

  run(...command: string[]): Promise<unknown> {
    return run("ip", ["netns", "exec", this.name, ...command]);
  }

  /** A program that runs another one inside. */
  async inside(program: string): Promise<string> {
    const path = join(this.folder, program.replaceAll("/", "-"));
    await writeFile(path, `#!/bin/sh\nexec ip netns exec ${this.name} ${program} "$@"\n`);
    await chmod(path, 0o755);
    return path;
  }

  /** Loses so many of a hundred packets to and from a port. */
  async lose(percent: number, port: string): Promise<void> {
    for (const end of ["dport", "sport"]) {
      await this.run(
        "nft",
        `add table inet loss; add chain inet loss in { type filter hook input priority 0; }; add rule inet loss in tcp ${end} ${port} numgen random mod 100 < ${percent} counter drop`,
      );
    }
  }

  /** How many packets were lost. */
  async lost(): Promise<number> {
    const { stdout } = (await this.run("nft", "list", "table", "inet", "loss")) as {
      stdout: string;
    };
    return [...stdout.matchAll(/counter packets (\d+)/g)].reduce((n, m) => n + Number(m[1]), 0);
  }

  async remove(): Promise<void> {
    await run("ip", ["netns", "del", this.name]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
