/** Province and office ask and answer at a figure, a day and an activity. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { Sitting, type Watched } from "./desk";

const at = new Sitting("lead", "province", "campaigner");
const { sit } = at;
// It runs now, and nobody has closed it.
const running = "thuong-xuyen";
const base = `/c/${running}`;
const phoneScreen = { viewport: { width: 390, height: 844 } };

const shots = process.env["CAUNOI_SHOTS"];
async function shoot({ page }: Watched, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/talk-${name}.png`, fullPage: true });
}

const office = (page: Page) =>
  page.evaluate(async () => {
    const me = (await (await fetch("/api/v1/session")).json()) as { office: { id: string } };
    return me.office.id;
  });

const sheet = (page: Page) => page.getByRole("dialog");
/** How many wait, as it is told to those who hear it. */
const waiting = (page: Page, n: number) =>
  page.getByRole("status").getByText(`${n} trao đổi chờ trả lời`);

it("the province asks at a figure, the office is told at once and answers there, the province settles", async () => {
  const lead = await sit("lead", `${base}/closing`);
  const own = await office(lead.page);

  // Asked at the figure, by keyboard.
  const top = await sit("province", `${base}?figure=people_reached&office=${own}`);
  await sheet(top.page).getByText("Hỏi về con số này").click();
  const question = sheet(top.page).getByLabel("Câu hỏi");
  await question.fill("Mô phỏng: vì sao tuần này thấp?");
  await top.passable();
  await shoot(top, "ask");
  await question.press("Control+Enter");
  await sheet(top.page).getByText("Mô phỏng: vì sao tuần này thấp?").waitFor();
  const kept = sheet(top.page).getByText(/^Khi hỏi: [\d.]+, nay: [\d.]+$/);
  await kept.waitFor();
  const said = await kept.textContent();

  // The lead's screen, open all the while, counts it; it leads to the list.
  await waiting(lead.page, 1).waitFor({ state: "attached" });
  await lead.page.getByRole("link", { name: "Trao đổi" }).first().click();
  const row = lead.page.getByRole("link", { name: /vì sao tuần này thấp/ });
  await row.getByText("Chờ bạn trả lời").waitFor();
  await row.getByText("1 tin mới").waitFor();
  await lead.passable();

  // Worked by keys: down to it, open, close, open.
  await lead.page.keyboard.press("j");
  await lead.page.keyboard.press("Enter");
  const thread = lead.page.getByRole("heading", { level: 2, name: "Người được tiếp cận" });
  await thread.waitFor();
  expect(new URL(lead.page.url()).searchParams.get("thread")).toBeTruthy();
  await lead.passable();
  await shoot(lead, "thread");
  await lead.page.keyboard.press("Escape");
  await thread.waitFor({ state: "detached" });
  await lead.page.keyboard.press("Enter");
  await thread.waitFor();

  // Its figure opens, and is where it is answered.
  await lead.page.getByRole("link", { name: "Mở chỗ trao đổi" }).click();
  await sheet(lead.page).getByText("Trao đổi tại đây").waitFor(); // it waits, so it is open
  const answer = sheet(lead.page).getByLabel("Viết tiếp");
  await answer.fill("Mô phỏng: đã bổ sung phiếu");
  await sheet(lead.page).getByRole("button", { name: "Gửi" }).click();
  await sheet(lead.page).getByText("Mô phỏng: đã bổ sung phiếu").waitFor();
  await expect.poll(() => answer.inputValue()).toBe("");
  await lead.passable();
  await shoot(lead, "answer");
  await lead.page.keyboard.press("Escape");
  await waiting(lead.page, 1).waitFor({ state: "detached" }); // not for who answered

  // The province sees the answer where it asked, and settles.
  await sheet(top.page).getByText("Mô phỏng: đã bổ sung phiếu").waitFor();
  await expect.poll(() => kept.textContent()).toBe(said);
  await sheet(top.page).getByRole("button", { name: "Kết thúc trao đổi" }).click();
  await sheet(top.page)
    .getByText(/đã kết thúc lúc/)
    .waitFor();
  await top.page.keyboard.press("Escape");
  await top.page.goto(`${at.demo.url}${base}/talk`);
  await top.page.getByText("Không có gì khớp").waitFor();
  await top.page.getByRole("button", { name: /^Tất cả/ }).click();
  await top.page.getByText("Đã kết thúc", { exact: true }).waitFor();
  await top.passable();
  await shoot(top, "list");
});

it("on a phone a talk hangs at a day and at an activity, and what is said is taken back", async () => {
  const lead = await sit("lead", `${base}/closing`, { ...phoneScreen, colorScheme: "dark" });
  const { page } = lead;
  await page.getByText("Hỏi về ngày này").click();
  const question = page.getByLabel("Câu hỏi");
  await question.fill("Mô phỏng: ngày này còn thiếu phiếu");
  // What is being written is there again after a look elsewhere.
  await page.getByRole("link", { name: "Báo cáo" }).click();
  await page.getByRole("heading", { level: 1, name: "Báo cáo" }).waitFor();
  await page.goBack();
  await question.waitFor();
  await expect.poll(() => question.inputValue()).toBe("Mô phỏng: ngày này còn thiếu phiếu");
  await page.getByRole("button", { name: "Gửi" }).click();
  await page.getByText("Mô phỏng: ngày này còn thiếu phiếu").waitFor();
  await lead.passable();
  await shoot(lead, "day-phone");

  await page.goto(`${at.demo.url}${base}/talk`);
  const row = page.getByRole("link", { name: /còn thiếu phiếu/ });
  await row.waitFor();
  await lead.passable();
  await shoot(lead, "list-phone");
  await row.click();
  await page.getByRole("button", { name: "Tất cả trao đổi" }).waitFor();
  await lead.passable();
  await shoot(lead, "thread-phone");
  await page.getByRole("button", { name: "Rút lại" }).click();
  await page.getByText("Tin đã được rút lại", { exact: true }).waitFor();
  await page.getByText("còn thiếu phiếu").waitFor({ state: "detached" });

  // An activity of the plan.
  const plan = await sit("lead", `${base}/activities?view=list`, phoneScreen);
  const activity = await plan.page.evaluate(async (base) => {
    const answer = await fetch(`/api/v1/campaigns/${base}/activities`);
    const me = await (await fetch("/api/v1/session")).json();
    const { activities } = (await answer.json()) as {
      activities: { id: string; start: string; office: { id: string } }[];
    };
    const own = activities.find((a) => a.office.id === me.office.id);
    return { id: own?.id ?? "", day: own?.start.slice(0, 10) ?? "" };
  }, running);
  await plan.page.goto(
    `${at.demo.url}${base}/activities?view=day&on=${activity.day}&activity=${activity.id}`,
  );
  await sheet(plan.page).getByText("Hỏi về hoạt động này").click();
  await sheet(plan.page).getByLabel("Câu hỏi").fill("Mô phỏng: đổi chỗ được không?");
  await sheet(plan.page).getByRole("button", { name: "Gửi" }).click();
  await sheet(plan.page).getByText("Mô phỏng: đổi chỗ được không?").waitFor();
  await plan.passable();
  await shoot(plan, "activity-phone");
  await plan.page.goto(`${at.demo.url}${base}/talk`);
  await plan.page.getByRole("link", { name: /đổi chỗ được không/ }).click();
  await plan.page.getByRole("link", { name: "Mở chỗ trao đổi" }).click();
  await sheet(plan.page).getByText("Trao đổi tại đây").click();
  await sheet(plan.page).getByText("Mô phỏng: đổi chỗ được không?").waitFor();
});

it("who takes no part is offered nothing, and what could not be sent stays to be sent again", async () => {
  const ann = await sit("campaigner", `${base}?figure=people_reached`);
  await sheet(ann.page).getByRole("listitem").first().waitFor();
  expect(await ann.page.getByText("Hỏi về con số này").count()).toBe(0);
  expect(await ann.page.getByRole("link", { name: "Trao đổi" }).count()).toBe(0);

  const top = await sit("province", `${base}?figure=enrolments`);
  const text = "Mô phỏng: mất mạng giữa chừng";
  await sheet(top.page).getByText("Hỏi về con số này").click();
  const question = sheet(top.page).getByLabel("Câu hỏi");
  await question.fill(text);
  // The answer is lost once: it was said, though the page does not know.
  let lost = 0;
  await top.page.route("**/talk", async (route) => {
    if (route.request().method() !== "POST" || lost++ > 0) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await question.press("Control+Enter");
  await sheet(top.page).getByRole("alert").waitFor();
  await sheet(top.page).getByRole("button", { name: "Gửi" }).click();
  await sheet(top.page).getByText(text, { exact: true }).first().waitFor();
  await expect.poll(() => sheet(top.page).locator("ol p", { hasText: text }).count()).toBe(1);
  expect(lost).toBe(2);
});
