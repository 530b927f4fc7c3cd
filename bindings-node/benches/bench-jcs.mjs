// Canonicalization in Node against npm `canonicalize`, in one run: medians of interleaved rounds.
//
//   node benches/bench-jcs.mjs DIRECTORY [--json FILE] [--seconds N]
//
// DIRECTORY holds the documents (`cargo bench -p samebyte --bench jcs -- --documents DIRECTORY`). The table goes to standard
// output; FILE gets rows of {"document","bytes","peer","ns"}.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

import peer from 'canonicalize';
import { canonicalize } from 'samebyte';

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, seconds: { type: 'string', default: '6' } },
});
if (positionals.length !== 1) {
  console.error('usage: bench-jcs.mjs DIRECTORY [--json FILE] [--seconds N]');
  process.exit(2);
}

/** How long one measurement lasts at least, in nanoseconds: short, so that all the work meets the same machine. */
const BATCH = 4_000_000;
/** A document is measured for so many seconds (`--seconds`), and at least for so many rounds. */
const ROUNDS = 5;

const WORK = [
  ['samebyte (buffer)', ({ bytes }) => canonicalize(bytes)],
  ['JSON.parse + canonicalize', ({ bytes }) => Buffer.from(peer(JSON.parse(bytes.toString())))],
  ['samebyte (string)', ({ text }) => canonicalize(text)],
  ['samebyte (object)', ({ value }) => canonicalize(value)],
  ['canonicalize (object)', ({ value }) => Buffer.from(peer(value))],
  ['JSON.stringify (object, not RFC 8785)', ({ value }) => Buffer.from(JSON.stringify(value))],
];

/** Nanoseconds per call. */
function measure(work, input) {
  const start = process.hrtime.bigint();
  for (let calls = 1; ; calls++) {
    work(input);
    const spent = Number(process.hrtime.bigint() - start);
    if (spent >= BATCH) {
      return spent / calls;
    }
  }
}

/** The middle of the rounds, of which the first half is a warm-up. */
function median(times) {
  const warm = times.slice(times.length >> 1).sort((a, b) => a - b);
  return warm[warm.length >> 1];
}

const [directory] = positionals;
const documents = readdirSync(directory)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name: basename(name, '.json'), bytes: readFileSync(join(directory, name)) }))
  .sort((a, b) => a.bytes.length - b.bytes.length);

const rows = [];
console.log(`| document | bytes |${WORK.map(([name]) => ` ${name} µs |`).join('')} buffer: times faster | object: times faster |`);
console.log(`|---|---:|${'---:|'.repeat(WORK.length + 2)}`);
for (const { name, bytes } of documents) {
  const text = bytes.toString();
  const input = { bytes, text, value: JSON.parse(text) };
  const expected = Buffer.from(peer(input.value));
  for (const [peerName, work] of WORK.slice(0, 5)) {
    if (!work(input).equals(expected)) {
      throw new Error(`${peerName} writes other bytes for ${name}`);
    }
  }
  const times = WORK.map(() => []);
  const end = performance.now() + 1000 * Number(options.seconds);
  for (let round = 0; round < 2 * ROUNDS || performance.now() < end; round++) {
    for (const [index, [, work]] of WORK.entries()) {
      times[index].push(measure(work, input));
    }
  }
  const medians = times.map(median);
  const [buffer, parsed, , object, theirs] = medians;
  const cells = medians.map((time) => ` ${(time / 1000).toFixed(2)} |`).join('');
  console.log(`| ${name} | ${bytes.length} |${cells} ${(parsed / buffer).toFixed(1)} | ${(theirs / object).toFixed(1)} |`);
  for (const [index, [peerName]] of WORK.entries()) {
    rows.push({ document: name, bytes: bytes.length, peer: peerName, ns: Math.round(medians[index]) });
  }
}
if (options.json !== undefined) {
  writeFileSync(options.json, `[${rows.map((row) => JSON.stringify(row)).join(',\n')}]\n`);
}
