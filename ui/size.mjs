// What a phone loads, in bytes as they travel (brotli where the server has it),
// beside its budget; leaves with 1 above one.
import { readdirSync, readFileSync, statSync } from "node:fs";

const dist = new URL("./dist/", import.meta.url);
const bytes = (name) => {
  for (const packed of [`${name}.br`, name]) {
    const stat = statSync(new URL(packed, dist), { throwIfNoEntry: false });
    if (stat) return stat.size;
  }
  throw new Error(`${name} was not built`);
};
const sum = (names) => names.reduce((n, name) => n + bytes(name), 0);

/** The scripts and styles that a page names, and what these import at once. */
function initial(app, ending) {
  const page = readFileSync(new URL(`${app}/index.html`, dist), "utf8");
  const found = [...page.matchAll(/(?:src|href)="\.?\/(assets\/[^"]+)"/g)].map((m) => m[1]);
  return found.filter((name) => name.endsWith(ending)).map((name) => `${app}/${name}`);
}

/** The reader of QR codes, which phones fetch after everything else. */
function scanner(app) {
  const names = readdirSync(new URL(`${app}/assets/`, dist));
  return names
    .filter((name) => name.includes("zxing_reader"))
    .map((name) => `${app}/assets/${name}`);
}

/** Everything that the service worker keeps at the first visit. */
function kept(app) {
  const manifest = readFileSync(new URL(`${app}/sw.js`, dist), "utf8");
  return [...manifest.matchAll(/"?url"?:"([^"]+)"/g)].map((m) => `${app}/${m[1]}`);
}

const rows = [
  ["policy.wasm", sum(["policy.wasm"]), 560_000],
  ["desk, first script", sum(initial("desk", ".js")), 120_000],
  ["calculator, first script", sum(initial("public", ".js")), 60_000],
  ["field, first script", sum(initial("field", ".js")), 120_000],
  ["field, first style", sum(initial("field", ".css")), 10_000],
  ["field, kept for use without network", sum(kept("field")), 700_000],
  ["field, scanner, kept after that", sum(scanner("field")), 500_000],
];

let over = false;
for (const [what, n, most] of rows) {
  if (!n) throw new Error(`${what}: nothing was found`);
  over ||= n > most;
  const budget = `${n.toLocaleString("en").padStart(9)} of ${most.toLocaleString("en").padStart(9)}`;
  console.log(`${n > most ? "!" : " "} ${budget}  ${what}`);
}
process.exit(Number(over));
