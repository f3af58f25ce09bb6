/** Users, their phones, what waits for a second person, and the audit. */
import { expect, it } from "vitest";
import { Sitting, Watched } from "./desk";

const at = new Sitting("lead", "province", "administrator");
const { sit } = at;

const phoneScreen = { viewport: { width: 390, height: 844 } };

it("a phone is enrolled by the code of a lead, reported lost, and wipes itself", async () => {
  const desk = await sit("lead", "/users");
  const { page } = desk;
  await page
    .getByRole("button", { name: /^Ghi danh điện thoại: / })
    .first()
    .click();
  const link = page.locator("[data-link]");
  await link.waitFor();
  await page.getByRole("img", { name: "Mã QR để ghi danh điện thoại" }).waitFor();
  const url = (await link.textContent()) ?? "";
  expect(url).toMatch(/\/field\/#enrol=[\w-]{43}$/);
  await desk.passable();

  // In a browser of its own, where nobody is signed in.
  const enrol = async (on: Watched) => {
    await on.page.getByLabel("Tên máy").fill("Máy mô phỏng");
    await on.page.getByLabel("Chọn mã PIN").fill("482915");
    await on.page.getByLabel("Nhập lại mã PIN").fill("482915");
    await on.page.getByRole("button", { name: "Bắt đầu" }).click();
  };
  const field = await sit(null, url.replace(at.demo.url, ""), phoneScreen);
  const phone = field.page;
  await phone.getByLabel("Tên máy").waitFor();
  expect(new URL(phone.url()).hash).toBe("");
  await field.passable();
  await enrol(field);
  await phone.getByRole("navigation").waitFor();
  await field.passable();
  await phone.reload(); // it knows its worker again, and asks for the PIN
  await phone.getByLabel("Mã PIN").fill("482915");
  await phone.getByRole("button", { name: "Vào" }).click();
  await phone.getByRole("navigation").waitFor();

  // The code works once.
  const second = await sit(null, url.replace(at.demo.url, ""), phoneScreen);
  await enrol(second);
  await second.page.getByRole("alert").waitFor();
  second.faults.length = 0; // the refusal that was asked for

  await page.goto(at.demo.url + "/phones");
  const row = page.getByRole("listitem").filter({ hasText: "Máy mô phỏng" });
  await row.getByText("Đang dùng").waitFor();
  await row.getByRole("button", { name: /^Báo mất: / }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Báo mất" }).click();
  await row.getByText("Đã báo mất").waitFor();

  await phone.getByRole("link", { name: /^Gửi/ }).last().click();
  const anew = phone.waitForEvent("load"); // a wiped phone opens again
  await phone.getByRole("button", { name: "Gửi ngay" }).click();
  await anew;
  await phone.getByText("Máy này chưa có người dùng").waitFor();
  expect(
    await phone.evaluate(async () => (await indexedDB.databases()).map((d) => d.name)),
  ).toEqual(["caunoi-field"]);
  await page.reload();
  await row.getByText("Đã xóa").waitFor();
  await desk.passable();
});

it("what a lost phone brought is shown to the lead, who takes or drops it", async () => {
  const desk = await sit("lead", "/users");
  const { page } = desk;
  await page
    .getByRole("button", { name: /^Ghi danh điện thoại: / })
    .nth(1)
    .click();
  const url = (await page.locator("[data-link]").textContent()) ?? "";
  // The phone's program, as far as the server knows it.
  const { brought, campaign } = await page.evaluate(
    async (token) => {
      const send = async (method: string, path: string, body?: unknown, bearer = "") => {
        const res = await fetch("/api/v1" + path, {
          method,
          headers: {
            "Content-Type": "application/json",
            ...(bearer ? { Authorization: bearer } : {}),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
        });
        return res.status === 204 ? null : await res.json();
      };
      const { default: campaign, campaigns } = await send("GET", "/campaigns");
      const { token: secret, user } = await send("POST", "/devices", {
        token,
        device: "may-mat",
        name: "Máy mất",
      });
      await send("PUT", `/users/${user.id}/devices/may-mat`, { state: "lost" });
      const { communes } = await send("GET", "/users");
      const start = campaigns.find((c: { id: string }) => c.id === campaign).start as string;
      const entry = {
        id: "01a20d00-0000-7000-8000-0000000000aa",
        kind: "consultation",
        v: 1,
        campaign,
        office: user.office.id,
        commune: communes[0].code,
        author: user.id,
        device: "may-mat",
        seq: 1,
        device_time: `${start}T09:00:00+07:00`,
        person: { name: "Người Mô Phỏng" },
        body: { topics: ["hi"] },
      };
      const other = { ...entry, id: entry.id.replace(/aa$/, "bb"), seq: 2 };
      const brought = await send(
        "POST",
        "/sync/push",
        { device: "may-mat", entries: [entry, other] },
        `Bearer ${secret}`,
      );
      return { brought, campaign };
    },
    url.split("#enrol=")[1] ?? "",
  );
  const apart = { status: "quarantined" };
  expect(brought).toMatchObject({ results: [apart, apart], device_state: "lost" });

  // One is taken where all that waits is worked off, by its key.
  await page.goto(`${at.demo.url}/c/${campaign}/reviews?why=held`);
  const place = page.getByText(/^Dòng \d+ trên \d+$/);
  await page.locator("[data-row]").first().waitFor();
  await expect.poll(() => page.locator("[data-row]").count()).toBe(2);
  expect(await page.getByRole("main").textContent()).not.toContain("Người Mô Phỏng");
  await page.keyboard.press("j");
  await place.waitFor();
  await desk.passable();
  await page.keyboard.press("t");
  await expect.poll(() => page.locator("[data-row]").count()).toBe(1);

  await page.goto(at.demo.url + "/phones");
  const row = page.getByRole("listitem").filter({ hasText: "Máy mất" }).first();
  await row.getByText("1 bản ghi để riêng, chờ quyết định").waitFor();
  expect(await row.textContent()).not.toContain("Người Mô Phỏng");
  await desk.passable();
  await row.getByRole("button", { name: "Nhận 1 bản ghi" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Nhận", exact: true }).click();
  await page.getByText("Đã nhận 1 bản ghi.").waitFor();
  await page.getByText("để riêng, chờ quyết định").waitFor({ state: "detached" });
});

it("a user is added, changed, disabled and let in again", async () => {
  const desk = await sit("province", "/users", phoneScreen);
  const { page } = desk;
  await page.getByRole("button", { name: "Thêm người dùng" }).click();
  await page.getByLabel("Mã người dùng").fill("mo-phong-moi");
  await page.getByRole("textbox", { name: "Họ và tên" }).fill("Người Mới Mô Phỏng");
  await desk.passable();
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByText("Đã lưu Người Mới Mô Phỏng.").waitFor();
  await page.getByRole("searchbox").fill("nguoi moi"); // without tone marks
  const row = page.getByRole("listitem").filter({ hasText: "mo-phong-moi" });
  await expect.poll(() => page.getByRole("main").getByRole("listitem").count()).toBe(1);
  await row.getByRole("button", { name: /^Sửa: / }).click();
  await page.getByRole("textbox", { name: "Họ và tên" }).fill("Người Mới Đổi Tên");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("searchbox").fill("doi ten");
  await row.getByText("Người Mới Đổi Tên").waitFor();
  await row.getByRole("button", { name: /^Khóa: / }).click();
  await page.getByRole("button", { name: "Khóa tài khoản" }).click();
  await row.getByText("Đã khóa").waitFor();
  await row.getByRole("button", { name: "Mở lại" }).click();
  await row.getByRole("button", { name: /^Sửa: / }).waitFor();
  await desk.passable();

  // The same id again is told in words.
  await page.getByRole("button", { name: "Thêm người dùng" }).click();
  await page.getByLabel("Mã người dùng").fill("mo-phong-moi");
  await page.getByRole("textbox", { name: "Họ và tên" }).fill("Khác");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("alert").waitFor();
  await expect.poll(() => page.getByRole("alert").textContent()).toContain("mo-phong-moi");
  desk.faults.length = 0;
});

it("a change of what takes two waits for a second person, who sees it and agrees", async () => {
  const desk = await sit("province", "/approvals");
  const { page } = desk;
  await page.getByText("Không có gì chờ phê duyệt").waitFor();
  const policy = page.getByLabel("Đổi quy tắc cần hai người");
  await policy.check();
  await page.getByText("Đã lưu.").waitFor();
  await page.getByLabel("Gộp hai người làm một").click();
  await page.getByRole("alert").waitFor(); // it waits now itself
  await page.getByText("Chờ người khác quyết định").waitFor();
  await desk.passable();
  desk.faults.length = 0; // the answer that told so

  // Somebody else of the province, whom the administrator adds.
  const office = await page.evaluate(
    async () => (await (await fetch("/api/v1/session")).json()).office.id as string,
  );
  const admin = await sit("administrator", "/users");
  const link = await admin.page.evaluate(async (office) => {
    const send = (path: string, body: unknown) =>
      fetch("/api/v1" + path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    const user = { id: "tinh-hai", name: "Người Thứ Hai", role: "province", office, communes: [] };
    await send("/users", user);
    return (await (await send("/users/tinh-hai/links", { phone: false })).json()).path as string;
  }, office);
  const second = await at.open(null);
  await second.signIn(at.demo.url + link);
  await second.page.goto(at.demo.url + "/approvals");
  await second.page
    .getByText(/^Gộp hai người làm một$/)
    .and(second.page.locator("dt"))
    .waitFor();
  await second.page.getByRole("definition").filter({ hasText: "cần hai người" }).first().waitFor();
  await second.page.getByRole("button", { name: "Đồng ý" }).click();
  await second.page.getByRole("dialog").getByRole("button", { name: "Đồng ý" }).click();
  await second.page.getByText("Đã đồng ý; việc đã được thực hiện.").waitFor();
  await expect.poll(() => second.page.getByLabel("Gộp hai người làm một").isChecked()).toBe(true);
  await second.passable();
});

it("the audit tells who did what, filtered by the address, and is downloaded", async () => {
  const desk = await sit("province", "/audit?act=device.revoked");
  const { page } = desk;
  await page.getByRole("cell", { name: "Đổi trạng thái điện thoại" }).first().waitFor();
  await desk.passable();
  await page.getByRole("combobox", { name: /^Việc/ }).selectOption("session.begun");
  await page.getByRole("cell", { name: "Đăng nhập", exact: true }).first().waitFor();
  expect(new URL(page.url()).search).toBe("?act=session.begun");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Tải nhật ký" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("audit.jsonl");
  const narrow = await sit("province", "/audit", phoneScreen);
  await narrow.page.getByRole("cell").first().waitFor();
  await narrow.passable();
});
