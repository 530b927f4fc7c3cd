'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const {
  canonicalize, card, config, document, job, jws, Keyset, PublicKey, receipt, result, SamebyteError, sha256, SigningKey, sqooler, Verifier,
} = require('samebyte');

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
  assert.equal(jws.verify(esm.jws.sign('a', key), new Keyset([key.publicKey])).payload.toString(), 'a');
  assert.throws(() => card.verify('{}', key.publicKey, 'sdk'), { code: 'card_unsigned' });
  const names = { displayName: 'a', jobId: 'b' };
  assert.throws(() => result.verify('{}', verifier, names), { code: 'result_malformed' });
  assert.throws(() => config.verify('{}', verifier, { displayName: 'a' }), { code: 'result_malformed' });
  assert.throws(() => sqooler.verifyResult('{}', key.publicKey, names), { code: 'document_unsigned' });
  assert.throws(() => receipt.verify('{}', key.publicKey), { code: 'receipt_malformed' });
});
