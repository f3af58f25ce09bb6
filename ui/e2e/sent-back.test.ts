/**
 * A lead asks back at the desk about a record that a phone brought; it stands on
 * the phone, also without network, and the answer supersedes the record.
 */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { barriersOf, Sitting } from "./desk";
import { consult, entriesBy, everythingSent, screen, tab, take } from "./handset";

const at = new Sitting("lead");
const worker = "cb-bac-ha-05";
const question = "Bà sinh năm nào? Trên danh sách thôn ghi 1950.";

const shot = async (page: Page, name: string) => {
  const to = process.env["CAUNOI_SHOTS"];
  if (to) await page.screenshot({ path: `${to}/sent-back-${name}.png`, fullPage: true });
};

/** How often somebody's records of the worker count as consultations. */
const counted = (page: Page, campaign: string): Promise<number> =>
  page.evaluate(async (campaign) => {
    const me = await (await fetch("/api/v1/session")).json();
    const query = `indicator=consultations&office=${me.office.id}`;
    const got = await (await fetch(`/api/v1/campaigns/${campaign}/entries?${query}`)).json();
    return got.figure.value;
  }, campaign);

it("asks back at the desk, and is answered from the phone", async () => {
  const phone = await take(
    at.demo,
    at.browser,
    worker,
    await at.browser.newContext({ ...screen, reducedMotion: "reduce" }),
  );
  const had = new Set((await entriesBy(at.demo, worker)).map((e) => e.id));
  await phone.context().setOffline(true);
  await consult(phone, "Mô phỏng Hỏi Lại");
  await phone.context().setOffline(false);
  await everythingSent(phone);
  const met = (await entriesBy(at.demo, worker)).find((e) => !had.has(e.id)) as {
    id: string;
    campaign?: string;
  };
  const campaign = met.campaign ?? "";

  const lead = await at.sit("lead", `/c/${campaign}/reviews?entry=${met.id}`);
  const desk = lead.page;
  const before = await counted(desk, campaign);
  const sheet = desk.getByRole("dialog");
  await sheet.getByRole("button", { name: "Hỏi lại người ghi" }).click();
  await sheet.getByLabel("Cần hỏi điều gì?").fill("Gì?");
  await sheet.getByRole("button", { name: "Gửi câu hỏi" }).click();
  await sheet.getByText("Viết ít nhất 5 ký tự").waitFor();
  await sheet.getByLabel("Cần hỏi điều gì?").fill(question);
  await lead.passable();
  await shot(desk, "ask");
  await sheet.getByRole("button", { name: "Gửi câu hỏi" }).click();
  await sheet.getByText("Đang chờ trả lời").waitFor();
  await sheet.getByText(question).waitFor();
  expect(await sheet.getByRole("button", { name: "Hỏi lại người ghi" }).count()).toBe(0);
  await lead.passable();
  await shot(desk, "waits");

  await tab(phone, "Gửi");
  await phone.getByRole("button", { name: "Gửi ngay" }).click();
  await phone.getByText("Trưởng nhóm hỏi lại 1 bản ghi").waitFor();
  await phone.context().setOffline(true); // it is on the phone now
  await tab(phone, "Hôm nay");
  await phone.getByText("Trưởng nhóm hỏi lại 1 bản ghi của anh/chị.").waitFor();
  expect(await barriersOf(phone)).toEqual([]);
  await shot(phone, "today");
  await phone.getByRole("link", { name: "Xem và trả lời" }).click();
  const asked = phone.getByRole("listitem").filter({ hasText: question });
  await asked.getByText("Mô phỏng Hỏi Lại").waitFor();
  await asked.getByRole("button", { name: "Rút lại bản ghi" }).click();
  await asked.getByRole("button", { name: "Rút lại", exact: true }).click();
  await asked.getByText("Ghi lý do rồi rút lại.").waitFor();
  expect(await barriersOf(phone)).toEqual([]);
  await asked.getByRole("button", { name: "Thôi" }).click();
  await shot(phone, "asked");
  await asked.getByRole("button", { name: "Sửa" }).click();
  await expect.poll(() => phone.getByLabel("Họ và tên").inputValue()).toBe("Mô phỏng Hỏi Lại");
  await phone.getByLabel("Ngày hoặc năm sinh").fill("1950");
  await phone.getByRole("button", { name: "Lưu" }).click();
  await phone.getByRole("heading", { name: "Gửi và nhận" }).waitFor();
  expect(await phone.getByText(question).count()).toBe(0); // answered, though not sent yet
  await phone.context().setOffline(false);
  await everythingSent(phone);
  await phone.context().close();

  await desk.goto(`${at.demo.url}/c/${campaign}/reviews`);
  await desk.getByRole("button", { name: "Đã hỏi lại, có trả lời 1" }).click();
  await lead.passable();
  await shot(desk, "reviews");
  await desk.getByRole("link", { name: /Đã hỏi lại, có trả lời/ }).click();
  await sheet.getByText("Đã trả lời").waitFor();
  await shot(desk, "answered");
  await sheet.getByRole("button", { name: "Hỏi lại người ghi" }).waitFor(); // once more, if it is not clear
  expect(await counted(desk, campaign)).toBe(before);
  await desk.setViewportSize({ width: 390, height: 844 });
  await lead.passable();
  await shot(desk, "answered-narrow");

  const [answer] = (await entriesBy(at.demo, worker)).filter(
    (e) => (e as { supersedes?: string }).supersedes === met.id,
  );
  expect((answer as { person?: { birth?: string } }).person?.birth).toBe("1950");
}, 180_000);
