/** Forms that were filled on paper, typed at the desk by keyboard: the day and the author are those of the paper. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { Sitting } from "./desk";

const at = new Sitting("lead", "province");

const day = new Date(Date.now() + 7 * 3_600_000 - 86_400_000).toISOString().slice(0, 10);

interface Row {
  author: string;
  day: string;
  kind: string;
}

/** What stands behind yesterday's consultations, or new participants, of the lead's office. */
const behind = (page: Page, indicator: string): Promise<Row[]> =>
  page.evaluate(
    async ([indicator, day]) => {
      const me = await (await fetch("/api/v1/session")).json();
      const query = `indicator=${indicator}&day=${day}&office=${me.office.id}&limit=200`;
      const got = await (await fetch(`/api/v1/campaigns/thuong-xuyen/entries?${query}`)).json();
      return got.entries;
    },
    [indicator, day],
  );

/** What the label of the focused field says. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const field = document.activeElement as HTMLInputElement;
    return field.labels?.[0]?.firstChild?.textContent?.trim() ?? "";
  });

it("takes a pile of forms by keyboard, refuses what is wrong, and takes one back", async () => {
  const watched = await at.sit("lead", "/c/thuong-xuyen/activities");
  const { page } = watched;
  await page.getByRole("link", { name: "Nhập phiếu giấy" }).click();
  await page.getByLabel("Người ghi").selectOption("cb-bac-ha-03");
  await page.getByLabel("Ngày trên phiếu").fill(day);
  const talks = (await behind(page, "consultations")).length;
  const joined = (await behind(page, "enrolments")).length;

  await page.getByLabel("Họ và tên").fill("Mô phỏng Giàng Thị Giấy");
  await page.getByLabel("Số CCCD").fill("0010990");
  await page.getByText("Số CCCD có 12 chữ số.").waitFor();
  await page.getByLabel("Họ và tên").press("Enter");
  expect(await focused(page)).toBe("Số CCCD");
  expect(await page.getByText("Đã ghi:").count()).toBe(0);
  await page.getByLabel("Số CCCD").fill("010199900001");
  await watched.passable();
  await page.keyboard.press("Enter");
  await page.getByText("Đã ghi: Tư vấn, Mô phỏng Giàng Thị Giấy").waitFor();

  // The focus is on the next name; another kind by its key.
  await expect.poll(() => page.getByLabel("Họ và tên").inputValue()).toBe("");
  await page.keyboard.press("Alt+2");
  await page.keyboard.type("Mô phỏng Vàng A Giấy");
  // What is to be paid is policy's word: the second of a household pays less.
  const amount = page.locator(".cost strong");
  const first = await amount.textContent();
  await page.getByLabel("Là người thứ mấy").selectOption("2");
  await expect.poll(() => amount.textContent()).not.toBe(first);
  await page.getByText("Phần tờ khai, nếu giấy có ghi").click();
  await page.getByLabel("Mã số BHXH").fill("12");
  await page.getByText("Mã số BHXH có 10 hoặc 12 chữ số.").waitFor();
  await watched.passable();
  await page.getByLabel("Mã số BHXH").fill("0199900001");
  await page.getByLabel("Trước đây").selectOption("lapsed");
  await page.keyboard.press("Tab");
  await page.getByLabel("Họ và tên").press("Enter");
  await page.getByText("Cho biết tháng cuối").waitFor();
  expect(await focused(page)).toMatch(/^Tháng cuối/);
  await expect.poll(() => page.getByLabel("Họ và tên").inputValue()).toBe("Mô phỏng Vàng A Giấy");
  await page.getByLabel("Tháng cuối").fill("2024-05");
  await page.getByLabel("Họ và tên").press("Enter");
  await page.getByText("Đã ghi: Tham gia, Mô phỏng Vàng A Giấy").waitFor();
  await page.getByText("2 phiếu trong lần này").waitFor();
  await watched.passable();

  const told = await behind(page, "consultations");
  expect(told.length).toBe(talks + 1);
  expect((await behind(page, "enrolments")).length).toBe(joined + 1);
  await page.getByRole("button", { name: "Rút lại phiếu của Mô phỏng Vàng A Giấy" }).click();
  await page.getByText("Đã rút lại").waitFor();
  expect((await behind(page, "enrolments")).length).toBe(joined);

  await page.setViewportSize({ width: 390, height: 844 });
  await watched.passable();
});

it("counts a form once whose answer was lost on the way", async () => {
  const watched = await at.sit("lead", "/c/thuong-xuyen/paper");
  const { page } = watched;
  await page.getByLabel("Người ghi").selectOption("cb-bac-ha-03");
  await page.getByLabel("Ngày trên phiếu").fill(day);
  const talks = (await behind(page, "consultations")).length;
  await page.route("**/api/v1/sync/push", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await page.getByLabel("Họ và tên").fill("Mô phỏng Sùng Thị Mất Sóng");
  await page.getByLabel("Họ và tên").press("Enter");
  await page.getByText("Chưa biết máy chủ đã nhận").waitFor();
  await expect.poll(() => page.getByLabel("Họ và tên").isDisabled()).toBe(true);
  await watched.passable();
  await page.unroute("**/api/v1/sync/push");
  await page.getByRole("button", { name: "Gửi lại phiếu này" }).click();
  await page.getByText("Đã ghi: Tư vấn, Mô phỏng Sùng Thị Mất Sóng").waitFor();
  expect((await behind(page, "consultations")).length).toBe(talks + 1);
  await expect.poll(() => page.getByLabel("Họ và tên").inputValue()).toBe("");
});

it("takes no day that cannot count, says why at the field, and what does not count after all", async () => {
  const watched = await at.sit("lead", "/c/thuong-xuyen/paper");
  const { page } = watched;
  const clock = new Date(Date.now() + 7 * 3_600_000).toISOString();
  const time = page.getByLabel("Giờ", { exact: true });
  expect(Math.abs(minutes(await time.inputValue()) - minutes(clock.slice(11, 16)))).toBeLessThan(3);
  await page.getByLabel("Họ và tên").fill("Mô phỏng Lù Thị Sớm");
  await page.getByLabel("Họ và tên").press("Enter");
  await page.getByText("Chọn người đã ghi phiếu.").waitFor();
  expect(await focused(page)).toBe("Người ghi");
  await page.getByLabel("Người ghi").selectOption("cb-bac-ha-03");
  const date = page.getByLabel("Ngày trên phiếu");
  for (const [value, words] of [
    [clock.slice(0, 10).replace(/^\d+/, (y) => String(Number(y) - 1)), /^Đợt này từ/],
    [new Date(Date.now() + 7 * 3_600_000 + 86_400_000).toISOString().slice(0, 10), "chưa tới"],
  ] as const) {
    await date.fill(value);
    await page.getByText(words).waitFor();
    await page.getByLabel("Họ và tên").press("Enter");
    expect(await focused(page)).toBe("Ngày trên phiếu");
  }
  await watched.passable();
  expect(await page.getByText("Đã ghi:").count()).toBe(0);

  // At an activity the paper is from when it began, unless it says otherwise.
  await date.fill(day);
  const held = page.getByLabel(/^Hoạt động/);
  const began = await page.evaluate(async (day) => {
    const me = await (await fetch("/api/v1/session")).json();
    const path = `/api/v1/campaigns/thuong-xuyen/activities?from=2026-01-01&to=${day}`;
    const { activities } = await (await fetch(path)).json();
    const own = activities.filter(
      (a: { office: { id: string }; status: string }) =>
        a.office.id === me.office.id && a.status === "held",
    );
    return own.at(-1) as { id: string; start: string };
  }, day);
  const start = new Date(new Date(began.start).getTime() + 7 * 3_600_000).toISOString();
  await date.fill(start.slice(0, 10));
  await held.selectOption(began.id);
  await expect.poll(() => time.inputValue()).toBe(start.slice(11, 16));

  // Who is enrolled already does not count again.
  for (const name of ["Mô phỏng Lù Thị Sớm", "Mô phỏng Lù Thị Sớm lần hai"]) {
    await page.keyboard.press("Alt+2");
    await page.getByLabel("Họ và tên").fill(name);
    await page.getByLabel("Số CCCD").fill("010199900077");
    await page.getByLabel("Họ và tên").press("Enter");
    await page
      .getByRole("status")
      .filter({ hasText: `Đã ghi: Tham gia, ${name}` })
      .waitFor();
  }
  await page.getByRole("listitem").filter({ hasText: "Chưa tính: Đăng ký trùng" }).waitFor();
  await page.getByRole("status").filter({ hasText: "Chưa tính: Đăng ký trùng" }).waitFor();
  await watched.passable();
});

it("says why nothing can be typed where the office has no commune", async () => {
  const watched = await at.sit("lead", "/c/thuong-xuyen/activities");
  const { page } = watched;
  await page.route("**/api/v1/campaigns/thuong-xuyen/planning", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), communes: [] } });
  });
  await page.getByRole("link", { name: "Nhập phiếu giấy" }).click();
  await page.getByLabel("Người ghi").selectOption("cb-bac-ha-03");
  await page.getByText("không phụ trách xã, phường nào").waitFor();
  await page.getByLabel("Họ và tên").fill("Mô phỏng Lù Văn Không");
  await page.getByLabel("Họ và tên").press("Enter");
  expect(await focused(page)).toBe("Xã, phường");
  await watched.passable();
});

it("takes what the phone takes: several topics, a question, a pledge, somebody of another commune", async () => {
  const watched = await at.sit("lead", "/c/thuong-xuyen/paper");
  const { page } = watched;
  await page.getByLabel("Người ghi").selectOption("cb-bac-ha-03");
  await page.getByLabel("Ngày trên phiếu").fill(day);
  const name = page.getByLabel("Họ và tên");
  await page.evaluate(() => {
    const sent: unknown[] = [];
    const fetched = window.fetch;
    window.fetch = async (request, ...more) => {
      if (request instanceof Request && request.url.endsWith("/sync/push")) {
        sent.push((await request.clone().json()).entries[0]);
      }
      return await fetched(request, ...more);
    };
    Object.assign(window, { sent });
  });
  const saved = (what: string) =>
    page
      .getByRole("status")
      .filter({ hasText: `Đã ghi: ${what}` })
      .waitFor();

  await name.fill("Mô phỏng Thào Thị Xa");
  await page.getByLabel("Xã, phường nơi ở").selectOption({ label: "Sa Pa" });
  await page.getByLabel("Thôn, bản").fill("Tổ 1");
  await page.getByRole("checkbox", { name: "Lương hưu" }).check();
  await page.getByRole("checkbox", { name: "Thẻ BHYT" }).check();
  await page.getByLabel("Kết quả").selectOption("promised");
  await watched.passable();
  await name.press("Enter");
  await saved("Tư vấn, Mô phỏng Thào Thị Xa");
  expect(await focused(page)).toBe("Họ và tên");

  await page.keyboard.press("Alt+6");
  await page.getByLabel("Câu hỏi").fill("Nghỉ bao lâu thì mất thẻ?");
  await page.getByLabel(/^Trả lời/).selectOption("pending");
  await page.getByLabel("Câu hỏi").press("Enter");
  await page.getByText("Chọn ngày hẹn trả lời.").waitFor();
  await page.getByLabel("Hẹn trả lời").fill(day);
  await watched.passable();
  await page.getByLabel("Câu hỏi").press("Enter");
  await saved("Câu hỏi, Nghỉ bao lâu thì mất thẻ?");

  await page.keyboard.press("Alt+2");
  await name.fill("Mô phỏng Thào A Hẹn");
  await page.getByLabel("Đến bước nào").selectOption("pledged");
  await watched.passable();
  await name.press("Enter");
  await saved("Tham gia, Mô phỏng Thào A Hẹn");
  await page.getByRole("listitem").filter({ hasText: "chưa tới bước được tính" }).waitFor();

  await page.keyboard.press("Alt+3");
  await name.fill("Mô phỏng Thào Văn Khoản");
  await page.getByLabel("Ngân hàng").selectOption("970436");
  await page.getByLabel("Số tài khoản").fill("0123 456 789");
  await watched.passable();
  await name.press("Enter");
  await saved("Qua tài khoản, Mô phỏng Thào Văn Khoản");

  await page.keyboard.press("Alt+5");
  expect(await focused(page)).toBe("Số người dự");
  await page.keyboard.press("Alt+1");
  expect(await focused(page)).toBe("Họ và tên");

  const bodies = await page.evaluate(
    () => (window as unknown as { sent: Record<string, unknown>[] }).sent,
  );
  expect(bodies.map((e) => e["body"])).toEqual([
    { topics: ["pension", "card"], outcome: "promised" },
    { text: "Nghỉ bao lâu thì mất thẻ?", answered: "pending", promise_by: day },
    {
      scheme: "household_hi",
      stage: "pledged",
      prior: "none",
      months: 12,
      terms: { group: "self", member: 1, amount: expect.any(Number) }, // the policy's
    },
    {
      benefit: "pension",
      method: "bank_account",
      account: { bank: "970436", number: "0123456789", holder: "Mô phỏng Thào Văn Khoản" },
    },
  ]);
  expect(bodies[0]?.["person"]).toMatchObject({ village: "Tổ 1" });
  expect(bodies[0]?.["commune"]).not.toBe((bodies[0]?.["person"] as { commune: string }).commune);
  expect(bodies[1]).not.toHaveProperty("person");
  await page.setViewportSize({ width: 390, height: 844 });
  await watched.passable();
});

/** After midnight. */
function minutes(clock: string): number {
  const [h = 0, m = 0] = clock.split(":").map(Number);
  return h * 60 + m;
}

it("takes what belongs to another office away with the office", async () => {
  const { page } = await at.sit("province", "/c/thuong-xuyen/paper");
  const commune = page.getByRole("combobox", { name: /^Xã, phường/ }).first();
  await page.getByLabel("Đơn vị").selectOption({ label: "Bát Xát" });
  await page.getByLabel("Người ghi").selectOption({ index: 1 });
  await commune.selectOption({ index: 1 });
  const before = await commune.inputValue();
  await page.getByLabel("Đơn vị").selectOption({ label: "Sa Pa" });
  await expect.poll(() => page.getByLabel("Người ghi").inputValue()).toBe("");
  const after = await commune.inputValue();
  expect(after).not.toBe(before);
  expect(after).not.toBe("");
  await page.getByLabel("Người ghi").selectOption({ index: 1 });
  await page.getByLabel("Họ và tên").fill("Mô phỏng Má Thị Đơn Vị");
  await page.getByLabel("Họ và tên").press("Enter");
  await page.getByText("Đã ghi: Tư vấn, Mô phỏng Má Thị Đơn Vị").waitFor();
  const own = await page.evaluate(async (code) => {
    const board = await (await fetch("/api/v1/campaigns/thuong-xuyen/board")).json();
    return board.communes.find((c: { code: string }) => c.code === code).office as string;
  }, after);
  expect(own).toBe("sa-pa");
});
