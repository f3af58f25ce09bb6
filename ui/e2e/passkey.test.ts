import type { Browser, CDPSession } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Demo, launch, Watched } from "./desk";

let demo: Demo;
let browser: Browser;
/** A passkey belongs to a name, not to an address. */
let home = "";
const named = (link: string) => link.replace("127.0.0.1", "localhost");

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
  home = named(demo.url);
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

/** A device with a fingerprint reader, in software. */
async function device(watched: Watched): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  const cdp = await watched.page.context().newCDPSession(watched.page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, authenticatorId };
}

it("a passkey is added, signs in, and is removed", async () => {
  const watched = await Watched.open(browser, home);
  const { page } = watched;
  const { cdp, authenticatorId } = await device(watched);
  await watched.signIn(named(demo.link("lead")));
  await page.goto(home + "/account");
  await page.getByText("Chưa có khoá truy cập nào.").waitFor();
  await page.getByLabel("Tên khoá").fill("Máy mô phỏng");
  await page.getByRole("button", { name: "Thêm khoá truy cập" }).click();
  await page.getByText("Đã thêm khoá truy cập.").waitFor();
  await page.getByText("Chưa dùng lần nào").waitFor();
  expect(await watched.barriers()).toEqual([]);

  // One way in is a passkey, without a name typed.
  await page.context().clearCookies();
  await page.goto(home + "/signin");
  await page.getByRole("button", { name: "Đăng nhập bằng khoá truy cập" }).click();
  await page.locator("[data-figure=enrolments]").waitFor();

  // Another finger opens nothing.
  await page.context().clearCookies();
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await page.goto(home + "/signin");
  await page.getByRole("button", { name: "Đăng nhập bằng khoá truy cập" }).click();
  await expect
    .poll(() => page.getByRole("alert").textContent())
    .toMatch(/Máy đã dừng hoặc từ chối/);
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await page.getByRole("button", { name: "Đăng nhập bằng khoá truy cập" }).click();
  await page.locator("[data-figure=enrolments]").waitFor();

  await page.goto(home + "/account");
  await page.getByText("Dùng lần cuối").waitFor();
  await page.getByRole("button", { name: "Gỡ Máy mô phỏng" }).click();
  await page.getByText("Đã gỡ khoá truy cập.").waitFor();
  await page.context().clearCookies();
  await page.goto(home + "/signin");
  await page.getByRole("button", { name: "Đăng nhập bằng khoá truy cập" }).click();
  await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/Không xác nhận được/);
  expect(watched.faults).toEqual([]);
  await watched.close();
});

it("a page reached by a bare address offers none", async () => {
  const watched = await Watched.open(browser, demo.url);
  await watched.page.goto(demo.url + "/signin");
  await watched.page.getByLabel("Mật khẩu").waitFor();
  expect(await watched.page.getByRole("button", { name: /khoá truy cập/ }).count()).toBe(0);
  await watched.close();
});
