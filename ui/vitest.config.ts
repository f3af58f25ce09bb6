import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [svelte({ configFile: here("svelte.config.js") })],
  resolve: {
    alias: {
      $shared: here("shared"),
      $messages: here("../messages"),
      $policy: here("../policy/wasm"),
    },
  },
  test: {
    include: ["{shared,desk,field}/**/*.test.ts"],
    environment: "node",
    // Keys made from PINs take their time, more where many tests run at once.
    testTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
