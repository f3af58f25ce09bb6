/** What the desk asks of the server about users, phones, approvals and the audit. */
import { answer, client, type Schemas } from "./client";
import type { Sealed } from "./rescue";

export type Users = Schemas["UsersOutputBody"];
export type ManagedUser = Schemas["ManagedUser"];
export type UserFields = Schemas["UserFields"];
export type Device = Schemas["DeviceView"];
export type PhoneState = Schemas["PhoneState"];
export type DeviceState = "in_use" | "leaving" | "lost";
export type Apart = Schemas["ApartView"];
export type Decided = Schemas["PushResult"];
export type Approval = Schemas["ApprovalView"];
export type AuditPage = Schemas["AuditOutputBody"];

export async function users(): Promise<Users> {
  return await answer(client.GET("/api/v1/users"));
}

export async function addUser(id: string, fields: UserFields): Promise<void> {
  await answer(client.POST("/api/v1/users", { body: { id, ...fields } }));
}

const of = (user: string) => ({ params: { path: { user } } });

export async function changeUser(user: string, body: UserFields): Promise<void> {
  await answer(client.PUT("/api/v1/users/{user}", { ...of(user), body }));
}

/** Takes a user out of service or back; lost wipes the phones at once. */
export async function disableUser(user: string, disabled: boolean, lost: boolean): Promise<void> {
  await answer(
    client.POST("/api/v1/users/{user}/disabled", { ...of(user), body: { disabled, lost } }),
  );
}

/** A one-time link, as a path on this site. */
export async function linkFor(user: string, phone: boolean): Promise<Schemas["LinkOutputBody"]> {
  return await answer(client.POST("/api/v1/users/{user}/links", { ...of(user), body: { phone } }));
}

export async function endSessions(user: string): Promise<void> {
  await answer(client.DELETE("/api/v1/users/{user}/sessions", of(user)));
}

/** Brings a part of a phone's sealed records. */
export async function rescue(part: Sealed): Promise<Decided[]> {
  const body = { ...part, records: [...part.records] };
  return (await answer(client.POST("/api/v1/sync/rescue", { body }))).results;
}

export async function devices(): Promise<Device[]> {
  return (await answer(client.GET("/api/v1/devices"))).devices;
}

export async function markDevice(user: string, device: string, state: DeviceState): Promise<void> {
  await answer(
    client.PUT("/api/v1/users/{user}/devices/{device}", {
      params: { path: { user, device } },
      body: { state },
    }),
  );
}

export async function markOwnDevice(device: string, state: DeviceState): Promise<void> {
  await answer(
    client.PUT("/api/v1/account/devices/{device}", {
      params: { path: { device } },
      body: { state },
    }),
  );
}

export async function apart(): Promise<Apart[]> {
  return (await answer(client.GET("/api/v1/quarantine"))).entries;
}

/** Takes or drops what waits from a phone: all of it, or the entries named. */
export async function decideApart(
  user: string,
  device: string,
  take: boolean,
  entries: string[] = [],
): Promise<Decided[]> {
  const got = await answer(
    client.POST("/api/v1/users/{user}/devices/{device}/quarantine", {
      params: { path: { user, device } },
      body: { take, entries },
    }),
  );
  return got.results;
}

export async function approvals(): Promise<Approval[]> {
  return (await answer(client.GET("/api/v1/approvals"))).requests;
}

export async function decide(approval: string, approve: boolean, reason: string): Promise<void> {
  await answer(
    client.POST("/api/v1/approvals/{approval}", {
      params: { path: { approval } },
      body: { approve, reason },
    }),
  );
}

/** Which acts wait for a second person. */
export async function approvalActs(): Promise<Record<string, boolean>> {
  return (await answer(client.GET("/api/v1/settings/approvals"))).acts;
}

export async function setApprovalActs(acts: Record<string, boolean>): Promise<void> {
  await answer(client.PUT("/api/v1/settings/approvals", { body: { acts } }));
}

export type Account = { bank: string; number: string; holder?: string };

/** Where the people whom the caller's office enrols pay; null where that is not set. */
export async function collecting(): Promise<Account | null> {
  return (await answer(client.GET("/api/v1/settings/account"))).account ?? null;
}

export async function setCollecting(account: Account | null): Promise<void> {
  const body = account ? { account } : {};
  await answer(client.PUT("/api/v1/settings/account", { body }));
}

export type AuditQuery = {
  from?: string;
  to?: string;
  act?: string;
  actor?: string;
  subject?: string;
};
export type AuditOrder = "time" | "act" | "actor" | "subject";

export async function audit(
  query: AuditQuery & { order: AuditOrder; up: boolean },
  cursor: string,
  limit = 100,
): Promise<AuditPage> {
  return await answer(
    client.GET("/api/v1/audit", {
      params: { query: { ...query, limit, ...(cursor ? { cursor } : {}) } },
    }),
  );
}
