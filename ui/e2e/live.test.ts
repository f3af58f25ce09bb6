/** What somebody else changes comes onto the screen by itself, and takes nothing from who works there. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { Sitting } from "./desk";

const at = new Sitting("lead", "province");
const { sit } = at;
const running = "/api/v1/campaigns/thuong-xuyen";

const dialog = (page: Page) => page.getByRole("dialog");

/** Does something as who sits at a page, beside what the page shows. */
async function does(page: Page, method: string, path: string, body: unknown): Promise<void> {
  const status = await page.evaluate(
    async ([method, path, body]) => {
      const headers = { "Content-Type": "application/json", "X-Caunoi": "1" };
      const answer = await fetch(path, { method, headers, body });
      return answer.ok ? "" : `${answer.status} ${await answer.text()}`;
    },
    [method, path, JSON.stringify(body)] as const,
  );
  expect(status).toBe("");
}

/** Counts what a page asks for. */
function asked(page: Page, path: string): () => number {
  let n = 0;
  page.on("request", (r) => (n += Number(new URL(r.url()).pathname.endsWith(path))));
  return () => n;
}

it("draws what somebody else plans, under a form that is being filled in", async () => {
  const { page: theirs } = await sit("province", "/c/thuong-xuyen/report");
  const { page } = await sit("lead", "/c/thuong-xuyen/activities?view=list");
  const day = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10); // here, not by UTC
  const reads = asked(page, "/activities");
  await page.getByRole("button", { name: "Lên hoạt động" }).click();
  await dialog(page).getByLabel("Nơi tổ chức").fill("Đang gõ dở");
  const home = await page.evaluate(async () => {
    const me = await (await fetch("/api/v1/session")).json();
    const board = await (await fetch("/api/v1/campaigns/thuong-xuyen/board")).json();
    return board.communes.find((c: { office: string }) => c.office === me.office.id).code;
  });
  const plan = (place: string) =>
    does(theirs, "POST", `${running}/activities`, {
      draft: {
        kind: "small_group",
        commune: home,
        place,
        start: `${day}T19:00:00+07:00`,
        end: `${day}T21:00:00+07:00`,
      },
    });
  for (let i = 1; i <= 5; i++) await plan(`Nơi mô phỏng ${i}`);
  await page.getByText("Nơi mô phỏng 5").waitFor({ state: "attached" });
  expect(reads()).toBeLessThan(4);
  await expect.poll(() => dialog(page).getByLabel("Nơi tổ chức").inputValue()).toBe("Đang gõ dở");
});

it("shows targets that somebody else sets, and does not set them back", async () => {
  const { page: theirs } = await sit("province", "/c/thuong-xuyen/report");
  const { page } = await sit("province", "/c/thuong-xuyen/targets");
  await page.getByRole("button", { name: "Đặt chỉ tiêu" }).click();
  const field = (name: string) => dialog(page).getByLabel(name, { exact: true });
  await field("Sa Pa").fill("77");
  const { from, to } = await page.evaluate(
    async (path) => await (await fetch(`${path}/targets`)).json(),
    running,
  );
  const one = { indicator: "enrolments", from, to };
  await does(theirs, "PUT", `${running}/targets`, {
    ...one,
    targets: [{ office: "bac-ha", value: 4567 }],
  });
  await page.getByRole("cell", { name: "4.567", exact: true }).waitFor();
  await expect.poll(() => field("Sa Pa").inputValue()).toBe("77");
  await dialog(page).getByRole("button", { name: "Ghi chỉ tiêu" }).click();
  await page.getByRole("cell", { name: "77", exact: true }).first().waitFor();
  await expect.poll(() => page.getByRole("cell", { name: "4.567", exact: true }).count()).toBe(1);
});

it("tells the rule that somebody else publishes, beside the one that is being made", async () => {
  const { page: theirs } = await sit("province", "/c/thuong-xuyen/report");
  const { page } = await sit("province", "/c/thuong-xuyen/league");
  await page.getByRole("button", { name: "Đổi luật" }).click();
  await page.getByRole("spinbutton", { name: "Người tham gia mới" }).fill("7");
  await does(theirs, "PUT", `${running}/league`, {
    weights: { "switches.noncash": 4 },
    per: "none",
    min_sessions: 0,
    min_own_sessions: 0,
    ties: ["switches.noncash"],
    hold_flagged: false,
  });
  await page.getByText(/chuyển sang nhận qua tài khoản 4 điểm/i).waitFor();
  await expect
    .poll(() => page.getByRole("spinbutton", { name: "Người tham gia mới" }).inputValue())
    .toBe("7");
});

it("keeps the day that a lead looks at when the province confirms it", async () => {
  const { page: theirs } = await sit("province", "/c/thuong-xuyen/report");
  const { page } = await sit("lead", "/c/thuong-xuyen/closing");
  const confirm = page.getByRole("button", { name: /^Xác nhận số liệu ngày/ });
  await confirm.waitFor();
  const heading = await page.locator("#chosen").textContent();
  const { office, day } = await page.evaluate(async (path) => {
    const me = await (await fetch("/api/v1/session")).json();
    const told = await (await fetch(`${path}/closings`)).json();
    const own = told.offices.find((o: { id: string }) => o.id === me.office.id);
    const next = own.days.find((d: { closed: unknown }) => !d.closed);
    return { office: me.office.id as string, day: next.day as string };
  }, running);
  await does(theirs, "POST", `${running}/closings`, { scope: "day", office, days: [day] });
  await page
    .getByText(/^Chốt (lúc|ngày|bởi)|Đã chốt/)
    .first()
    .waitFor();
  await confirm.waitFor({ state: "detached" });
  await expect.poll(() => page.locator("#chosen").textContent()).toBe(heading);
  expect(new URL(page.url()).searchParams.get("on")).toBe(day);
});

it("counts what waits, and lists it, as somebody else settles it", async () => {
  const path = "/api/v1/campaigns/lao-cai-2025/reviews";
  const { page: theirs } = await sit("province", "/c/lao-cai-2025/report");
  const { page } = await sit("province", "/c/lao-cai-2025/reviews?why=duplicate_enrolment");
  const row = page.locator("[data-row]").nth(1);
  await row.click();
  await dialog(page).waitFor();
  await page.keyboard.press("Escape");
  const stood = await row.textContent();
  const numbers = (of: Page) =>
    of
      .getByRole("link", { name: /Rà soát/ })
      .first()
      .textContent();
  const had = await numbers(theirs);
  const { reason, entry, other } = await theirs.evaluate(async (path) => {
    const { reviews } = await (await fetch(path)).json();
    return reviews.find((r: { reason: string }) => r.reason === "duplicate_enrolment");
  }, path);
  await does(theirs, "POST", path, { reason, entry, other, act: "leave" });
  await expect.poll(() => numbers(theirs)).not.toBe(had);
  await expect.poll(() => numbers(page)).toBe(await numbers(theirs));
  // The row that one was at is the same one, wherever it stands now.
  await expect
    .poll(() => page.locator('[aria-current="true"][data-row]').textContent())
    .toBe(stood);
});

it("holds no stream in a tab that nobody sees, and hears all when it is looked at again", async () => {
  const { page: theirs } = await sit("province", "/c/thuong-xuyen/report");
  const { page } = await sit("province", "/c/thuong-xuyen/report");
  const streams = asked(page, "/stream");
  const looked = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  const letGo = page.waitForEvent("requestfailed", (r) => r.url().endsWith("/stream"));
  await looked(true);
  await letGo;
  const counts = asked(page, "/reviews/waiting");
  const { from, to } = await theirs.evaluate(
    async (path) => await (await fetch(`${path}/targets`)).json(),
    running,
  );
  const targets = [{ office: "bac-ha", value: 4321 }];
  await does(theirs, "PUT", `${running}/targets`, { indicator: "enrolments", from, to, targets });
  expect(streams()).toBe(0);
  expect(counts()).toBe(0);
  await looked(false);
  await expect.poll(counts, { timeout: 15_000 }).toBeGreaterThan(0);
  expect(streams()).toBe(1);
});
