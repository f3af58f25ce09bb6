/** The plan at the desk: planned, repeated, dragged, moved for the rain, undone, brought as a file. */
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { Sitting } from "./desk";

const at = new Sitting("lead", "province", "campaigner");
const { sit } = at;
// It runs now, so that what is planned lies ahead.
const base = "/c/thuong-xuyen/activities";

type Told = { id: string; start: string; status: string; place: string; team: { id: string }[] };

const planOf = (page: Page): Promise<Told[]> =>
  page.evaluate(async () => {
    const got = await (await fetch("/api/v1/campaigns/thuong-xuyen/activities")).json();
    return got.activities;
  });

/** A Monday two weeks ahead, where the demo plans nothing. */
function monday(weeks = 2): string {
  const day = new Date(Date.now() + 7 * 3_600_000 + weeks * 7 * 86_400_000);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}

function later(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const dialog = (page: Page) => page.getByRole("dialog");

async function draft(page: Page, place: string, day: string, from = "08:00", to = "10:00") {
  await page.getByRole("button", { name: "Lên hoạt động" }).click();
  await dialog(page).getByLabel("Nơi tổ chức").fill(place);
  await dialog(page).getByLabel("Ngày", { exact: true }).fill(day);
  await dialog(page).getByLabel("Bắt đầu").fill(from);
  await dialog(page).getByLabel("Kết thúc").fill(to);
}

const planIt = (page: Page) => dialog(page).getByRole("button", { name: "Lên kế hoạch" }).click();

async function addMember(page: Page, id: string) {
  const field = dialog(page).getByLabel("Thêm người vào tổ");
  const label = await page.locator(`#plan-members option[value$="(${id})"]`).getAttribute("value");
  await field.fill(label ?? "");
}

it("plans an activity, tells of a clash before, drags it to another day, and undoes it", async () => {
  const day = monday();
  const desk = await sit("lead", `${base}?on=${day}`);
  const { page } = desk;
  await draft(page, "Nhà văn hóa Mô phỏng", day);
  await addMember(page, "cb-bac-ha-02");
  await page.getByText("Không có gì trùng nhau.").waitFor();
  await desk.passable();
  await planIt(page);
  await page.getByText("Đã lên 1 hoạt động.").waitFor();
  await page.getByRole("button", { name: /08:00–10:00.*Nhóm nhỏ/ }).waitFor();

  // The same person at the same hour.
  await draft(page, "Chợ Mô phỏng", day, "09:00", "11:00");
  await addMember(page, "cb-bac-ha-02");
  await dialog(page)
    .getByText(/có mặt ở hai nơi/)
    .waitFor();
  await planIt(page);
  await page.getByText("Đã lên 1 hoạt động.").waitFor();
  await page.getByText(/có mặt ở hai nơi/).waitFor();
  await desk.passable();
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await page.getByText("Đã hoàn tác.").waitFor();
  await page.getByText(/có mặt ở hai nơi/).waitFor({ state: "detached" });

  // Dragged by one day; it moves when somebody has said why.
  const event = page.getByRole("button", { name: /08:00–10:00.*Nhóm nhỏ/ });
  const from = await event.boundingBox();
  const column = await page.locator(".ec-col-head").nth(1).boundingBox();
  if (!from || !column) throw new Error("nothing to drag");
  await page.mouse.move(from.x + 20, from.y + 10);
  await page.mouse.down();
  for (const at of [0.3, 0.6, 1]) {
    await page.mouse.move(
      from.x + 20 + at * (column.x + column.width / 2 - from.x - 20),
      from.y + 10,
    );
  }
  await page.mouse.up();
  await dialog(page).getByText("Dời 1 hoạt động").waitFor();
  await expect.poll(() => dialog(page).getByLabel("Ngày").inputValue()).toBe(later(day, 1));
  await dialog(page).getByRole("button", { name: "thời tiết" }).click();
  await dialog(page).getByRole("button", { name: "Dời", exact: true }).click();
  await page.getByText(/Đã dời 1 hoạt động/).waitFor();
  const moved = (await planOf(page)).find((a) => a.place === "Nhà văn hóa Mô phỏng");
  expect(moved?.status).toBe("moved");
  expect(Date.parse(moved?.start ?? "")).toBe(Date.parse(`${later(day, 1)}T08:00:00+07:00`));

  // By keyboard: open, call off, undo.
  await page.getByRole("button", { name: /08:00–10:00.*Nhóm nhỏ/ }).focus();
  await page.keyboard.press("Enter");
  await dialog(page).getByRole("button", { name: "Hủy hoạt động" }).click();
  await desk.passable();
  await dialog(page).getByRole("button", { name: "Hủy hoạt động" }).click();
  await page.getByText("Đã hủy 1 hoạt động.").waitFor();
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await page.getByText("Đã hoàn tác.").waitFor();
  const after = (await planOf(page)).find((a) => a.place === "Nhà văn hóa Mô phỏng");
  expect(after?.status).toBe("moved");
});

it("gives an activity to somebody else by dragging it to their row, and undoes it", async () => {
  const day = monday(3);
  const desk = await sit("lead", `${base}?on=${day}&view=teams`);
  const { page } = desk;
  const teamOf = async (place: string) =>
    (await planOf(page)).find((a) => a.place === place)?.team.map((m) => m.id);
  for (const [place, id] of [
    ["Sân Mô phỏng A", "cb-bac-ha-02"],
    ["Sân Mô phỏng B", "cb-bac-ha-03"],
  ] as const) {
    await draft(page, place, day);
    await addMember(page, id);
    await planIt(page);
    await expect.poll(() => teamOf(place)).toEqual([id]);
  }
  const events = page.locator(".calendar .event");
  await expect.poll(() => events.count()).toBe(2);
  const [from, to] = [await events.nth(0).boundingBox(), await events.nth(1).boundingBox()];
  if (!from || !to) throw new Error("nothing to drag");
  await page.mouse.move(from.x + 20, from.y + 10);
  await page.mouse.down();
  for (const at of [0.3, 0.6, 1]) {
    await page.mouse.move(from.x + 20, from.y + 10 + at * (to.y - from.y));
  }
  await page.mouse.up();
  await page.getByText("Đã sửa kế hoạch.").waitFor();
  expect(await dialog(page).count()).toBe(0);
  const both = await Promise.all([teamOf("Sân Mô phỏng A"), teamOf("Sân Mô phỏng B")]);
  expect(new Set(both.flat()).size).toBe(1); // who stood in the other row goes to both
  await desk.passable();
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await page.getByText("Đã hoàn tác.").waitFor();
  expect(await teamOf("Sân Mô phỏng A")).toEqual(["cb-bac-ha-02"]);
  expect(await teamOf("Sân Mô phỏng B")).toEqual(["cb-bac-ha-03"]);
});

it("repeats an activity over communes, and moves a rainy day in one step", async () => {
  const day = monday(2); // within what a phone is given
  const desk = await sit("lead", `${base}?on=${day}`);
  const { page } = desk;
  await draft(page, "Chợ Mưa {commune} Mô phỏng", day, "06:00", "09:00");
  await addMember(page, "cb-bac-ha-04");
  await dialog(page).getByRole("button", { name: "quầy tư vấn" }).click();
  await dialog(page).getByRole("button", { name: "Theo thứ" }).click();
  await dialog(page).getByRole("button", { name: "Thứ Tư" }).click();
  await dialog(page).getByLabel("Đến hết ngày").fill(later(day, 13));
  const names = await dialog(page).locator(".communes label").allTextContents();
  expect(names.length).toBeGreaterThan(2);
  for (const i of [0, 1]) await dialog(page).locator(".communes label").nth(i).click();
  await dialog(page)
    .getByText(/Mỗi xã một điểm cố định/)
    .click();
  await dialog(page)
    .getByText(/^Sẽ lên 4 hoạt động/)
    .waitFor();
  await desk.passable();
  await planIt(page);
  await page.getByText("Đã lên 4 hoạt động.").waitFor();

  await page.getByRole("searchbox").fill("cho mua"); // the demo plans on some such days, too
  await page.getByText("2 hoạt động", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: "Dời nhiều hoạt động" }).click();
  await dialog(page).getByLabel("Của ngày").selectOption(later(day, 2));
  await dialog(page).getByText("2 hoạt động đã chọn").waitFor();
  await dialog(page).getByRole("button", { name: "Tiếp" }).click();
  await dialog(page).getByRole("button", { name: "2 ngày" }).click();
  await dialog(page)
    .getByText(/có mặt ở hai nơi/)
    .waitFor(); // one team cannot be at two markets
  await desk.passable();
  await dialog(page).getByRole("button", { name: "Dời", exact: true }).click();
  await page.getByText(/Đã dời 2 hoạt động/).waitFor();
  const moved = (await planOf(page)).filter(
    (a) => a.status === "moved" && /^Chợ Mưa .* Mô phỏng/.test(a.place),
  );
  expect(moved.map((a) => a.start.slice(0, 10))).toEqual([later(day, 4), later(day, 4)]);
});

it("brings a plan back from a spreadsheet, on trial first", async () => {
  const day = monday(4);
  const desk = await sit("province", `${base}?view=list&on=${day}`);
  const { page } = desk;
  await page.getByRole("button", { name: "Nhập, xuất tệp" }).click();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Bảng tính (.xlsx)" }).click(),
  ]);
  expect((await readFile(await saved.path())).subarray(0, 2).toString()).toBe("PK");
  const csv = [
    "Ngày,Từ,Đến,Hình thức,Xã,Nơi tổ chức",
    `${day},08:00,10:00,nhóm nhỏ,Bản Liền,Nhà sinh hoạt Mô phỏng`,
    `${day},08:00,10:00,nhóm nhỏ,Không có xã này,Nơi nào đó`,
  ].join("\n");
  const heading = csv.replace(",Xã,", ',"Xã, phường",');
  await page.getByLabel("Nhập từ tệp").setInputFiles({
    name: "ke-hoach.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(heading),
  });
  await dialog(page).getByText("1 mới · 1 không nhập được").waitFor();
  await dialog(page)
    .getByText(/Không có xã này/)
    .waitFor();
  await desk.passable();
  expect((await planOf(page)).some((a) => a.place === "Nhà sinh hoạt Mô phỏng")).toBe(false);
  await dialog(page).getByRole("button", { name: "Nhập 1 dòng" }).click();
  await page.getByText("Đã nhập 1 dòng.").waitFor();
  await page.getByRole("searchbox").fill("nha sinh hoat mo phong");
  await page.getByText("1 hoạt động", { exact: true }).first().waitFor();
  expect(page.url()).toContain("q=nha+sinh+hoat");
  await desk.passable();
});

it("shows which villages nobody goes to, and what a plan takes", async () => {
  const desk = await sit("province", `${base}?view=coverage`);
  const { page } = desk;
  await page.getByText(/thôn bản chưa ai đến và chưa ai lên kế hoạch đến/).waitFor();
  await desk.passable();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Tải bảng về, CSV" }).click(),
  ]);
  const text = (await readFile(await saved.path())).toString("utf8");
  expect(text.split("\n")[0]).toContain('"Thôn, bản","Xã, phường",Người');
  await page
    .getByRole("button", { name: /^Lên lịch đến / })
    .first()
    .click();
  await dialog(page).getByLabel("Nơi tổ chức").waitFor();
  await page.keyboard.press("Escape");

  await page.getByRole("link", { name: "Cần bao nhiêu" }).click();
  await page.getByText(/ngày làm việc: cần/).waitFor();
  const cost = () => page.locator(".sentence").textContent();
  const before = await cost();
  await page.getByLabel("Chi phí một ngày của tổ, đồng").fill("2000000");
  await page.getByRole("button", { name: "Đặt giả định" }).click();
  await page.getByText("Đã đặt giả định.").waitFor();
  expect(await cost()).not.toBe(before);
  await desk.passable();
});

it("shows villages at their points, where they are chosen by keyboard and placed anew", async () => {
  const desk = await sit("province", `${base}?view=coverage`);
  const { page } = desk;
  const all = await page.evaluate(async () => {
    const got = await (await fetch("/api/v1/campaigns/thuong-xuyen/coverage")).json();
    return got.villages as { name: string; lat: number | null; commune: { code: string } }[];
  });
  const placed = all.filter((v) => v.lat !== null);
  const of = (code: string) => placed.filter((v) => v.commune.code === code).length;
  const commune = placed.find((v) => of(v.commune.code) > 1)?.commune.code ?? "";
  await page.getByRole("button", { name: "Người", exact: true }).click();
  await page.locator(`path[data-code="${commune}"]`).focus();
  expect(await page.locator("[data-key]").count()).toBe(0); // of the province one path of each kind
  await page.keyboard.press("Enter");
  const points = page.locator("[data-key]");
  await expect.poll(() => points.count()).toBe(of(commune));
  await desk.passable();
  expect(new URL(page.url()).searchParams.get("commune")).toBe(commune);
  await page.reload(); // what is looked at stands in the address
  await expect.poll(() => points.count()).toBe(of(commune));
  expect(new URL(page.url()).searchParams.get("order")).toBe("-people");
  await page.locator('[data-key][tabindex="0"]').focus();
  await page.keyboard.press("Enter");
  const name =
    (await page.locator('[data-key][aria-pressed="true"]').getAttribute("aria-label")) ?? "";
  expect(name).toMatch(/: (chưa ai lên kế hoạch đến|đã lên kế hoạch|đã đến), /);
  await page.getByText("1 dòng", { exact: true }).waitFor();
  const village = name.slice(0, name.indexOf(":"));
  await page.locator(".chosen strong", { hasText: village }).waitFor();

  // Another place for it, copied from a map; one too far away is refused.
  await page.getByRole("button", { name: `Vị trí của ${village}` }).click();
  const lat = dialog(page).getByLabel("Vĩ độ");
  const had = await lat.inputValue();
  await lat.fill("10,5");
  await dialog(page).getByRole("button", { name: "Lưu vị trí" }).click();
  await dialog(page).getByRole("alert").waitFor();
  await lat.fill(had.slice(0, 5));
  await dialog(page).getByRole("button", { name: "Lưu vị trí" }).click();
  await page.getByText(`Đã lưu vị trí của ${village}.`).waitFor();
  await page.getByRole("button", { name: "Xem cả tỉnh" }).click();
  await expect.poll(() => points.count()).toBe(0);
});

it("lets nobody overwrite what somebody else changed, and loses nothing that was typed", async () => {
  const day = monday(3);
  const path = `${base}?view=list&on=${day}&q=Song+song`;
  const lead = await sit("lead", path);
  await draft(lead.page, "Nhà Song song Mô phỏng", day);
  await planIt(lead.page);
  await lead.page.getByText("Đã lên 1 hoạt động.").waitFor();
  const other = await sit("province", path);
  const edit = async (page: Page, act: string) => {
    await page.getByRole("button", { name: "Nhóm nhỏ" }).click();
    await dialog(page).getByRole("button", { name: act, exact: true }).click();
  };
  const room = (page: Page) => dialog(page).getByLabel("Phòng");
  const save = (page: Page) => dialog(page).getByRole("button", { name: "Ghi thay đổi" }).click();

  // Both open it; the province is faster.
  await edit(lead.page, "Sửa");
  await edit(other.page, "Sửa");
  await room(other.page).fill("Phòng Tỉnh");
  await save(other.page);
  await other.page.getByText("Đã sửa kế hoạch.").waitFor();
  await room(lead.page).fill("Phòng Huyện");
  await save(lead.page);
  await dialog(lead.page)
    .getByText(/đã sửa hoạt động này lúc/)
    .waitFor();
  await dialog(lead.page)
    .getByText(/Phòng Tỉnh/)
    .waitFor();
  await expect.poll(() => room(lead.page).inputValue()).toBe("Phòng Huyện");
  await lead.passable();
  await dialog(lead.page).getByRole("button", { name: "Dùng bản mới" }).click();
  await expect.poll(() => room(lead.page).inputValue()).toBe("Phòng Tỉnh");

  // It is moved before the lead has written; mine is kept, and so is the move.
  await edit(other.page, "Dời");
  await dialog(other.page).getByLabel("Bắt đầu").fill("14:00");
  await dialog(other.page).getByLabel("Kết thúc").fill("16:00");
  await dialog(other.page).getByRole("button", { name: "Dời", exact: true }).click();
  await other.page.getByText(/Đã dời 1 hoạt động/).waitFor();
  await edit(other.page, "Hủy hoạt động"); // before the lead writes, of which the screen hears
  await room(lead.page).fill("Phòng Huyện");
  await save(lead.page);
  await dialog(lead.page)
    .getByText(/đã dời hoạt động này lúc/)
    .waitFor();
  await dialog(lead.page).getByRole("button", { name: "Giữ nội dung của tôi" }).click();
  await lead.page.getByText("Đã sửa kế hoạch.").waitFor();
  await lead.page.getByText(/Phòng Huyện/).waitFor();
  await lead.page.getByText("14:00–16:00").waitFor();

  // Who calls off what was changed is told, and may then do it.
  const off = dialog(other.page).getByRole("button", { name: "Hủy hoạt động" });
  await off.click();
  await dialog(other.page)
    .getByText(/đã sửa hoạt động này lúc/)
    .waitFor();
  await dialog(other.page)
    .getByText(/Phòng Huyện/)
    .waitFor();
  await off.click();
  await other.page.getByText("Đã hủy 1 hoạt động.").waitFor();
});

it("tells of a clash with another campaign of the province, and leads there", async () => {
  const day = monday(3);
  const desk = await sit("province", `${base}?view=list&on=${day}`);
  const { page } = desk;
  const made = await page.evaluate(async (day) => {
    const post = (path: string, body: unknown) =>
      fetch(`/api/v1/${path}`, {
        method: "POST",
        headers: { "X-Caunoi": "1", "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    const file = await (await fetch("/api/v1/campaigns/thuong-xuyen/kit")).text();
    const { province } = (JSON.parse(file) as { campaign: { province: string } }).campaign;
    const name = { vi: "Đợt Mô phỏng", en: "Synthetic", bn: "নমুনা" };
    const adopted = await post("kits", { file, id: "mo-phong", name, province, start: day });
    const draft = {
      kind: "small_group",
      commune: (JSON.parse(file) as { communes: { code: string }[] }).communes[0]?.code,
      place: "Hội trường Mô phỏng",
      start: `${day}T14:00:00+07:00`,
      end: `${day}T16:00:00+07:00`,
      team: ["cb-bac-ha-05"],
    };
    const planned = await post("campaigns/mo-phong/activities", { draft });
    return [adopted.status, planned.status, (await planned.text()).slice(0, 300)];
  }, day);
  expect(made.slice(0, 2), String(made[2])).toEqual([200, 200]);
  await draft(page, "Nhà Hai đợt Mô phỏng", day, "15:00", "17:00");
  await addMember(page, "cb-bac-ha-05");
  await dialog(page)
    .getByText(/có mặt ở hai nơi.*\(đợt “Đợt Mô phỏng”\)/)
    .waitFor();
  await desk.passable();
  const [there] = await Promise.all([
    page.waitForEvent("popup"), // what was typed stays
    dialog(page).getByRole("link", { name: "Mở ở đợt kia" }).click(),
  ]);
  await there.waitForURL(/\/c\/mo-phong\/activities/);
  await dialog(there)
    .getByText(/Hội trường Mô phỏng/)
    .waitFor();
  await there.close();
});

it("shows the plan to who may not change it, on a narrow screen, in the dark, in Bengali", async () => {
  const desk = await sit("campaigner", `${base}?view=month`, {
    viewport: { width: 390, height: 844 },
    colorScheme: "dark",
  });
  const { page } = desk;
  await page.getByRole("link", { name: "Danh sách" }).waitFor();
  expect(await page.getByRole("button", { name: "Lên hoạt động" }).count()).toBe(0);
  for (const view of ["month", "teams", "list"]) {
    await page.goto(`${at.demo.url}${base}?view=${view}`);
    await page.locator("h2").first().waitFor();
    await desk.passable();
  }
  await page.evaluate(() => localStorage.setItem("caunoi.language", "bn"));
  await page.goto(`${at.demo.url}${base}?view=week`);
  await page.getByRole("link", { name: "তালিকা" }).waitFor();
  await desk.passable();
});

it("shows by team who goes on a phone, with room for the days", async () => {
  const day = monday(3);
  const desk = await sit("lead", `${base}?on=${day}`, { viewport: { width: 390, height: 844 } });
  const { page } = desk;
  await draft(page, "Nhà Điện thoại Mô phỏng", day);
  await addMember(page, "cb-bac-ha-06");
  await planIt(page);
  await page.getByText("Đã lên 1 hoạt động.").waitFor();
  await page.getByRole("link", { name: "Theo tổ" }).click();
  await page.getByRole("searchbox").fill("nha dien thoai"); // the tests before have others
  await expect.poll(() => page.locator(".ec-event").count()).toBeLessThan(3);
  const event = page.locator(".ec-event").first();
  await event.waitFor();
  const widths = await page.evaluate(() => {
    const wide = (of: string) => document.querySelector(of)?.getBoundingClientRect().width ?? 0;
    return {
      names: wide(".ec-body .ec-sidebar"),
      all: wide(".ec-main"),
      day: wide(".ec-col-head"),
    };
  });
  expect(widths.names).toBeGreaterThan(60);
  expect(widths.names).toBeLessThan(widths.all * 0.4);
  expect(widths.day).toBeGreaterThanOrEqual(100);
  const target = await event.getByRole("button").boundingBox();
  expect(target?.height).toBeGreaterThanOrEqual(44);
  await event.getByRole("button").click(); // it lies where a thumb reaches it
  await dialog(page).getByText("Nhà Điện thoại Mô phỏng").waitFor();
  await page.keyboard.press("Escape");
  await desk.passable();
});

it("shades the day that it is in Viet Nam, wherever the reader sits", async () => {
  const desk = await at.open("province", { timezoneId: "UTC" });
  const { page } = desk;
  const day = monday();
  await page.clock.setFixedTime(new Date(`${later(day, 1)}T18:15:00Z`)); // 01:15 there, a day later
  for (const view of ["week", "month", "teams"]) {
    await page.goto(`${at.demo.url}${base}?view=${view}&on=${day}`);
    const shaded = page.locator(".ec-today").first();
    await shaded.waitFor();
    await expect
      .poll(() => shaded.locator("time").first().getAttribute("datetime"))
      .toBe(later(day, 2));
  }
});

it("can be left as soon as it is drawn", async () => {
  const desk = await sit("province", `/c/thuong-xuyen`);
  const { page } = desk;
  const board = page.locator('a[href="/c/thuong-xuyen"]').first();
  await page.evaluate(() => {
    new MutationObserver((_, seen) => {
      if (!document.querySelector(".ec-main")) return;
      seen.disconnect();
      document.querySelector<HTMLElement>('a[href="/c/thuong-xuyen"]')?.click();
    }).observe(document.body, { childList: true, subtree: true });
  });
  const there = page.waitForURL(/thuong-xuyen\/activities/); // for a moment
  await page.getByRole("link", { name: "Kế hoạch" }).first().click();
  await there;
  await page.waitForURL((url) => url.pathname === "/c/thuong-xuyen");
  await board.waitFor();
  await page.locator("[data-figure=enrolments]").waitFor();
});
