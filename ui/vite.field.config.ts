import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import base from "./vite.config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The field app: everything that a phone needs for days without network.
export default defineConfig(
  mergeConfig(base, {
    root: here("field"),
    base: "./",
    publicDir: here("field/static"),
    build: { outDir: here("dist/field") },
    plugins: [
      VitePWA({
        strategies: "injectManifest",
        srcDir: ".",
        filename: "sw.ts",
        injectRegister: false,
        manifest: false, // static/manifest.webmanifest
        injectManifest: { globPatterns: ["**/*.{js,css,html,woff2,svg,png,webmanifest}"] },
      }),
    ],
  }),
);
