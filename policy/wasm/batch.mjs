// Answers JSON Lines, as caunoi quote --batch does; the test of the three hosts
// compares the two. With --bench it prints how long it took.
//
//	node batch.mjs policy.wasm parameters.json… < questions
import { readFileSync, writeSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { load } from "./host.mjs";

const [bench, wasm, ...files] =
  process.argv[2] === "--bench"
    ? process.argv.slice(2)
    : ["", ...process.argv.slice(2)];
const lines = readFileSync(0, "utf8").split("\n").filter(Boolean);
const questions = lines.map((line) => new TextEncoder().encode(line));
const code = readFileSync(wasm);
const texts = files.map((file) => readFileSync(file, "utf8"));

const start = performance.now();
const policy = await load(await WebAssembly.compile(code), texts);
policy.bytes(questions[0]);
const ready = performance.now() - start;

if (bench) {
  for (const question of questions) policy.bytes(question); // warm
  const from = performance.now();
  for (const question of questions) policy.bytes(question);
  const seconds = (performance.now() - from) / 1000;
  console.log(
    JSON.stringify({
      ready_ms: Math.round(ready),
      per_second: Math.round(questions.length / seconds),
    }),
  );
} else {
  const answers = questions.map(
    (question) => Buffer.from(policy.bytes(question)).toString() + "\n",
  );
  let out = Buffer.from(answers.join(""));
  while (out.length) out = out.subarray(writeSync(1, out));
}
