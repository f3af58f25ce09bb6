/** What becomes of records, as the outbox tells it: counted, set aside, mended elsewhere. */
import AxeBuilder from "@axe-core/playwright";
import type { Browser, Route } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Demo, launch } from "./desk";
import { consult, everythingSent, tab, take } from "./handset";

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  demo = await Demo.start();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

interface Entry {
  readonly author: string;
  readonly person?: { readonly name: string };
  readonly device_time: string;
  readonly happened_at?: string;
  readonly commune: string;
}

it("sets aside what came back, mends what was elsewhere, and tells what is counted", async () => {
  const page = await take(demo, browser, "cb-bac-ha-05");
  const barriers = async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    return violations.map(
      (v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(" | ")}`,
    );
  };
  const first = page.waitForResponse("**/api/v1/sync/push");
  await consult(page, "Mô phỏng Tính");
  const { epoch } = (await (await first).json()) as { epoch: string };
  await everythingSent(page);
  await page.route("**/api/v1/sync/push", async (route: Route) => {
    const { entries } = JSON.parse(
      await new Response(
        new Blob([new Uint8Array(route.request().postDataBuffer() ?? [])])
          .stream()
          .pipeThrough(new DecompressionStream("gzip")),
      ).text(),
    ) as { entries: { id: string }[] };
    // As the server answers of a plan that has changed; nothing reaches it.
    return route.fulfill({
      json: {
        epoch,
        received: new Date().toISOString(),
        results: entries.map(({ id }) => ({ id, status: "refused", code: "entry.value" })),
      },
    });
  });
  await consult(page, "Mô phỏng Riêng");
  await consult(page, "Mô phỏng Nơi");
  await page.getByText("2 bản ghi bị trả lại, cần sửa").waitFor();
  await page.unroute("**/api/v1/sync/push");
  await tab(page, "Gửi");

  const aside = page.getByRole("listitem").filter({ hasText: "Mô phỏng Riêng" });
  await aside.getByRole("button", { name: "Để riêng" }).click();
  await aside.getByRole("button", { name: "Để riêng" }).click();
  await aside.getByText("Ghi lý do.").waitFor();
  await aside.getByLabel("Vì sao không gửi bản ghi này nữa?").fill("ghi nhầm người");
  expect(await barriers()).toEqual([]);
  await aside.getByRole("button", { name: "Để riêng" }).click();
  await aside.getByText("Lý do: ghi nhầm người").waitFor();
  await page.getByRole("heading", { name: "1 để riêng" }).waitFor();

  const elsewhere = page.getByRole("listitem").filter({ hasText: "Mô phỏng Nơi" });
  await elsewhere.getByRole("button", { name: "Sửa" }).click();
  await page.getByText("Đợt, hoạt động, nơi").click();
  const commune = page.getByLabel("Xã, phường nơi diễn ra");
  const codes = await commune
    .locator("option")
    .evaluateAll((all) => all.map((o) => (o as HTMLOptionElement).value));
  const other = codes.at(-1) ?? "";
  await commune.selectOption(other);
  expect(await barriers()).toEqual([]);
  await page.getByRole("button", { name: "Lưu" }).click();
  await everythingSent(page);
  await page.getByRole("button", { name: "Gửi ngay" }).click();
  await page.getByText("Đã tính").first().waitFor();
  expect(await barriers()).toEqual([]);
  const shots = process.env["SHOTS"];
  if (shots) await page.screenshot({ path: `${shots}/outbox.png`, fullPage: true });

  const lines = (await demo.command("export", "entries")).trim().split("\n");
  const mine = lines
    .map((line) => (JSON.parse(line) as { entry: Entry }).entry)
    .filter((e) => e.author === "cb-bac-ha-05" && e.person?.name?.startsWith("Mô phỏng"));
  const mended = mine.find((e) => e.person?.name === "Mô phỏng Nơi");
  expect(mine.map((e) => e.person?.name).filter((n) => n === "Mô phỏng Riêng")).toEqual([]);
  expect(mended?.commune).toBe(other);
  expect(Date.parse(mended?.happened_at ?? "")).toBeLessThan(Date.parse(mended?.device_time ?? ""));
  await page.context().close();
}, 120_000);
