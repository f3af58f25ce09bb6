import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * `import url from "FILE?packed"`: the file in gzip, as a file of its own that the
 * page unpacks. A download of it that was cut goes on where it was, which one
 * that the server packs on the way does not.
 */
function packed(): Plugin {
  const mark = "?packed";
  return {
    name: "packed",
    enforce: "pre",
    async resolveId(source, importer) {
      if (!source.endsWith(mark)) return null;
      const file = await this.resolve(source.slice(0, -mark.length), importer);
      return file && `${file.id}${mark}`;
    },
    load(id) {
      if (!id.endsWith(mark)) return null;
      const file = id.slice(0, -mark.length);
      const name = `${file.split("/").at(-1) ?? ""}.packed`;
      const source = gzipSync(readFileSync(file), { level: 9 });
      const emitted = this.emitFile({ type: "asset", name, source });
      return `export default import.meta.ROLLUP_FILE_URL_${emitted};`;
    },
  };
}

/**
 * The calendar scrolls to its hour a tick after it was drawn. Whoever has left
 * by then has nothing to scroll.
 */
function leavable(): Plugin {
  const scrolls = "function scrollToTime() {";
  return {
    name: "leavable",
    enforce: "pre",
    transform(code, id) {
      if (!/event-calendar.*(time-grid|resource-timeline)\/View\.svelte$/.test(id)) return null;
      if (!code.includes(scrolls)) this.error(`${id} scrolls otherwise; see leavable`);
      return { code: code.replace(scrolls, `${scrolls} if (!mainEl) return;`), map: null };
    },
  };
}

// The page runs under a policy that allows files of its own host only, so
// nothing may be inlined into the HTML or the style sheets.
export default defineConfig({
  root: here("desk"),
  plugins: [svelte({ configFile: here("svelte.config.js") }), packed(), leavable()],
  worker: { format: "es" },
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
