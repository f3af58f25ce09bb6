/**
 * How a page talks to the server: typed by the schema that the server's code
 * generates. What it refuses, or what does not reach it, is thrown as a Refusal.
 */
import createClient from "openapi-fetch";
import type { components, paths } from "./api.gen";
import { Refusal, refusalOf } from "./refusal";

export type Schemas = components["schemas"];

/** Set by the page: asks who sits there to prove who they are; whether they did. */
export const proof: { ask: (() => Promise<boolean>) | null } = { ask: null };

/**
 * Sends a request in the language of the page, not in the browser's: the server
 * says in words what it refuses row by row.
 */
export function spoken(request: Request): Promise<Response> {
  request.headers.set("Accept-Language", globalThis.document?.documentElement.lang || "vi");
  return fetch(request);
}

/** Sends a request, and once more when the server wants a fresh proof and got one. */
export async function send(request: Request): Promise<Response> {
  // What the server words is in the language of the page, not of the browser.
  request.headers.set("Accept-Language", document.documentElement.lang);
  const again = proof.ask && request.clone();
  const response = await spoken(request);
  if (response.status !== 403 || !again || !proof.ask) return response;
  const problem = (await response
    .clone()
    .json()
    .catch(() => null)) as { code?: string } | null;
  if (problem?.code !== "session.stepup" || !(await proof.ask())) return response;
  return await spoken(again);
}

export const client = createClient<paths>({
  fetch: send,
  credentials: "same-origin",
  headers: { "X-Caunoi": "1" },
});

/** The answer of a request, or what stands in its way. */
export async function answer<T>(
  request: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  let result: { data?: T; error?: unknown; response: Response };
  try {
    result = await request;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refusal(0, "");
  }
  if (!result.response.ok) throw refusalOf(result.response.status, result.error);
  return result.data as T;
}
