/**
 * Requests to the server. What the server refuses becomes a Refusal, whose
 * code has words in the catalogue `refusal`; what does not reach the server
 * becomes one of status 0.
 */
import type { Params } from "./i18n/message";

export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly params: Params;

  constructor(status: number, code: string, params: Params = {}, title = "") {
    super(title || code || `HTTP ${status}`);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.params = params;
  }
}

type Problem = { title?: string; code?: string; params?: Params };

async function refusalOf(response: Response): Promise<Refusal> {
  let problem: Problem = {};
  try {
    problem = (await response.json()) as Problem;
  } catch {
    // A proxy may answer with a page; the status says enough.
  }
  return new Refusal(response.status, problem.code ?? "", problem.params, problem.title);
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refusal(0, "");
  }
  if (!response.ok) throw await refusalOf(response);
  return response;
}

export type Query = Record<string, string | number | undefined>;

/** A path with those of the parameters that say something. */
export function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const headers = { Accept: "application/json" };
  const response = await send(path, { headers, ...(signal && { signal }) });
  return (await response.json()) as T;
}

/** Opens a live stream; the answer's body goes on for ever. */
export function open(path: string, signal: AbortSignal): Promise<Response> {
  return send(path, { headers: { Accept: "text/event-stream" }, signal, cache: "no-store" });
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await send(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Caunoi": "1" },
    body: JSON.stringify(body),
  });
  return (await response.json()) as T;
}

export async function remove(path: string): Promise<void> {
  await send(path, { method: "DELETE", headers: { "X-Caunoi": "1" } });
}
