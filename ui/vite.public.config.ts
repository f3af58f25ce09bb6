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
    build: {
      outDir: here("dist/public"),
      rolldownOptions: {
        // The pages of the law are written by the server, which knows their
        // style sheet by this name.
        input: { index: here("public/index.html"), law: here("public/law.css") },
        output: {
          assetFileNames: (file: { names: string[] }) =>
            file.names.includes("law.css") ? "law.css" : "assets/[name]-[hash][extname]",
        },
      },
    },
  }),
);
