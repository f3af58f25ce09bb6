/** A campaign taken out as one file, and next year's made of it. */
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { Sitting } from "./desk";

const at = new Sitting("lead", "province");
const { sit } = at;
const base = "/c/lao-cai-2025/activities";

/** A picture of the screen to look at, where CAUNOI_SHOTS names a folder. */
async function shot(page: Page, name: string) {
  const to = process.env["CAUNOI_SHOTS"];
  if (to) await page.screenshot({ path: `${to}/${name}.png` });
}

const dialog = (page: Page) => page.getByRole("dialog");

type Kit = {
  campaign: { id: string; days: number };
  offices: { id: string; name: string }[];
  communes: { code: string; name: string }[];
  activities: { office: string }[];
};

let file = "";

it("takes the festival out as a file that names nobody", async () => {
  const desk = await sit("lead", `${base}?view=list`);
  const { page } = desk;
  await page.getByRole("button", { name: "Nhập, xuất tệp" }).click();
  await expect
    .poll(() => dialog(page).getByRole("button", { name: "Lập đợt mới từ tệp đợt" }).count())
    .toBe(0);
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    dialog(page).getByRole("link", { name: "Tệp đợt" }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe("lao-cai-2025.caunoi.json");
  file = await readFile(await saved.path(), "utf8");
  const kit = JSON.parse(file) as Kit;
  expect(kit.campaign).toMatchObject({ id: "lao-cai-2025", days: 24 });
  expect(kit.activities.length).toBeGreaterThan(100);
  const people = await page.evaluate(async () => {
    const got = await (await fetch("/api/v1/campaigns/lao-cai-2025/planning")).json();
    return (got.members as { id: string; name: string }[]).flatMap((m) => [m.id, m.name]);
  });
  expect(people.length).toBeGreaterThan(100);
  expect(people.filter((who) => file.includes(who))).toEqual([]);
});

async function choose(page: Page, text: string) {
  await dialog(page)
    .getByLabel("Tệp đợt (.caunoi.json)")
    .setInputFiles({
      name: "dot.caunoi.json",
      mimeType: "application/json",
      buffer: Buffer.from(text),
    });
}

async function openForm(page: Page) {
  await page.getByRole("button", { name: "Nhập, xuất tệp" }).click();
  await dialog(page).getByRole("button", { name: "Lập đợt mới từ tệp đợt" }).click();
}

it("makes next year's of it, on trial first, and shows its plan without teams", async () => {
  const desk = await sit("province", base);
  const { page } = desk;
  await openForm(page);
  await choose(page, '{"caunoi_campaign": 7}');
  await dialog(page)
    .getByText(/Đây không phải tệp đợt/)
    .waitFor();

  // An office and a commune that are not here.
  const kit = JSON.parse(file) as Kit;
  const [office, commune] = [kit.offices[1], kit.communes[0]];
  if (!office || !commune) throw new Error("the festival has no offices");
  const other = file
    .replaceAll(`"${office.id}"`, '"noi-khac"')
    .replaceAll(`"${office.name}"`, '"Cơ sở Nơi khác Mô phỏng"')
    .replaceAll(`"${commune.code}"`, '"99998"')
    .replaceAll(`"${commune.name}"`, '"Xã Mô phỏng khác"');
  await choose(page, other);
  await dialog(page).getByText("Còn 2 nơi phải chọn hoặc bỏ ra ngoài.").waitFor();
  const make = dialog(page).getByRole("button", { name: "Lập đợt", exact: true });
  await expect.poll(() => make.isDisabled()).toBe(true);
  await desk.passable();
  await shot(page, "kit");
  await dialog(page)
    .getByLabel(/Cơ sở Nơi khác Mô phỏng/)
    .selectOption(office.id);
  await dialog(page).getByText("Còn 1 nơi phải chọn hoặc bỏ ra ngoài.").waitFor();
  await dialog(page).getByRole("button", { name: "Bỏ tất cả nơi chưa chọn" }).click();
  await dialog(page)
    .getByText(/hoạt động bỏ ra ngoài theo đơn vị hoặc xã/)
    .waitFor();

  // Next year's, whole, and on another day of the week: what falls out is told.
  await choose(page, file);
  await dialog(page).getByLabel("Mã đợt").fill("le-hoi-sau");
  await dialog(page).getByLabel("Tên đợt").fill("Lễ hội Mô phỏng năm sau");
  const start = dialog(page).getByLabel("Ngày đầu");
  const first = await start.inputValue();
  expect(new Date(first).getUTCDay()).toBe(6); // as the festival began
  await start.fill(new Date(Date.parse(first) + 86_400_000).toISOString().slice(0, 10));
  await dialog(page)
    .getByText(/hoạt động không có chỗ trong đợt/)
    .waitFor();
  await desk.passable();
  await start.fill(first);
  await dialog(page).getByRole("button", { name: "Chia đều" }).click();
  await dialog(page)
    .getByLabel(/^Người tham gia mới|tham gia/)
    .first()
    .fill("3000");
  await dialog(page)
    .getByText(/430 hoạt động, chưa có đội\.\s+\d+ chỉ tiêu\./)
    .waitFor();
  await dialog(page)
    .getByText(/hoạt động không có chỗ/)
    .waitFor({ state: "detached" });
  await desk.passable();
  await shot(page, "kit-ready");
  await make.click();

  await page.waitForURL(/\/c\/le-hoi-sau\/activities/);
  await page.getByText("chưa có đội").first().waitFor();
  await desk.passable();
  await shot(page, "kit-plan");
  const made = await page.evaluate(async () => {
    const got = await (await fetch("/api/v1/campaigns/le-hoi-sau/activities")).json();
    return got.activities as { team: unknown[]; start: string }[];
  });
  expect(made.length).toBe(430);
  expect(made.every((a) => a.team.length === 0)).toBe(true);
  const total = await page.evaluate(async () => {
    const got = await (await fetch("/api/v1/campaigns/le-hoi-sau/targets")).json();
    return got.total.target as number;
  });
  expect(total).toBe(3000);
});

it("shows the form on a narrow screen in Bengali", async () => {
  const desk = await sit("province", base, { viewport: { width: 390, height: 844 } });
  const { page } = desk;
  await page.evaluate(() => localStorage.setItem("caunoi.language", "bn"));
  await page.goto(`${at.demo.url}${base}`);
  await page.getByRole("button", { name: "ফাইল", exact: true }).click();
  await dialog(page).getByRole("button", { name: "ফাইল থেকে নতুন অভিযান" }).click();
  await dialog(page)
    .getByLabel("অভিযানের ফাইল (.caunoi.json)")
    .setInputFiles({
      name: "k.json",
      mimeType: "application/json",
      buffer: Buffer.from(file),
    });
  await dialog(page).getByText("অভিযানের কোড").waitFor();
  await desk.passable();
  await shot(page, "kit-narrow");
});
