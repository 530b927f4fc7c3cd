import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { canonicalize, Client, CODES, document, Gateway, job, SamebyteError, SigningKey, Verifier } from 'samebyte';
import { samebyte } from 'samebyte/fetch';

import { JOB, read, refused } from './support.mjs';

const require = createRequire(import.meta.url);
const { native } = require('../dist/native.js');
const { unwrap } = require('../dist/error.js');
const { DEFAULT_BOUNDS } = require('../dist/input.js');

test('codes are those of the table', () => {
  const rows = JSON.parse(read('conformance-vectors/codes.json'));
  const table = Object.fromEntries(
    rows.map(({ name, number, kind, http_status: httpStatus }) => [name, { number, kind, httpStatus }]),
  );
  assert.deepEqual({ ...CODES }, table);
});

test('an error is an Error with code, kind and detail', () => {
  const error = refused('invalid_json', () => canonicalize('[1,'));
  assert.ok(error instanceof Error);
  assert.equal(error.name, 'SamebyteError');
  assert.equal(error.kind, 'malformed');
  assert.equal(error.detail.offset, 3);
  assert.match(error.stack, /^SamebyteError: .*\n(.*\n)* +at canonicalize /);
  assert.match(inspect(error), /code: 'invalid_json'/);
});

// One error of each kind that is thrown for input; `internal` has a test of its own, and `replayed` is the answer to a request.
const TYPE = 'application/x.test+json';
const key = SigningKey.generate('EdDSA');
const policy = { signers: [{ principal: 'a', keys: [key.publicKey.toHex()] }], threshold: 1 };
const KINDS = {
  usage: () => canonicalize(undefined),
  malformed: () => canonicalize('{'),
  rejected: () => document.verify({}, new Verifier([key.publicKey]), TYPE),
  untrusted: () => document.verify(document.sign({}, SigningKey.generate('EdDSA'), TYPE), new Verifier([key.publicKey]), TYPE),
  limit: () => canonicalize('[[]]', { maxDepth: 1 }),
  expired: () => job.authorize(job.sign({ ...JOB, expires_at: '2024-01-02T00:00:00Z' }, key), policy),
};

for (const [kind, call] of Object.entries(KINDS)) {
  test(`an error of kind ${kind}`, () => {
    assert.throws(call, (error) => error instanceof SamebyteError && error.kind === kind && CODES[error.code].kind === kind);
  });
}

test('an answer of kind replayed, and no kind without a case', async (context) => {
  const url = 'https://replayed.example/';
  const trust = { keys: [key.publicKey.toJwk()] };
  const gateway = new Gateway({ publicOrigins: ['https://replayed.example'], preset: 'dev', trust });
  context.after(() => gateway.close());
  const handler = samebyte(gateway, () => new Response('done'));
  const { name, value } = new Client(key).sign({ method: 'GET', url });
  assert.equal((await handler(new Request(url, { headers: { [name]: value } }))).status, 200);
  const again = await handler(new Request(url, { headers: { [name]: value } }));
  const { error } = await again.json();
  assert.deepEqual([error, CODES[error].kind, CODES[error].httpStatus], ['replay_detected', 'replayed', again.status]);
  const kinds = new Set(Object.values(CODES).map(({ kind }) => kind));
  assert.deepEqual(kinds, new Set([...Object.keys(KINDS), 'internal', 'replayed']));
});

const panics = native.testPanic !== undefined;
test('a fault inside the core arrives as internal', { skip: panics ? false : 'built without test-operations' }, () => {
  for (let count = 0; count < 3; count++) {
    const error = refused('internal', () => unwrap(native.testPanic()));
    assert.ok(!error.message.includes('boom'));
  }
  assert.equal(canonicalize('[ ]').toString(), '[]');
});

test('broken streams of tokens are internal errors, not faults of memory', () => {
  const pool = Buffer.alloc(64);
  const call = (bytes, length = bytes.length) =>
    unwrap(native.jcsCanonicalize(Buffer.from(bytes), length, 1, pool, 0));
  assert.equal(call([2]), 4);
  for (const bytes of [[3], [4, 0], [5], [5, 3, 0x61], [5, 1, 0xff], [6, 255, 255, 255, 255], [13], [255]]) {
    refused('internal', () => call(bytes));
  }
  for (const bytes of [[], [9], [10], [9, 12], [11, 2], [1, 1], [7, 1, 0x61]]) {
    refused('invalid_argument', () => call(bytes));
  }
  refused('internal', () => call([2], 2));
  refused('internal', () => unwrap(native.jcsCanonicalize(Buffer.from('1'), 1, 2, pool, 0)));
});

test('a pool that is full leaves the output to a buffer of its own', () => {
  const call = (pool, offset) => native.jcsCanonicalize(Buffer.from('[1]'), 3, 0, pool, offset);
  const pool = Buffer.alloc(4, '.');
  assert.equal(call(pool, 1), 3);
  assert.equal(pool.toString(), '.[1]');
  for (const offset of [2, 4, 5, 0xffffffff]) {
    assert.equal(call(pool, offset).toString(), '[1]');
  }
  assert.throws(() => call(new ArrayBuffer(8), 0));
});

test('handles of one kind are not taken for another', () => {
  const handle = unwrap(native.keyGenerate('EdDSA'));
  assert.equal(typeof native.publicKeyKid(unwrap(native.keyPublic(handle))), 'string');
  for (const other of [handle, {}, null, 1]) {
    assert.throws(() => native.publicKeyKid(other));
  }
});

test('the limits of values are the defaults of the core', () => {
  const bytes = (text) => Buffer.from(text);
  const { maxDepth, maxBytes } = DEFAULT_BOUNDS;
  canonicalize(bytes('['.repeat(maxDepth) + ']'.repeat(maxDepth)));
  refused('too_deep', () => canonicalize(bytes('['.repeat(maxDepth + 1) + ']'.repeat(maxDepth + 1))));
  canonicalize(bytes(`"${'x'.repeat(maxBytes - 2)}"`));
  refused('too_large', () => canonicalize(bytes(`"${'x'.repeat(maxBytes - 1)}"`)));
});
