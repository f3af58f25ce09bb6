/** Targets and pace: who will miss and by how much, set one by one, pasted, or parted from a total. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { Sitting } from "./desk";

const at = new Sitting("lead", "province");
const { sit } = at;

const dialog = (page: Page) => page.getByRole("dialog");
const shot = (page: Page, name: string) => {
  const to = process.env["CAUNOI_SHOTS"];
  return to ? page.screenshot({ path: join(to, `${name}.png`), fullPage: true }) : null;
};

it("tells the province who will miss, and sets targets from a total and a pasted column", async () => {
  const desk = await sit("province", "/c/thuong-xuyen");
  const { page } = desk;
  await page.getByRole("link", { name: "Chỉ tiêu", exact: true }).click();
  await page
    .getByText(/khó đạt|có nguy cơ hụt/)
    .first()
    .waitFor();
  await page.getByRole("img", { name: /cộng dồn theo ngày so với chỉ tiêu/ }).waitFor();
  await desk.passable();
  await shot(page, "targets");

  // A figure that nobody has a target for: parted by the number of people.
  await page.getByLabel("Chỉ số").selectOption("switches.noncash");
  await page.getByRole("button", { name: "Đặt chỉ tiêu" }).click();
  await dialog(page).getByLabel("Tổng số").fill("1000");
  await dialog(page).getByRole("button", { name: "số dân" }).click();
  await dialog(page).getByRole("button", { name: "Chia", exact: true }).click();
  await dialog(page).getByText("Cộng: 1.000").waitFor();
  await desk.passable();
  const first = dialog(page).locator(".row input").first();
  await first.focus();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text", "1.234\n56\n7");
    document.activeElement?.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  await expect.poll(() => first.inputValue()).toBe("1234");
  await expect.poll(() => dialog(page).locator(".row input").nth(2).inputValue()).toBe("7");
  await dialog(page).getByRole("button", { name: "Ghi chỉ tiêu" }).click();
  await page.getByText("Đã ghi chỉ tiêu.").waitFor();
  await page.getByRole("cell", { name: "1.234" }).waitFor();
  expect(page.url()).toContain("indicator=switches.noncash");
  await page.getByRole("button", { name: /^Xem / }).first().click();
  await page.setViewportSize({ width: 390, height: 844 });
  await desk.passable();
  await shot(page, "targets-390");
  const out = await at.demo.command("verify");
  expect(out).toMatch(/0/);
});

it("takes the targets out as a file and in again, on trial first", async () => {
  const desk = await sit("province", "/c/thuong-xuyen/targets");
  const { page } = desk;
  const downloaded = await page.evaluate(async () => {
    const answer = await fetch("/api/v1/campaigns/thuong-xuyen/targets/file?format=csv&lang=vi");
    return await answer.text();
  });
  const rows = downloaded.split("\r\n").filter((row) => row.includes("Người tham gia mới"));
  const [first = ""] = rows;
  const office = first.split(",")[0] ?? "";
  await page.getByRole("button", { name: "Nhập, xuất tệp" }).click();
  const [xlsx] = await Promise.all([
    page.waitForEvent("download"),
    dialog(page).getByRole("link", { name: "Bảng tính (.xlsx)" }).click(),
  ]);
  expect(xlsx.suggestedFilename()).toBe("targets.xlsx");
  const choose = (text: string) =>
    dialog(page)
      .getByLabel("Nhập từ tệp .xlsx hoặc .csv")
      .setInputFiles({ name: "chi-tieu.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await choose(downloaded);
  await dialog(page)
    .getByText(/^\d+ giữ nguyên$/)
    .waitFor();
  await expect
    .poll(() => dialog(page).getByRole("button", { name: "Nhập 0 dòng" }).isDisabled())
    .toBe(true);

  await choose(`${downloaded}${first.replace(/,\d+$/, ",4321")}\r\n`);
  await dialog(page)
    .getByText(/1 không nhập được/)
    .waitFor();
  await dialog(page)
    .getByText(/đã có ở dòng \d+ của tệp/)
    .waitFor();
  await choose(
    downloaded.replace(first, first.replace(/,\d+$/, ",4321")) + "Không đâu,,sessions,,,\r\n",
  );
  await dialog(page)
    .getByText(/1 thay đổi · \d+ giữ nguyên · 1 không nhập được/)
    .waitFor();
  await dialog(page)
    .getByText(new RegExp(`^${office}: Người tham gia mới`))
    .waitFor();
  await dialog(page)
    .getByText(/ → 4\.321$/)
    .waitFor();
  await dialog(page)
    .getByText(/không đọc được “Không đâu”/)
    .waitFor();
  await desk.passable();
  await shot(page, "targets-file");
  await dialog(page).getByRole("button", { name: "Nhập 1 dòng" }).click();
  await page.getByText("Đã ghi 1 chỉ tiêu từ tệp.").waitFor();
  await page.getByRole("cell", { name: "4.321", exact: true }).waitFor();
});

it("tells what the province needs in the year, of all its campaigns together", async () => {
  const desk = await sit("province", "/c/thuong-xuyen/targets");
  const { page } = desk;
  const year = await page.evaluate(async () => {
    const all = await (await fetch("/api/v1/campaigns")).json();
    const c = all.campaigns.find((c: { id: string }) => c.id === "thuong-xuyen");
    return Number(c.start.slice(0, 4));
  });
  await page.getByLabel("Thời gian").selectOption(`Cả năm ${year}`);
  await page.getByText("Chỉ tiêu năm là của cả tỉnh").waitFor();
  expect(page.url()).toContain(`year=${year}`);
  await page.getByText(/nơi khó đạt|có nguy cơ hụt/).waitFor();
  await desk.passable();
  await shot(page, "targets-year");
  // Set in one campaign, it stands in the other one, too.
  const told = (campaign: string) =>
    page.evaluate(async (path) => {
      const { total } = await (await fetch(path)).json();
      return [total.target, total.actual];
    }, `/api/v1/campaigns/${campaign}/targets?indicator=switches.noncash&year=${year}`);
  await page.getByLabel("Chỉ số").selectOption("switches.noncash");
  await page.getByRole("button", { name: "Đặt chỉ tiêu" }).click();
  await dialog(page).getByText(`Cả năm ${year}`).waitFor();
  await dialog(page).getByLabel("Tổng số").fill("4321");
  await dialog(page).getByRole("button", { name: "Chia", exact: true }).click();
  await dialog(page).getByText("Cộng: 4.321").waitFor();
  await dialog(page).getByRole("button", { name: "Ghi chỉ tiêu" }).click();
  await page.getByText("Đã ghi chỉ tiêu.").waitFor();
  await page.getByRole("cell", { name: "4.321" }).waitFor();
  const [target, actual] = await told("thuong-xuyen");
  expect(target).toBe(4321);
  expect(actual).toBeGreaterThan(0);
  expect(await told("lao-cai-2025")).toEqual([target, actual]);
});

it("lets a lead set those of the own people, of which others see nothing", async () => {
  const desk = await sit("lead", "/c/thuong-xuyen/targets");
  const { page } = desk;
  await page
    .getByText(/khó đạt|có nguy cơ hụt/)
    .first()
    .waitFor();
  expect(await page.getByRole("button", { name: "Đặt chỉ tiêu" }).count()).toBe(0);
  const of = page.getByLabel("Của");
  await expect.poll(() => of.locator("option").count()).toBe(2);
  await of.selectOption({ index: 1 });
  await page.getByRole("button", { name: "Đặt chỉ tiêu" }).click();
  await dialog(page).getByLabel("Tổng số").fill("100");
  await dialog(page).getByRole("button", { name: "Chia", exact: true }).click();
  await dialog(page).getByText("Cộng: 100").waitFor();
  await dialog(page).getByRole("button", { name: "Ghi chỉ tiêu" }).click();
  await page.getByText("Đã ghi chỉ tiêu.").waitFor();
  await desk.passable();
  const status = await page.evaluate(async () => {
    const answer = await fetch("/api/v1/campaigns/thuong-xuyen/targets?office=sa-pa");
    return answer.status;
  });
  expect(status).toBe(403);
});
