import { defineConfig } from "vitest/config";
import e2e from "./vitest.e2e.config";

// What is timed in a browser: `make bench` prints it.
export default defineConfig({ ...e2e, test: { ...e2e.test, include: ["bench/**/*.ts"] } });
