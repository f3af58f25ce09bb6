/** Makes the demo's data once; each file of tests gets a copy of it (desk.ts). */
import { rm } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import { Demo } from "./desk";

declare module "vitest" {
  interface ProvidedContext {
    demo: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await Demo.make();
  project.provide("demo", folder);
  return () => rm(folder, { recursive: true, force: true });
}
