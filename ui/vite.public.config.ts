import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vite";
import base from "./vite.config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The public pages: what anybody may open, kept for use without network.
export default defineConfig(
  mergeConfig(base, {
    root: here("public"),
    base: "./",
    publicDir: here("public/static"),
    build: { outDir: here("dist/public") },
  }),
);
