/** Offices and communes: what changes from a day on, and what stays. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { Sitting } from "./desk";

const at = new Sitting("lead", "province");
const { sit } = at;
const phone = { viewport: { width: 390, height: 844 } };

const saying = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env["CAUNOI_SHOTS"];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

async function search(page: Page, text: string): Promise<void> {
  await page.getByRole("searchbox").fill(text);
}

/** What the board tells of each office. */
async function figures(page: Page): Promise<unknown> {
  return await page.evaluate(async () => {
    const board = (await (await fetch("/api/v1/campaigns/lao-cai-2025/board")).json()) as {
      offices: { id: string; figures: unknown }[];
    };
    return board.offices.map(({ id, figures }) => [id, figures]);
  });
}

it("names an office anew, and gives a commune to another from tomorrow without moving what was", async () => {
  const desk = await sit("province", "/units");
  const { page } = desk;
  const before = await figures(page);
  await shot(page, "units");
  await desk.passable();

  await search(page, "sa pa");
  await button(page, "Sửa: Sa Pa").click();
  await page.getByRole("textbox", { name: "Tên", exact: true }).fill("BHXH cơ sở Sa Pa");
  await page.getByLabel("Điện thoại hỗ trợ").fill("không số");
  await button(page, "Lưu").click();
  await page.getByRole("alert").waitFor(); // in words, and the form stays
  await page.getByLabel("Điện thoại hỗ trợ").fill("0214 3871 000");
  await button(page, "Lưu").click();
  await saying(page, "Đã lưu BHXH cơ sở Sa Pa.");

  await page
    .getByRole("button", { name: /^Giao đơn vị khác: / })
    .first()
    .click();
  await page.getByLabel("Đơn vị nhận").selectOption({ label: "Bát Xát" });
  await button(page, "Xem trước").click();
  await saying(page, "Chưa có số liệu nào phải chuyển.");
  await shot(page, "units-give");
  await desk.passable();
  await page.getByRole("button", { name: /^Giao từ / }).click();
  await saying(page, /^Đã giao .* từ /);
  await saying(page, /từ BHXH cơ sở Sa Pa sang Bát Xát/);
  expect(await figures(page)).toEqual(before);

  // What is still to come is taken back.
  await page.getByRole("button", { name: /^Hủy thay đổi: / }).click();
  await saying(page, /^Đã hủy thay đổi/);
  await saying(page, /^Chưa có thay đổi nào/);
}, 120_000);

it("merges communes from today, and moves nothing of a campaign whose books are closed", async () => {
  const desk = await sit("province", "/units?q=bac ha");
  const { page } = desk;
  const merge = page.getByRole("button", { name: /^Sáp nhập: / });
  await merge.first().waitFor();
  const name = ((await merge.first().getAttribute("aria-label")) ?? "").replace(/^.*: \S+ /, "");
  await merge.first().click();
  await page.getByLabel("Xã, phường nhận sáp nhập").selectOption({ index: 3 });
  const { end, today } = await page.evaluate(async () => {
    const board = (await (await fetch("/api/v1/campaigns/lao-cai-2025/board")).json()) as {
      today: string;
      campaign: { end: string };
    };
    return { end: board.campaign.end, today: board.today };
  });
  await page.getByLabel("Từ ngày").fill(end);
  await button(page, "Xem trước").click();
  await page
    .getByRole("alert")
    .getByText(/đã chốt sổ, số liệu đến ngày .* không thay đổi nữa/)
    .waitFor();
  await page.getByLabel("Từ ngày").fill(today);
  await button(page, "Xem trước").click();
  await saying(page, "Chưa có số liệu nào phải chuyển.");
  await shot(page, "units-merge");
  await page.getByRole("button", { name: /^Sáp nhập từ / }).click();
  await saying(page, /^Đã sáp nhập .* từ /);
  await saying(page, / sáp nhập vào /);
  await search(page, name);
  await shot(page, "units-merged");
  await saying(page, /^đã sáp nhập vào /);
  await desk.passable();
}, 120_000);

it("knows market days, and refuses in plain words", async () => {
  const desk = await sit("province", "/units?q=bac ha", phone);
  const { page } = desk;
  await page
    .getByRole("button", { name: /^Sửa: (xã|phường)/ })
    .first()
    .click();
  await button(page, "Cách nhiều ngày").click();
  await page.getByLabel("Số ngày giữa hai phiên").fill("6");
  await saying(page, /^Các phiên tới: /);
  await shot(page, "units-market-390");
  await desk.passable();
  await button(page, "Lưu").click();
  await saying(page, /^Đã lưu /);
  await saying(page, /Phiên chợ: 6 ngày một phiên/);

  await page
    .getByRole("button", { name: /^Ngừng: / })
    .first()
    .click();
  await button(page, "Xem trước").click();
  await page
    .getByRole("alert")
    .getByText(/còn phụ trách \d+ xã, phường/)
    .waitFor();
  await page.keyboard.press("Escape");
  await shot(page, "units-390");
  await desk.passable();

  await search(page, "không nơi nào như thế");
  await saying(page, "Không có gì khớp");
}, 120_000);

it("tells of every figure what it counts, with what the province adds", async () => {
  const desk = await sit("province", "/indicators");
  const { page } = desk;
  await saying(page, "26 chỉ số");
  await desk.passable();
  await shot(page, "indicators");
  await button(page, "Ghi hướng dẫn của tỉnh: Lượt tư vấn").click();
  await page.getByLabel("Tiếng Việt").fill("Tư vấn qua điện thoại cũng tính.");
  await button(page, "Lưu ghi chú").click();
  await saying(page, "Đã lưu ghi chú cho “Lượt tư vấn”.");

  // Whoever opens a figure gets there.
  const lead = await sit("lead", "/c/lao-cai-2025?figure=consultations", phone);
  await lead.page.getByRole("link", { name: "Cách tính" }).click();
  await saying(lead.page, "Tư vấn qua điện thoại cũng tính.");
  expect(await lead.page.getByRole("button", { name: /^Ghi hướng dẫn/ }).count()).toBe(0);
  await lead.passable();
  await shot(lead.page, "indicators-390");
  await search(lead.page, "thoi tiet");
  await saying(lead.page, "2 chỉ số");
}, 120_000);

it("is the province's", async () => {
  const { page } = await sit("lead", "/");
  await page
    .getByRole("button", { name: "Mở lựa chọn" })
    .or(page.locator(".opener"))
    .first()
    .click();
  expect(await page.getByRole("link", { name: "Đơn vị", exact: true }).count()).toBe(0);
});

it("takes populations from a file and the form, by which the map then measures", async () => {
  const desk = await sit("province", "/units");
  const { page } = desk;
  await button(page, "Dân số từ tệp").click();
  await saying(page, /^(\d+) trên \1 xã, phường đã có số dân\./);
  const code = await page.evaluate(async () => {
    const units = await (await fetch("/api/v1/units")).json();
    return (units.communes as { code: string; into: string }[]).find((c) => !c.into)?.code ?? "";
  });
  const file = (rows: string) => ({
    name: "dan-so.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`Mã,Năm,Dân số,Nguồn\n${rows}`),
  });
  await page
    .locator("input[type=file]")
    .setInputFiles(
      file(
        `${code},2019,3.900,Tổng điều tra (mô phỏng)\n${code},2024,4.100,Niên giám (mô phỏng)\nkhông có,2024,1,x\n`,
      ),
    );
  await saying(page, "2 mới · 1 không nhập được");
  await shot(page, "units-population");
  await desk.passable();
  await button(page, "Lưu 2 dòng").click();
  await saying(page, "Đã lưu dân số: 2 dòng.");
  await search(page, code);
  await page
    .getByRole("button", { name: /^Sửa: (xã|phường)/ })
    .first()
    .click();
  const years = page.getByLabel("Năm", { exact: true });
  expect(await Promise.all((await years.all()).map((y) => y.inputValue()))).toEqual([
    "2019",
    "2024",
    "2025",
  ]);
  await button(page, "Thêm năm").click();
  await years.last().fill("2026");
  await page.getByLabel("Số dân", { exact: true }).last().fill("4.200");
  await page.getByLabel("Nguồn", { exact: true }).last().fill("Xã báo cáo (mô phỏng)");
  await shot(page, "units-population-form");
  await desk.passable();
  await button(page, "Lưu").click();
  await saying(page, /dân số 4\.200 \(2026\)/);

  await page.goto(`${at.demo.url}/c/thuong-xuyen?map=sessions&per=people`);
  await saying(page, /^\d+ xã, phường tính theo dân số \(.*Số mô phỏng, 2025.*\)\./);
  await saying(page, /^\d+ xã, phường tính theo dân số \(.*Xã báo cáo \(mô phỏng\), 2026.*\)\./);
  const label = await page.locator(`.map [data-code="${code}"]`).getAttribute("aria-label");
  expect(label).toMatch(/trên 1\.000 dân \(4\.200 người, năm 2026\)/);
}, 120_000);
