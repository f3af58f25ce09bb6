// Packs what was built, so that the server sends each file in the best form
// that a browser takes: a phone on 2G gets a quarter of the bytes.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const packed = /\.(js|css|html|svg|json|webmanifest)$/;

for (const app of ["desk", "public", "field"]) {
  const folder = new URL(`./dist/${app}/`, import.meta.url);
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!packed.test(name)) continue;
    const file = new URL(name, folder);
    const bytes = readFileSync(file);
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    writeFileSync(`${file.pathname}.br`, brotliCompressSync(bytes, { params }));
    writeFileSync(`${file.pathname}.gz`, gzipSync(bytes, { level: 9 }));
  }
}
