import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, sign as cryptoSign, verify as cryptoVerify } from 'node:crypto';
import { test } from 'node:test';

import peer from 'canonicalize';
import { config, PublicKey, result, SigningKey, sqooler, Verifier } from 'samebyte';

import { read, refused } from './support.mjs';

const key = (name) => SigningKey.fromJwk(read(`conformance-vectors/keys/${name}.jwk`));
const ed1 = key('ed25519-1');
const ed2 = key('ed25519-2');
const k1 = key('secp256k1-1');

const NAMES = { displayName: 'fermions', jobId: 'job-1' };
const RESULT = { display_name: 'fermions', job_id: 'job-1', payload: { header: {}, status: 'Grüße 😀', results: [1, 2.5, null] } };
const CONFIG = { display_name: 'fermions', payload: { num_wires: 8, gates: ['fload'] } };

/** The DSSE pre-authentication encoding, from its definition. */
function encoding(type, value) {
  const body = Buffer.from(peer(value));
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${body.length} `), body]);
}

for (const [noun, api, value, names, type] of [
  ['result', result, RESULT, NAMES, 'application/vnd.samebyte.result.v1+json'],
  ['config', config, CONFIG, { displayName: 'fermions' }, 'application/vnd.samebyte.config.v1+json'],
]) {
  test(`a ${noun}: signed, verified, refused`, () => {
    const signed = api.sign(api.sign(value, ed1), k1);
    assert.ok(Buffer.isBuffer(signed));
    for (const input of [value, JSON.stringify(value), Buffer.from(JSON.stringify(value, null, 1))]) {
      assert.deepEqual(api.sign(api.sign(input, ed1), k1), signed);
    }
    for (const input of [signed, signed.toString(), JSON.parse(signed)]) {
      const verified = api.verify(input, new Verifier([ed1.publicKey, k1.publicKey], { threshold: 2 }), names);
      assert.deepEqual(verified[noun], value);
      assert.equal(verified.canonical.toString(), peer(value));
      assert.deepEqual(verified.signatures.map(({ alg, kid, verified: good }) => [alg, kid, good]), [
        ['EdDSA', ed1.kid, true],
        ['ES256K', k1.kid, true],
      ]);
    }
    assert.deepEqual(api.verify(signed, k1.publicKey, names)[noun], value);
    refused('signature_unknown', () => api.verify(signed, ed2.publicKey, names));
    refused('display_name_mismatch', () => api.verify(signed, ed1.publicKey, { ...names, displayName: 'bosons' }));
    refused('signature_verification_failed', () => api.verify({ ...JSON.parse(signed), more: 1 }, ed1.publicKey, names));
    refused('document_unsigned', () => api.verify(value, ed1.publicKey, names));
    refused('duplicate_signer', () => api.sign(signed, ed1));
    refused('result_malformed', () => api.sign({ ...value, display_name: 5 }, ed1));
    refused('invalid_argument', () => api.verify(signed, ed1.publicKey, {}));
    refused('invalid_argument', () => api.verify(signed, ed1.publicKey));
    refused('unknown_option', () => api.verify(signed, ed1.publicKey, { ...names, display_name: 'fermions' }));
  });

  test(`a ${noun}: node:crypto verifies ours, and ours verifies that of node:crypto`, () => {
    const message = encoding(type, value);
    const [{ sig, kid }] = JSON.parse(api.sign(value, ed1)).signatures;
    assert.ok(cryptoVerify(null, message, createPublicKey(ed1.publicKey.toPem()), Buffer.from(sig, 'base64url')));
    const theirs = cryptoSign(null, message, createPrivateKey(ed1.toPem())).toString('base64url');
    const signed = { ...value, signatures: [{ alg: 'EdDSA', kid, sig: theirs }] };
    assert.deepEqual(api.verify(signed, ed1.publicKey, names)[noun], value);
  });
}

test('a result of another job', () => {
  const signed = result.sign(RESULT, ed1);
  refused('job_id_mismatch', () => result.verify(signed, ed1.publicKey, { ...NAMES, jobId: 'job-2' }));
  refused('invalid_argument', () => result.verify(signed, ed1.publicKey, { displayName: 'fermions' }));
});

test('files of sqooler', () => {
  // Order of members and spelling of numbers are those of its own JSON writer.
  const text = '{"display_name": "fermions", "job_id": "job-1", "z": 1.0, "a": [2, "\\u00fc"]}';
  const file = sqooler.sign(text, ed1);
  const verified = sqooler.verifyResult(file, ed1.publicKey, NAMES);
  assert.deepEqual(verified.payload, JSON.parse(text));
  assert.deepEqual(JSON.parse(verified.text), verified.payload);
  assert.ok(verified.text.indexOf('"z"') < verified.text.indexOf('"a"'));
  assert.deepEqual(sqooler.verifyConfig(Buffer.from(file), ed1.publicKey, { displayName: 'fermions' }).text, verified.text);
  refused('job_id_mismatch', () => sqooler.verifyResult(file, ed1.publicKey, { ...NAMES, jobId: 'other' }));
  refused('signature_unknown', () => sqooler.verifyResult(file, ed2.publicKey, NAMES));
  refused('display_name_mismatch', () => sqooler.verifyConfig(file, ed1.publicKey, { displayName: 'other' }));
  refused('algorithm_unsupported', () => sqooler.sign(text, k1));
  refused('invalid_argument', () => sqooler.sign(RESULT, ed1));
  refused('invalid_argument', () => sqooler.verifyResult(JSON.parse(file), ed1.publicKey, NAMES));
});

test('keys of sqooler', () => {
  const jwk = sqooler.signingKeyJwk(ed1);
  const padded = (text) => `${text}=`;
  const expected = { x: padded(ed1.toJwk().x), key_ops: 'sign', kid: ed1.kid, d: padded(ed1.toJwk().d), kty: 'OKP', alg: 'EdDSA', crv: 'Ed25519' };
  assert.deepEqual(JSON.parse(jwk), expected);
  for (const input of [jwk, expected, Buffer.from(jwk)]) {
    assert.ok(sqooler.signingKey(input) instanceof SigningKey);
    assert.deepEqual(sqooler.signingKey(input).toJwk(), ed1.toJwk());
  }
  const open = sqooler.publicKeyJwk(ed1.publicKey);
  assert.deepEqual(JSON.parse(open), { ...expected, key_ops: 'verify', d: null });
  assert.ok(sqooler.publicKey(open) instanceof PublicKey);
  assert.deepEqual(sqooler.publicKey(open).toJwk(), ed1.publicKey.toJwk());
  refused('algorithm_unsupported', () => sqooler.signingKeyJwk(k1));
  refused('algorithm_unsupported', () => sqooler.publicKeyJwk(k1.publicKey));
  refused('invalid_argument', () => sqooler.publicKeyJwk(ed1));
});
