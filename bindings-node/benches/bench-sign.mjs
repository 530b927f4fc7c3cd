// Signing and verifying in Node against npm `jose` and the primitives of node:crypto, in one process: medians of interleaved
// rounds.
//
//   node benches/bench-sign.mjs [--json FILE] [--seconds N]
//
// The payload is a JSON object of 300 bytes, the form a compact JWS. `node:crypto` is given the signing input and makes or checks
// the bare signature: no header, no base64url. Rows that end in "JSON" go from an object to a token over its canonical text and
// from the token back to an object; there the peer is `canonicalize` with `jose`. The table goes to standard output; FILE gets rows
// of {"document","peer","ns"}.
import assert from 'node:assert/strict';
import {
  createHmac, createPrivateKey, createPublicKey, createSecretKey, sign as cryptoSign, timingSafeEqual, verify as cryptoVerify,
} from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import canonicalize from 'canonicalize';
import { compactVerify, CompactSign, importJWK } from 'jose';
import { jws, SigningKey, Verifier } from 'samebyte';

const { values: options } = parseArgs({
  options: { json: { type: 'string' }, seconds: { type: 'string', default: '10' } },
});

/** How long one measurement lasts at least, in nanoseconds: short, so that all the work meets the same machine. */
const BATCH = 4_000_000;
/** An algorithm is measured for so many seconds (`--seconds`), and at least for so many rounds. */
const ROUNDS = 10;

const VALUE = {
  id: 'a1b2c3d4-0000-4000-8000-1234567890ab', display_name: 'Fermions', created_at: '2024-05-01T12:00:00Z', shots: 500, seed: 1234567890.5,
  instructions: [['fload', [0, 1], []], ['fhop', [0, 1, 2, 3], [0.785]], ['measure', [0], []]], owner: 'Grüße aus Köln', done: false,
};
VALUE.padding = 'x'.repeat(300 - Buffer.byteLength(canonicalize({ ...VALUE, padding: '' })));
const TEXT = canonicalize(VALUE);
const PAYLOAD = Buffer.from(TEXT);
assert.equal(PAYLOAD.length, 300);

const ECDSA = { dsaEncoding: 'ieee-p1363' };
const ALGORITHMS = { EdDSA: [null, {}], ES256K: ['sha256', ECDSA], ES256: ['sha256', ECDSA], RS256: ['sha256', {}], HS256: ['sha256'] };

/** The primitives of node:crypto with this key. */
function primitives(algorithm, key) {
  const [digest, parameters] = ALGORITHMS[algorithm];
  if (algorithm === 'HS256') {
    const secret = createSecretKey(Buffer.from(key.toJwk().k, 'base64url'));
    const sign = (message) => createHmac(digest, secret).update(message).digest();
    return { sign, verify: (message, signature) => timingSafeEqual(sign(message), signature) };
  }
  const secret = { key: createPrivateKey(key.toPem()), ...parameters };
  const open = { key: createPublicKey(key.publicKey.toPem()), ...parameters };
  return {
    sign: (message) => cryptoSign(digest, message, secret),
    verify: (message, signature) => cryptoVerify(digest, message, open, signature),
  };
}

/** The work with one algorithm: name of the row to the work of each peer. */
async function work(algorithm) {
  const key = SigningKey.generate(algorithm);
  const trusted = algorithm === 'HS256' ? key : key.publicKey;
  const verifier = new Verifier([trusted]);
  const token = jws.sign(TEXT, key);
  const end = token.lastIndexOf('.');
  const message = Buffer.from(token.slice(0, end));
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  const crypto = primitives(algorithm, key);
  assert.ok(crypto.verify(message, signature));
  assert.deepEqual(jws.verify(token, verifier).payload, PAYLOAD);

  const rows = {
    sign: { samebyte: () => jws.sign(TEXT, key), 'node:crypto': () => crypto.sign(message) },
    verify: { samebyte: () => jws.verify(token, verifier), 'node:crypto': () => crypto.verify(message, signature) },
    'sign JSON': { samebyte: () => jws.sign(VALUE, key, { canonicalize: 'ieee754' }) },
    'verify JSON': { samebyte: () => jws.verify(token, verifier).json() },
  };
  if (algorithm !== 'ES256K') {
    const secret = await importJWK(key.toJwk(), algorithm);
    const open = await importJWK(trusted.toJwk(), algorithm);
    const header = { alg: algorithm, kid: key.kid };
    const sign = (payload) => new CompactSign(payload).setProtectedHeader(header).sign(secret);
    await compactVerify(token, open);
    assert.deepEqual(jws.verify(await sign(PAYLOAD), verifier).payload, PAYLOAD);
    rows.sign.jose = () => sign(PAYLOAD);
    rows.verify.jose = () => compactVerify(token, open);
    rows['sign JSON'].jose = () => sign(Buffer.from(canonicalize(VALUE)));
    rows['verify JSON'].jose = async () => JSON.parse(Buffer.from((await compactVerify(token, open)).payload).toString());
  }
  return rows;
}

/** Nanoseconds per call. Only what is a promise is waited for. */
async function measure(call) {
  const start = process.hrtime.bigint();
  for (let calls = 1; ; calls++) {
    const made = call();
    if (made instanceof Promise) {
      await made;
    }
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

const results = [];
const cell = (value, digits) => (value === undefined ? ' – |' : ` ${value.toFixed(digits)} |`);
console.log('| work | samebyte µs | jose µs | node:crypto µs | jose: times as long | node:crypto: times as long |');
console.log(`|---|${'---:|'.repeat(5)}`);
for (const algorithm of Object.keys(ALGORITHMS)) {
  const rows = Object.entries(await work(algorithm)).map(([name, peers]) => ({ name: `${algorithm} ${name}`, peers, times: {} }));
  const end = performance.now() + 1000 * Number(options.seconds);
  for (let round = 0; round < 2 * ROUNDS || performance.now() < end; round++) {
    for (const { peers, times } of rows) {
      for (const [peer, call] of Object.entries(peers)) {
        (times[peer] ??= []).push(await measure(call));
      }
    }
  }
  for (const { name, times } of rows) {
    const medians = Object.fromEntries(Object.entries(times).map(([peer, all]) => [peer, median(all)]));
    const { samebyte: own, jose, 'node:crypto': crypto } = medians;
    const micro = (time) => cell(time && time / 1000, 2);
    console.log(`| ${name} |${micro(own)}${micro(jose)}${micro(crypto)}${cell(jose && jose / own, 1)}${cell(crypto && crypto / own, 1)}`);
    for (const [peer, time] of Object.entries(medians)) {
      results.push({ document: name, peer, ns: Math.round(time) });
    }
  }
}
if (options.json !== undefined) {
  writeFileSync(options.json, `[${results.map((row) => JSON.stringify(row)).join(',\n')}]\n`);
}
