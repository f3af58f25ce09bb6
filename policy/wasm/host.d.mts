/** The types of host.mjs. */
export interface Policy {
  bytes(question: Uint8Array): Uint8Array;
  ask(question: object): unknown;
}
export function load(
  module: WebAssembly.Module,
  files: readonly string[],
): Promise<Policy>;
