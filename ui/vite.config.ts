import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The page runs under a policy that allows files of its own host only, so
// nothing may be inlined into the HTML or the style sheets.
export default defineConfig({
  root: here("desk"),
  plugins: [svelte({ configFile: here("svelte.config.js") })],
  resolve: {
    alias: {
      $shared: here("shared"),
      $messages: here("../messages"),
      $policy: here("../policy/wasm"),
    },
  },
  server: {
    fs: { allow: [here(".."), here(".")] },
    proxy: { "/api": process.env["CAUNOI_API"] ?? "http://127.0.0.1:8080" },
  },
  build: {
    outDir: here("dist/desk"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    cssTarget: ["chrome109", "firefox115", "safari16"],
  },
});
