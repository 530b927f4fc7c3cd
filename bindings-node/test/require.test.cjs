'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { canonicalize, document, job, PublicKey, receipt, SamebyteError, sha256, SigningKey, Verifier } = require('samebyte');

test('every function and class works from CommonJS', async () => {
  assert.equal(canonicalize({ b: 1, a: [] }).toString(), '{"a":[],"b":1}');
  assert.equal(sha256('{}').length, 32);
  const key = SigningKey.generate('EdDSA');
  const type = 'application/x.test+json';
  // What CommonJS makes, ESM takes: there is one copy of the package.
  const esm = await import('samebyte');
  const verifier = new esm.Verifier([PublicKey.fromHex('EdDSA', key.publicKey.toHex())]);
  assert.ok(verifier instanceof Verifier);
  assert.deepEqual(document.verify(esm.document.sign({ a: 1 }, key, type), verifier, type).document, { a: 1 });
  assert.throws(() => job.signatories({}), (error) => error instanceof esm.SamebyteError && error instanceof SamebyteError);
  assert.throws(() => receipt.verify('{}', key.publicKey), { code: 'receipt_malformed' });
});
