/** Signing in with the agency's own account, in a real browser that goes there and comes back. */
import { createHash, createSign, generateKeyPairSync } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import * as http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch } from "./desk";

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A small identity provider that knows one person and asks nothing. */
class Provider {
  readonly #key = generateKeyPairSync("rsa", { modulusLength: 2048 });
  readonly #asked = new Map<string, { nonce: string; challenge: string }>();
  url = "";
  user = "admin";
  readonly #server = http.createServer((req, res) => void this.#answer(req, res));

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
    const url = new URL(req.url ?? "", this.url);
    const json = (value: unknown) => {
      res.setHeader("Content-Type", "application/json");
      res.end(JSON.stringify(value));
    };
    if (url.pathname.startsWith("/.well-known/")) {
      return json({
        issuer: this.url,
        authorization_endpoint: `${this.url}/auth`,
        token_endpoint: `${this.url}/token`,
        jwks_uri: `${this.url}/keys`,
        id_token_signing_alg_values_supported: ["RS256"],
      });
    }
    if (url.pathname === "/keys") {
      const key = this.#key.publicKey.export({ format: "jwk" });
      return json({ keys: [{ ...key, kid: "1", alg: "RS256", use: "sig" }] });
    }
    const query = url.searchParams;
    if (url.pathname === "/auth") {
      this.#asked.set("good", {
        nonce: query.get("nonce") ?? "",
        challenge: query.get("code_challenge") ?? "",
      });
      const back = new URL(query.get("redirect_uri") ?? "");
      back.searchParams.set("state", query.get("state") ?? "");
      back.searchParams.set("code", "good");
      // A page, as a provider has one: the way back is a step from another site.
      res.setHeader("Content-Type", "text/html");
      res.end(`<a id="back" href="${back.href.replaceAll("&", "&amp;")}">back</a>`);
      return;
    }
    let body = "";
    for await (const chunk of req) body += String(chunk);
    const form = new URLSearchParams(body);
    const asked = this.#asked.get(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (!asked || asked.challenge !== challenge) {
      res.statusCode = 400;
      return json({ error: "invalid_grant" });
    }
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.url,
      aud: "caunoi",
      sub: "1",
      preferred_username: this.user,
      nonce: asked.nonce,
      iat: now,
      exp: now + 60,
    };
    const head = `${part({ alg: "RS256", kid: "1" })}.${part(claims)}`;
    const signature = createSign("RSA-SHA256").update(head).sign(this.#key.privateKey, "base64url");
    json({ access_token: "x", token_type: "Bearer", id_token: `${head}.${signature}` });
  }
}

const provider = new Provider();
let browser: Browser;
let folder = "";
let home = "";
let program: ChildProcess;

async function freePort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

beforeAll(async () => {
  await provider.listen();
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "caunoi-oidc-"));
  const port = await freePort();
  home = `http://localhost:${port}`;
  program = spawn(
    process.env["CAUNOI_BIN"] ?? "",
    ["serve", "--data", folder, "--addr", `127.0.0.1:${port}`, "--public-url", home].concat(
      "--oidc-issuer",
      provider.url,
      "--oidc-client",
      "caunoi",
    ),
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  // The first administrator's link says that the server answers.
  await new Promise((done) => program.stdout?.once("data", done));
});

afterAll(async () => {
  program?.kill("SIGKILL");
  await browser?.close();
  provider.close();
  await rm(folder, { recursive: true, force: true });
});

it("the browser goes to the provider, comes back, and is signed in", async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(home + "/signin");
  await page.getByRole("link", { name: "Đăng nhập bằng tài khoản cơ quan" }).click();
  await page.locator("#back").click();
  await page.waitForURL(home + "/");
  const who = await page.evaluate(async () => (await fetch("/api/v1/session")).json());
  expect(who).toMatchObject({ id: "admin", role: "administrator" });
  await page.locator("h1").waitFor();
});

it("whom nobody added here is told so on the sign-in screen", async () => {
  provider.user = "somebody";
  const page = await (await browser.newContext()).newPage();
  await page.goto(home + "/signin");
  await page.getByRole("link", { name: "Đăng nhập bằng tài khoản cơ quan" }).click();
  await page.locator("#back").click();
  await page.getByRole("alert").waitFor();
  await expect
    .poll(() => page.getByRole("alert").textContent())
    .toContain("chưa có người dùng này");
  expect(page.url()).toBe(home + "/signin");
});
