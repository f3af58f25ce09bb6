import { describe, expect, it } from "vitest";
import { Sitting } from "./desk";
import { pushEnrolment } from "./field";

/** The campaign of the demo that is under way. */
const running = "/c/thuong-xuyen";

const at = new Sitting("province", "campaigner");
const { sit } = at;

const enrolments = "[data-figure=enrolments] .number a";

describe("signing in", () => {
  it("takes a link once, and says what to do when it was used", async () => {
    const watched = await at.open(null);
    const { page } = watched;
    await page.goto(at.demo.link("province"));
    expect(new URL(page.url()).hash).toBe("");
    await page.getByRole("button", { name: "Vào Caunoi" }).click();
    const alert = page.getByRole("alert");
    await alert.waitFor();
    await expect.poll(() => alert.textContent()).toMatch(/đã dùng/);
  });

  it("asks for a link where nobody is signed in", async () => {
    const watched = await at.open(null);
    await watched.page.goto(at.demo.url + "/c/lao-cai-2025/report");
    await watched.page.getByText("Mở đường dẫn đăng nhập").waitFor();
    expect(await watched.barriers()).toEqual([]);
  });
});

describe("the live board", () => {
  it("shows the published figures of the festival, said to be synthetic", async () => {
    const { page } = await sit("province", "/");
    await page.locator(enrolments).waitFor();
    await expect.poll(() => page.locator(enrolments).textContent()).toBe("2.745");
    await expect
      .poll(() => page.locator("[data-figure=people_reached] .number a").textContent())
      .toBe("5.742");
    await expect.poll(() => page.getByText("Dữ liệu mô phỏng.").count()).toBe(1);
  });

  it("moves without a reload when a campaigner's entry arrives", async () => {
    const board = await sit("province", running);
    const link = board.page.locator(enrolments);
    await link.waitFor();
    const before = Number((await link.textContent())?.replaceAll(".", ""));
    const field = await sit("campaigner", running);
    expect(await pushEnrolment(field.page, running.slice(3))).toMatchObject([
      { status: "accepted" },
    ]);
    const after = (before + 1).toLocaleString("vi-VN");
    await expect.poll(() => link.textContent(), { timeout: 5000 }).toBe(after);
    await expect
      .poll(() => board.page.locator(".connection").first().textContent())
      .toMatch(/bản ghi cuối \d+ giây/);
  });

  it("shows how it stood at a moment that has passed, and comes back", async () => {
    const watched = await sit("province", running);
    const { page } = watched;
    await page.locator(enrolments).waitFor();
    const now = await page.locator(enrolments).textContent();
    // Before anything was counted here.
    await page.getByLabel("Xem lại một thời điểm").fill("2026-01-02T08:00");
    await page.getByText(/Số liệu như lúc 2\/1 08:00/).waitFor();
    await expect.poll(() => page.locator(enrolments).textContent()).toBe("0");
    expect(page.url()).toContain("at=2026-01-02T08%3A00");
    expect(await watched.barriers()).toEqual([]);
    await page.getByRole("link", { name: "Về hiện tại" }).click();
    await expect.poll(() => page.locator(enrolments).textContent()).toBe(now);
  });

  it("opens the numbers of a past moment to what made them then, and leads to now", async () => {
    const watched = await sit("province", "/c/lao-cai-2025?at=2025-11-22T10:30");
    const { page } = watched;
    const figure = page.locator(enrolments);
    await figure.waitFor();
    const then = (await figure.textContent()) ?? "";
    expect(Number(then.replace(".", ""))).toBeGreaterThan(0);
    expect(then).not.toBe("2.745");
    await page.locator(".events li time").first().waitFor();
    const hour = page.locator(".hours li a[tabindex='0']");
    const met = (await hour.getAttribute("title"))?.match(/: ([\d.]+)/)?.[1] ?? "";

    await figure.click();
    const sheet = page.getByRole("dialog");
    await sheet.locator(".sum .number").getByText(then, { exact: true }).waitFor();
    await sheet.getByText("Như lúc 22/11 10:30.").waitFor();
    await sheet.locator("ol a").first().click();
    await sheet.getByText("Được tính vào").waitFor();
    expect(new URL(page.url()).searchParams.get("at")).toBe("2025-11-22T10:30");
    expect(await watched.barriers()).toEqual([]);
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "hidden" });

    await hour.click();
    await sheet.locator(".sum .number").getByText(met, { exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "hidden" });

    await page.locator(".map svg a").first().click();
    await sheet.getByText("Như lúc 22/11 10:30.").waitFor();
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "hidden" });

    await figure.click();
    await sheet.getByRole("link", { name: "Xem hiện tại" }).click();
    await sheet.locator(".sum .number").getByText("2.745", { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get("at")).toBe(null);
  });

  it("says that an address names no moment, shows now and leads there", async () => {
    const { page } = await sit("province", `${running}?at=yesterday`);
    await page.getByText(/không có hoặc chưa đến/).waitFor();
    await page.locator(enrolments).waitFor();
    await page.getByRole("link", { name: "Về hiện tại" }).click();
    expect(new URL(page.url()).search).toBe("");
  });

  it("opens a figure to its entries, one of them to its detail, and goes back", async () => {
    const { page } = await sit("province", "/");
    await page.locator(enrolments).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByText("Đang xem 50 bản ghi").waitFor();
    expect(page.url()).toContain("figure=enrolments");
    await sheet.getByRole("button", { name: "Xem tiếp" }).click();
    await sheet.getByText("Đang xem 100 bản ghi").waitFor();
    await sheet.locator("ol a").first().click();
    await sheet.getByText("Được tính vào").waitFor();
    await page.goBack();
    await sheet.getByText("Đang xem 50 bản ghi").waitFor();
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "hidden" });
    expect(new URL(page.url()).search).toBe("");
  });

  it("opens an hour, what is planned and what counts against a target", async () => {
    const { page } = await sit("province", running);
    const busiest = page.locator(".hours li a[tabindex='0']");
    const n = (await busiest.getAttribute("title"))?.match(/: (\d+)/)?.[1] ?? "";
    await busiest.focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const sheet = page.getByRole("dialog");
    await sheet.locator(".sum .number").getByText(n, { exact: true }).waitFor();
    await sheet.getByText(/\d+–\d+ giờ/).waitFor();
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "hidden" });

    await page.locator(".events .states a").getByText("sắp tới").click();
    await page.locator("h1").getByText("Kế hoạch").waitFor();
    expect(new URL(page.url()).search).toBe("?view=list&status=planned");

    await page.goto(`${at.demo.url}${running}/targets`);
    const actual = page.locator("tbody tr a.opens").first();
    const reached = await actual.textContent();
    await actual.click();
    await sheet
      .locator(".sum .number")
      .getByText(reached ?? "", { exact: true })
      .waitFor();
    expect(page.url()).toContain("office=");
    // The table beneath stays that of the offices.
    await expect.poll(() => page.locator("tbody tr").count()).toBeGreaterThan(10);
  });

  it("keeps the focus in the sheet, and gives it back", async () => {
    const { page } = await sit("province", "/");
    await page.locator(enrolments).focus();
    await page.keyboard.press("Enter");
    const sheet = page.getByRole("dialog");
    await sheet.getByText("Đang xem 50 bản ghi").waitFor();
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press("Tab");
      const inside = await page.evaluate(
        () =>
          document.activeElement === document.body ||
          document.activeElement?.closest("dialog") !== null,
      );
      expect(inside).toBe(true);
    }
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "hidden" });
    expect(await page.evaluate(() => document.activeElement?.getAttribute("href"))).toContain(
      "figure=enrolments",
    );
  });

  it("walks over the map by arrow keys", async () => {
    const { page } = await sit("province", "/");
    const stop = page.locator(".map svg a[tabindex='0']");
    await stop.focus();
    const first = await stop.getAttribute("data-code");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-code"));
    expect(await focused()).not.toBe(first);
    await page.locator(".picture .tip").waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    expect(page.url()).toContain(`commune=${await stop.getAttribute("data-code")}`);
  });

  it("colours the map by any figure, by what it is measured, as the address says", async () => {
    const { page } = await sit("province", "/");
    const map = page.locator(".map");
    await map.getByText("% chỉ tiêu", { exact: true }).waitFor({ state: "attached" });
    await map.getByLabel("Tô màu theo").selectOption({ label: "Buổi đã tổ chức" });
    await expect
      .poll(() => map.getByLabel("Tính theo").locator("option").allTextContents())
      .toEqual(["số lượng", "trên 1.000 người"]);
    await map.getByLabel("Tính theo").selectOption("people");
    await map.getByText("tính theo dân số (Số mô phỏng, 2025)").waitFor();
    expect(new URL(page.url()).search).toBe("?map=sessions&per=people");
    await page.reload();
    await map.getByText("tính theo dân số (Số mô phỏng, 2025)").waitFor();
    const title = await map.locator("svg a").first().getAttribute("aria-label");
    expect(title).toMatch(/trên 1\.000 dân \([\d.]+ người, năm 2025\)/);
    await map.locator("svg a").first().click();
    await page.getByRole("dialog").waitFor();
    expect(page.url()).toContain("map=sessions&per=people&figure=sessions");
  });

  it("fits a phone", async () => {
    const viewport = { width: 390, height: 844 };
    for (const path of ["/", "/c/lao-cai-2025/activities", "/c/lao-cai-2025/reviews"]) {
      const { page } = await sit("province", path, { viewport });
      await page.locator(".card:not([aria-hidden])").first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    }
  });
});

describe("the big screen", () => {
  const big = "/c/lao-cai-2025?big=1";
  const sizes = [
    [1280, 720],
    [1920, 1080],
    [3840, 2160],
  ] as const;

  it.each(sizes)("shows all that matters at %d × %d, in letters of its size", async (...size) => {
    const [width, height] = size;
    const { page } = await sit("province", big, { viewport: { width, height } });
    await page.locator(".wall .hours li .heard").first().waitFor({ state: "attached" });
    await page.evaluate(() => document.fonts.ready);
    const seen = await page.evaluate(() => {
      const cards = [...document.querySelectorAll<HTMLElement>(".wall .card")];
      const inside = ({ left, top, right, bottom }: DOMRect) =>
        left >= 0 && top >= 0 && right <= innerWidth + 0.5 && bottom <= innerHeight + 0.5;
      const of = (name: string) => document.querySelector(`.wall ${name}`) as HTMLElement;
      return {
        page: document.documentElement.scrollHeight,
        outside: cards.filter((c) => !inside(c.getBoundingClientRect())).length,
        cut: cards
          .filter((c) => !c.matches(".events")) // of these there are always more
          .filter((c) => c.scrollHeight > c.clientHeight + 2 || c.scrollWidth > c.clientWidth + 2)
          .map((c) => c.querySelector("h2")?.textContent),
        smallest: Math.min(
          ...[...document.querySelectorAll(".wall :is(h2, td, dt, p, .said, .hour)")]
            .filter((e) => !e.matches(".heard"))
            .map((e) => parseFloat(getComputedStyle(e).fontSize)),
        ),
        bars: of(".hours .track").clientHeight,
        map: of(".picture svg").clientHeight,
      };
    });
    expect(seen).toMatchObject({ page: height, outside: 0, cut: [] });
    expect(seen.smallest).toBeGreaterThan(height / 52);
    expect(seen.bars).toBeGreaterThan(height / 20);
    expect(seen.map).toBeGreaterThan(height / 4);
    for (const figure of ["people_reached", "enrolments", "switches.noncash", "under_way"]) {
      await expect
        .poll(() => page.locator(`[data-figure="${figure}"] .number`).isVisible())
        .toBe(true);
    }
    await expect
      .poll(() => page.locator(".wall .connection").textContent())
      .toMatch(/bản ghi cuối/);
    expect(await page.locator("nav").count()).toBe(0);
  });

  it("is entered by its button, opens a number, and is left by Escape", async () => {
    const watched = await sit("province", "/c/lao-cai-2025?period=all");
    const { page } = watched;
    await page.getByRole("link", { name: "Màn hình lớn" }).click();
    await page.locator(".wall .hours li .heard").first().waitFor({ state: "attached" });
    expect(new URL(page.url()).searchParams.get("big")).toBe("1");
    await page.waitForFunction(() => document.fullscreenElement !== null);
    expect(await watched.barriers()).toEqual([]);
    await page.evaluate(() => document.exitFullscreen());
    await page.locator("nav").first().waitFor();
    expect(page.url()).not.toContain("big");

    await page.goto(at.demo.url + big);
    await page.locator(`.wall ${enrolments}`).click();
    await page.getByRole("dialog").getByText("Đang xem 50 bản ghi").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(page.url()).toContain("big=1");
    await page.keyboard.press("Escape");
    await page.locator("nav").first().waitFor();
  });
});

describe("every screen", () => {
  const screens = ["", "/activities", "/reviews", "/report", "?figure=enrolments"];
  it.each(screens)("%s has no barriers, in the light and in the dark", async (screen) => {
    const watched = await sit("province", "/c/lao-cai-2025" + screen);
    await watched.page.locator(".card:not([aria-hidden])").first().waitFor();
    await watched.page.waitForLoadState("load");
    if (screen.startsWith("?")) await watched.page.locator("dialog ol a").first().waitFor();
    expect(await watched.barriers()).toEqual([]);
  });

  it("speaks three languages and remembers which", async () => {
    const { page } = await sit("province", "/");
    await page.getByRole("button", { name: "Cài đặt" }).click();
    await page.getByRole("button", { name: "বাংলা" }).click();
    await expect.poll(() => page.locator(enrolments).textContent()).toBe("২,৭৪৫");
    await page.reload();
    await expect.poll(() => page.locator(enrolments).textContent()).toBe("২,৭৪৫");
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("bn");
  });
});

// Last, since it takes the server away.
describe("a broken stream", () => {
  it("shows how old the figures are, and heals when the server is back", async () => {
    const { page } = await sit("province", running);
    await page.locator(enrolments).waitFor();
    const connection = page.locator(".connection").first();
    await at.demo.kill();
    await expect
      .poll(() => connection.textContent(), { timeout: 10_000 })
      .toMatch(/Số liệu lúc .*cách đây \d+ giây · .*nối lại/);
    await expect.poll(() => page.locator(enrolments).isVisible()).toBe(true);
    await at.demo.run();
    await page.getByRole("button", { name: "Nối lại ngay" }).first().click({ force: true });
    await expect.poll(() => connection.textContent(), { timeout: 15_000 }).toMatch(/bản ghi cuối/);
  });
});
