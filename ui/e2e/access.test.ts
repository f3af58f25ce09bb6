import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Demo, launch, Watched } from "./desk";

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

const sentence = "ruộng bậc thang tháng chín vàng";

describe("signing in with a link", () => {
  it("takes one that is pasted over the sign-in page", async () => {
    const watched = await Watched.open(browser, demo.url);
    await watched.page.goto(demo.url + "/signin");
    await watched.page.getByLabel("Tên đăng nhập").waitFor();
    await watched.signIn(demo.link("lead"));
    expect(watched.faults).toEqual([]);
    await watched.close();
  });
});

describe("signing in with a password", () => {
  it("is set by who came by link, and opens the desk elsewhere", async () => {
    const first = await Watched.open(browser, demo.url);
    await first.signIn(demo.link("province"));
    const { page } = first;
    await page.goto(demo.url + "/account");
    await page.getByLabel("Mật khẩu mới").fill("ngắn");
    await page.getByRole("button", { name: "Lưu mật khẩu" }).click();
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/ít nhất 15 ký tự/);
    await page.getByLabel("Mật khẩu mới").fill(sentence);
    await page.getByRole("button", { name: "Lưu mật khẩu" }).click();
    await page.getByText("Đã lưu mật khẩu").waitFor();
    await page.getByLabel("Mật khẩu hiện nay").waitFor();
    expect(await first.barriers()).toEqual([]);
    const name = (await page.locator(".parts .quiet").first().textContent())?.split("·")[0]?.trim();

    const second = await Watched.open(browser, demo.url, { viewport: { width: 390, height: 800 } });
    await second.page.goto(demo.url + "/signin");
    expect(await second.barriers()).toEqual([]);
    await second.page.getByLabel("Tên đăng nhập").fill(name ?? "");
    await second.page.getByLabel("Mật khẩu").fill("không phải câu này đâu");
    await second.page.keyboard.press("Enter");
    await expect.poll(() => second.page.getByRole("alert").textContent()).toMatch(/không đúng/);
    await second.page.getByLabel("Mật khẩu").fill(sentence);
    await second.page.keyboard.press("Enter");
    await second.page.locator("[data-figure=enrolments]").waitFor();

    await page.reload();
    await page.getByText("2 trình duyệt").waitFor();
    await page.getByRole("button", { name: "Thoát khỏi mọi trình duyệt khác" }).click();
    await page.getByText("1 trình duyệt").waitFor();
    await second.page.reload();
    await second.page.getByLabel("Tên đăng nhập").waitFor();
    expect([...first.faults, ...second.faults]).toEqual([]);
    await first.close();
    await second.close();
  });
});
