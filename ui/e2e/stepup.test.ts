/** Acts that an open desk does not give to whoever walks by. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Demo, launch, Watched } from "./desk";

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  demo = await Demo.start("--step-up", "15s");
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

it("who has not proven who they are for a while does so before an important act", async () => {
  const watched = await Watched.open(browser, demo.url);
  const { page } = watched;
  await watched.signIn(demo.link("lead"));
  await page.goto(demo.url + "/account");
  await page.getByLabel("Mật khẩu mới").fill("ruộng bậc thang tháng chín vàng");
  await page.getByRole("button", { name: "Lưu mật khẩu" }).click();
  await page.getByText("Đã lưu mật khẩu.").waitFor();

  // Until the server says that it is a while.
  await expect
    .poll(() => page.evaluate(async () => (await fetch("/api/v1/session/stepup")).status), {
      timeout: 60_000,
    })
    .toBe(403);
  await page.goto(demo.url + "/users");
  await page
    .getByRole("button", { name: /^Liên kết đăng nhập: / })
    .first()
    .click();
  const ask = page.getByRole("dialog", { name: "Xác nhận lại danh tính" });
  await ask.waitFor();
  expect(await watched.barriers()).toEqual([]);
  await ask.getByLabel("Mật khẩu").fill("sai rồi");
  await ask.getByRole("button", { name: "Xác nhận", exact: true }).click();
  await ask.getByRole("alert").waitFor();
  await ask.getByLabel("Mật khẩu").fill("ruộng bậc thang tháng chín vàng");
  await ask.getByRole("button", { name: "Xác nhận", exact: true }).click();
  // What was asked for goes on by itself.
  await page.locator("[data-link]").waitFor();
  await expect.poll(() => page.locator("[data-link]").textContent()).toMatch(/\/signin#[\w-]{43}$/);
  expect(watched.faults).toEqual([]);
  await watched.close();
});
