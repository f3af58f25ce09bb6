import { mergeConfig } from "vitest/config";
import e2e from "./vitest.e2e.config";

// What is timed in a browser: `make bench` prints it, and nothing fails by it.
export default mergeConfig(
  { ...e2e, test: { ...e2e.test, include: [] } },
  { test: { include: ["bench/**/*.ts"] } },
);
