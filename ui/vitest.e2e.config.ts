import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests in a real browser against the real binary; CAUNOI_BIN names it.
export default defineConfig({
  resolve: { alias: { $shared: fileURLToPath(new URL("shared", import.meta.url)) } },
  test: {
    globalSetup: "e2e/setup.ts",
    include: ["e2e/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } }, // also where much else is done
    maxWorkers: 2, // each file has a server of its own
    isolate: false, // and nothing else that another could find
  },
});
