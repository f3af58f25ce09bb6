/** Days and campaigns are confirmed, late entries stand beside, and what waits is worked through by keys. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { Sitting } from "./desk";

const at = new Sitting("lead", "province", "campaigner");
const { sit } = at;
// It runs now, and nobody has closed it.
const running = "thuong-xuyen";
const base = `/c/${running}/closing`;

const phoneScreen = { viewport: { width: 390, height: 844 } };
const panel = (page: Page) => page.getByRole("region", { name: /^(Thứ|Chủ)/i });

/** A consultation of the day, as a phone brings it. */
async function consult(page: Page, campaign: string, day: string): Promise<void> {
  const status = await page.evaluate(
    async ([campaign, day]) => {
      const me = await (await fetch("/api/v1/session")).json();
      const board = await (await fetch(`/api/v1/campaigns/${campaign}/board`)).json();
      const home = board.communes.find((c: { office: string }) => c.office === me.office.id);
      const hex = Date.now().toString(16).padStart(12, "0");
      const rest = crypto.randomUUID().slice(14);
      const entry = {
        id: `${hex.slice(0, 8)}-${hex.slice(8)}-7${rest.slice(1)}`,
        v: 1,
        kind: "consultation",
        campaign,
        office: me.office.id,
        commune: home.code,
        author: me.id,
        device: "phone",
        seq: Date.now(),
        device_time: new Date().toISOString(),
        happened_at: `${day}T08:00:00+07:00`,
        person: { name: "Mô phỏng Đến Muộn", village: "Mô phỏng" },
        body: { topics: ["hi"] },
      };
      const pushed = await fetch("/api/v1/sync/push", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ device: "phone", entries: [entry] }),
      });
      return JSON.stringify(await pushed.json());
    },
    [campaign, day] as const,
  );
  expect(status).toContain('"accepted"');
}

it("a lead confirms a day; what comes later stands beside it; it is opened again with a reason", async () => {
  const desk = await sit("lead", base);
  const { page } = desk;
  const confirm = page.getByRole("button", { name: /^Xác nhận số liệu ngày/ });
  await confirm.waitFor();
  await desk.passable();
  await confirm.click();
  await page.getByText(/^Đã chốt ngày .* Phiếu đến sau/).waitFor();
  const day = new URL(page.url()).searchParams.get("on") ?? "";
  expect(day).toMatch(/^\d{4}-\d\d-\d\d$/);
  await panel(page)
    .getByText(/^Đã chốt lúc/)
    .waitFor();

  await consult(page, running, day);
  await page.reload();
  await panel(page).getByText("Muộn +1").waitFor();
  await panel(page).getByText("Đến sau khi chốt").waitFor();
  await desk.passable();
  // The difference opens to its entry, and what was chosen stays.
  await panel(page).getByRole("link", { name: /\+1/ }).first().click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  expect(new URL(page.url()).searchParams.get("on")).toBe(day);

  await panel(page).getByRole("button", { name: "Mở lại" }).click();
  const sheet = page.getByRole("dialog");
  await expect.poll(() => sheet.getByRole("button", { name: "Mở lại" }).isDisabled()).toBe(true);
  await sheet.getByLabel("Lý do").fill("Mô phỏng sót phiếu");
  await desk.passable();
  await sheet.getByRole("button", { name: "Mở lại" }).click();
  await page.getByText(/^Đã mở lại ngày/).waitFor();
  await confirm.waitFor();

  const audit = await sit("province", "/audit");
  const told = audit.page.locator("main li, main tr").filter({ hasText: "Mở lại ngày đã chốt" });
  await told.first().waitFor();
});

it("confirms several days at once, and waits for a second person to open one again", async () => {
  const top = await sit("province", "/approvals");
  await top.page.evaluate(async () => {
    const body = JSON.stringify({ acts: { "day.reopen": true } });
    const headers = { "Content-Type": "application/json" };
    await fetch("/api/v1/settings/approvals", { method: "PUT", headers, body });
  });
  const desk = await sit("lead", base, { ...phoneScreen, colorScheme: "dark" });
  const { page } = desk;
  const marks = page.getByRole("checkbox", { name: /^Chọn ngày/ });
  await marks.first().check();
  await marks.nth(1).check();
  await desk.passable();
  await page.getByRole("button", { name: "Xác nhận số liệu 2 ngày" }).click();
  await page.getByText("Đã chốt 2 ngày.").waitFor();

  await page.locator("li a", { hasText: "Đã chốt" }).first().click();
  await panel(page).getByRole("button", { name: "Mở lại" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Lý do").fill("Mô phỏng nhập nhầm");
  await sheet.getByRole("button", { name: "Mở lại" }).click();
  await page.getByText(/^Đã gửi đề nghị mở lại/).waitFor();
  await panel(page).getByText("Đề nghị mở lại đang chờ người thứ hai đồng ý.").waitFor();
  await panel(page).getByText("Chờ duyệt").waitFor();
  await panel(page).getByRole("link", { name: "Phê duyệt" }).waitFor();
  await desk.passable();

  await top.page.reload();
  const asked = top.page.getByText("Mở lại ngày đã chốt").and(top.page.locator(":not(option)"));
  await asked.first().waitFor();
  const told = await top.page.getByRole("listitem").filter({ has: asked }).first().textContent();
  expect(told).toMatch(/Đợt\s*Tuyên truyền, vận động thường xuyên/);
  expect(told).not.toMatch(/[0-9a-f]{8}-/);
});

it("the province sees days by offices, and closes the campaign", async () => {
  const desk = await sit("province", base);
  const { page } = desk;
  await page.getByRole("columnheader", { name: "Cả tỉnh" }).waitFor();
  await desk.passable();
  await page.getByRole("cell").getByRole("link").first().click();
  await panel(page)
    .getByRole("button", { name: /^Xác nhận số liệu ngày/ })
    .waitFor();
  await page.getByRole("button", { name: "Chốt cả đợt" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByText(/^Đợt chưa hết/).waitFor();
  await desk.passable();
  await sheet.getByRole("button", { name: "Chốt cả đợt" }).click();
  await page.getByText("Đã chốt cả đợt.").waitFor();
  await page.getByRole("button", { name: "Mở lại cả đợt" }).waitFor();
  expect(await page.getByRole("button", { name: /^Xác nhận số liệu/ }).count()).toBe(0);

  const narrow = await sit("campaigner", base, phoneScreen);
  await narrow.page.getByText("Ngày theo đơn vị").first().waitFor();
  expect(await narrow.page.getByRole("button", { name: /Chốt|Mở lại|Xác nhận/ }).count()).toBe(0);
  await narrow.passable();
}, 120_000); // looking at each cell of a matrix takes its time

it("works through the reviews by keys, and comes back to the same row", async () => {
  const desk = await sit("province", "/c/lao-cai-2025/reviews");
  const { page } = desk;
  const row = (i: number) => page.locator(`[data-row="${i}"]`);
  await row(0).waitFor();
  await desk.passable();
  const drawn = await page.locator("[data-row]").count();
  expect(drawn).toBeLessThan(80);
  const focused = () =>
    page.evaluate(() => Number(document.activeElement?.getAttribute("data-row") ?? -1));
  const at = async (i: number) => {
    await page.waitForFunction(
      (i) => document.activeElement?.getAttribute("data-row") === String(i),
      i,
    );
  };
  await page.keyboard.press("j");
  await at(0);
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  await at(2);
  await page.keyboard.press("k");
  await at(1);
  await page.getByText(/^Dòng 2 trên/).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await at(1);
  const before = await row(1).locator(".why").textContent();
  await page.keyboard.press("n");
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-row") !== "1");
  expect(
    await row(await focused())
      .locator(".why")
      .textContent(),
  ).not.toBe(before);
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("sang lý do kế tiếp").waitFor();
  await desk.passable();
  await page.keyboard.press("Escape");

  const chip = page.getByRole("group", { name: "Lọc theo lý do" }).getByRole("button").nth(1);
  await chip.click();
  expect(new URL(page.url()).searchParams.get("why")).toBeTruthy();
  await page.getByRole("searchbox").fill("khong co gi nhu the");
  await page.getByText("Không có gì khớp").waitFor();

  const narrow = await sit("lead", "/c/lao-cai-2025/reviews", {
    ...phoneScreen,
    colorScheme: "dark",
  });
  await narrow.page.locator("[data-row]").first().waitFor();
  await narrow.passable();
});

it("settles reviews where they stand, by keys, and takes the last act back", async () => {
  const desk = await sit("province", "/c/lao-cai-2025/reviews?why=duplicate_enrolment");
  const { page } = desk;
  const place = page.getByText(/^Dòng \d+ trên \d+$/);
  const left = async () => Number((await place.textContent())?.match(/trên (\d+)/)?.[1] ?? "0");
  const badge = () =>
    page
      .getByRole("link", { name: /Rà soát/ })
      .first()
      .textContent()
      .then((text) => Number(text?.replace(/\./g, "").match(/\d+/)?.[0]));
  const everything = () =>
    page
      .getByRole("button", { name: /^Tất cả/ })
      .textContent()
      .then((text) => Number(text?.replace(/\D/g, "")));
  await page.locator("[data-row]").first().waitFor();
  const [n, all] = [await left(), await everything()];
  expect(n).toBeGreaterThan(2);
  await expect.poll(badge).toBe(all);
  await desk.passable();

  await page.keyboard.press("j");
  await page.keyboard.press("w");
  await page.getByText("Đã rút bản này.").waitFor();
  await expect.poll(left).toBe(n - 1);
  await expect.poll(badge).toBe(all - 1);
  await page.keyboard.press("u");
  await page.getByText("Đã hoàn tác.").waitFor();
  await expect.poll(left).toBe(n);
  await page.keyboard.press("l");
  await page.getByText("Đã xem, để nguyên.").waitFor();
  await expect.poll(left).toBe(n - 1);
  await desk.passable();

  // In the record that opens, too; then on to the next.
  await page.keyboard.press("Enter");
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("button", { name: "Để nguyên" }).waitFor();
  await desk.passable();
  await page.keyboard.press("l");
  await sheet.waitFor({ state: "hidden" });
  await expect.poll(left).toBe(n - 2);

  await page.reload();
  await page.locator("[data-row]").first().waitFor();
  expect(await left()).toBe(n - 2);
  await expect.poll(badge).toBe(all - 2);

  // A day is told before it is corrected.
  await page.goto(page.url().replace("duplicate_enrolment", "outside_campaign"));
  await page.locator("[data-row]").first().waitFor();
  const outside = await left();
  await page.keyboard.press("d");
  await page.getByLabel("Việc xảy ra ngày nào?").fill("2025-11-05");
  await desk.passable();
  await page.keyboard.press("Enter");
  await page.getByText("Đã sửa ngày.").waitFor();
  if (outside > 1) await expect.poll(left).toBe(outside - 1);
  await page.goto(page.url().replace(/[?].*/, ""));

  // A day that looks unlikely is let pass in the same list, and the badge follows.
  await page.getByRole("button", { name: /^Ngày có số liệu khó tin \d/ }).click();
  await page.locator("[data-row]").first().waitFor();
  const days = await left();
  const before = await badge();
  await desk.passable();
  await page.keyboard.press("p");
  await page.getByText("Đã cho qua.").waitFor();
  await expect.poll(badge).toBe(before - 1);
  await page.keyboard.press("u");
  await page.getByText("Đã hoàn tác.").waitFor();
  await expect.poll(left).toBe(days);
  await expect.poll(badge).toBe(before);
});
