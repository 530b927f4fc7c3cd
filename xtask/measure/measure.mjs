// Canonicalizes files and says how long one call takes; see README.md.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { canonicalize, SamebyteError } = createRequire(import.meta.url)("../../bindings-node");

/** The fastest of 15 rounds. */
function nanoseconds(text) {
  const now = process.hrtime.bigint;
  let start = now();
  let calls = 0;
  do {
    canonicalize(text);
    calls += 1;
  } while (now() - start < 10_000_000n);
  calls = Math.ceil(calls / 5);
  const rounds = [];
  for (let round = 0; round < 15; round += 1) {
    start = now();
    for (let i = 0; i < calls; i += 1) canonicalize(text);
    rounds.push(Math.round(Number(now() - start) / calls));
  }
  return Math.min(...rounds);
}

for (const path of process.argv.slice(2)) {
  const text = readFileSync(path);
  try {
    const hex = Buffer.from(canonicalize(text)).toString("hex");
    console.log(JSON.stringify({ hex, nanoseconds: nanoseconds(text) }));
  } catch (error) {
    if (!(error instanceof SamebyteError)) throw error;
    console.log(JSON.stringify({ code: error.code }));
  }
}
