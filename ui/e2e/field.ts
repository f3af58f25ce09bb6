import type { Page } from "playwright-core";

/**
 * An enrolment as a campaigner's phone writes it: a person new to health
 * insurance, of a commune of the campaigner's office.
 */
export function writeEnrolment(page: Page, campaign: string): Promise<object> {
  return page.evaluate(async (campaign) => {
    const ask = async (path: string) => (await fetch(path)).json();
    const me = await ask("/api/v1/session");
    const board = await ask(`/api/v1/campaigns/${campaign}/board`);
    const commune = board.communes.find((c: { office: string }) => c.office === me.office.id);
    const now = new Date();
    const random = crypto.randomUUID();
    const time = now.getTime().toString(16).padStart(12, "0");
    return {
      device: "e2e-phone",
      sent_at: now.toISOString(),
      entries: [
        {
          id: `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`,
          kind: "enrolment",
          v: 1,
          campaign,
          office: me.office.id,
          commune: commune.code,
          author: me.id,
          device: "e2e-phone",
          seq: 1,
          device_time: now.toISOString(),
          person: {
            name: "Người thử nghiệm",
            citizen: `01${String(now.getTime()).slice(-10)}`,
            commune: commune.code,
          },
          body: { scheme: "household_hi", stage: "paid", prior: "none", months: 12 },
        },
      ],
    };
  }, campaign);
}

/** Sends what a phone wrote. */
export function push(page: Page, batch: object): Promise<{ status: string }[]> {
  return page.evaluate(async (batch) => {
    const response = await fetch("/api/v1/sync/push", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Caunoi": "1" },
      body: JSON.stringify(batch),
    });
    const answer = await response.json();
    return answer.results ?? [answer];
  }, batch);
}

export const pushEnrolment = async (page: Page, campaign: string) =>
  push(page, await writeEnrolment(page, campaign));
