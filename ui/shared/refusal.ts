import type { Params } from "./i18n/message";

/**
 * What the server refused: a code that has words in the catalogue `refusal`.
 * Status 0 is a request that did not reach the server.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly params: Params;

  constructor(status: number, code: string, params: Params = {}) {
    super(code || `HTTP ${status}`);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.params = params;
  }
}

/** Reads an answer of application/problem+json. A proxy may answer with a page; then the status says enough. */
export function refusalOf(status: number, body: unknown): Refusal {
  if (typeof body !== "object" || body === null) return new Refusal(status, "");
  const problem = body as { code?: unknown; params?: unknown };
  const params = typeof problem.params === "object" && problem.params ? problem.params : {};
  return new Refusal(
    status,
    typeof problem.code === "string" ? problem.code : "",
    params as Params,
  );
}
