import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, sign as cryptoSign, verify as cryptoVerify } from 'node:crypto';
import { test } from 'node:test';

import { ed25519 } from '@noble/curves/ed25519.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import peer from 'canonicalize';
import { document, job, PublicKey, receipt, SigningKey, Verifier } from 'samebyte';

import { JOB, read, refused } from './support.mjs';

const key = (name) => SigningKey.fromJwk(read(`conformance-vectors/keys/${name}.jwk`));
const ed1 = key('ed25519-1');
const ed2 = key('ed25519-2');
const k1 = key('secp256k1-1');
const k2 = key('secp256k1-2');
const secret = (signer) => Buffer.from(signer.toHex(), 'hex');
const hex = (bytes) => Buffer.from(bytes).toString('hex');

/** The DSSE pre-authentication encoding, from its definition. */
function encoding(type, body) {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${bytes.length} `), bytes]);
}

const JOB_TYPE = 'application/vnd.samebyte.job.v1+json';
const jobEncoding = encoding(JOB_TYPE, peer(JOB));

test('the encoding of a job is the one of its definition', () => {
  assert.deepEqual(job.canonicalRepresentation(JOB), jobEncoding);
  assert.deepEqual(job.canonicalRepresentation(job.sign(JOB, k1)), jobEncoding);
});

test('noble verifies jobs that samebyte signs', () => {
  const signed = JSON.parse(job.sign(job.sign(JOB, k1), ed1));
  const [first, second] = signed.signatures;
  assert.equal(first.public_key, hex(secp256k1.getPublicKey(secret(k1))));
  assert.ok(secp256k1.verify(Buffer.from(first.signature, 'hex'), jobEncoding, Buffer.from(first.public_key, 'hex')));
  assert.equal(second.algorithm, 'ed25519');
  assert.ok(ed25519.verify(Buffer.from(second.signature, 'hex'), jobEncoding, Buffer.from(second.public_key, 'hex')));
  // RFC 6979 leaves one signature only.
  assert.equal(first.signature, hex(secp256k1.sign(jobEncoding, secret(k1))));
});

test('samebyte verifies jobs that noble signs', () => {
  const entry = (signer) => ({
    public_key: hex(secp256k1.getPublicKey(secret(signer))),
    signature: hex(secp256k1.sign(jobEncoding, secret(signer))),
  });
  const edEntry = {
    algorithm: 'ed25519',
    public_key: hex(ed25519.getPublicKey(secret(ed1))),
    signature: hex(ed25519.sign(jobEncoding, secret(ed1))),
  };
  const signed = { ...JOB, signatures: [entry(k1), edEntry, entry(k2)] };
  const verified = job.verifySignatures(signed);
  const signers = [k1, ed1, k2].map((signer) => signer.publicKey.toHex());
  assert.deepEqual(verified.signatories, signers);
  assert.deepEqual(verified.job, JOB);
  assert.equal(verified.canonical.toString(), peer(JOB));
  assert.deepEqual(job.signatories(signed), signers);
  const error = refused('signature_verification_failed', () => job.signatories({ ...signed, payload: 'other' }));
  assert.equal(error.detail.index, 0);
});

test('a job in every form of input', () => {
  const signed = job.sign(JOB, k1);
  for (const input of [signed, signed.toString(), JSON.parse(signed), JSON.stringify(JSON.parse(signed), null, 1)]) {
    assert.deepEqual(job.signatories(input), [k1.publicKey.toHex()]);
  }
  for (const input of [JOB, JSON.stringify(JOB), Buffer.from(JSON.stringify(JOB))]) {
    assert.deepEqual(job.sign(input, k1), signed);
  }
});

test('jobs that are refused', () => {
  refused('job_malformed', () => job.sign({ ...JOB, timeout: '300' }, k1));
  refused('document_unsigned', () => job.verifySignatures(JOB));
  refused('duplicate_signer', () => job.sign(job.sign(JOB, k1), k1));
  refused('invalid_json', () => job.signatories('{'));
});

const POLICY = {
  signers: [
    { principal: 'alice "a" ä', keys: [k1.publicKey.toHex()] },
    { principal: 'bob', keys: [ed1.publicKey.toHex()] },
  ],
  threshold: 1,
};

test('a policy allows a job', () => {
  const signed = job.sign(job.sign(JOB, k1), k2);
  for (const policy of [POLICY, JSON.stringify(POLICY), Buffer.from(JSON.stringify(POLICY))]) {
    const allowed = job.authorize(signed, policy);
    assert.deepEqual(allowed.principals, ['alice "a" ä']);
    assert.deepEqual(allowed.ignored, [k2.publicKey.toHex()]);
    assert.deepEqual(allowed.job, JOB);
    assert.equal(allowed.canonical.toString(), peer(JOB));
  }
  refused('unauthorized', () => job.authorize(signed, { ...POLICY, threshold: 2 }));
  refused('policy_invalid', () => job.authorize(signed, { ...POLICY, threshold: 0 }));
  refused('policy_invalid', () => job.authorize(signed, {}));
});

test('a policy judges at the time that it is given, or now', () => {
  const signed = job.sign({ ...JOB, not_before: '2024-01-01T00:00:00Z', expires_at: '2024-01-02T00:00:00Z' }, k1);
  const noon = new Date('2024-01-01T12:00:00Z');
  assert.deepEqual(job.authorize(signed, POLICY, { now: noon }).principals, ['alice "a" ä']);
  assert.deepEqual(job.authorize(signed, POLICY, { now: noon.getTime() / 1000 }).principals, ['alice "a" ä']);
  refused('job_not_yet_valid', () => job.authorize(signed, POLICY, { now: 0 }));
  refused('job_expired', () => job.authorize(signed, POLICY));
  refused('invalid_argument', () => job.authorize(signed, POLICY, { now: 'today' }));
  refused('invalid_argument', () => job.authorize(signed, POLICY, { now: new Date(NaN) }));
  refused('unknown_option', () => job.authorize(signed, POLICY, { time: 0 }));
});

const RECEIPT = { version: '0.1', module_hash: `sha256:${'ab'.repeat(32)}`, exit_code: 0, wall_time_ms: 17, timestamp: 1_704_067_200 };
const RECEIPT_TEXT = `0.1|sha256:${'ab'.repeat(32)}|0|17|1704067200`;
const receiptDigest = createHash('sha256').update(RECEIPT_TEXT).digest();

test('node:crypto verifies receipts that samebyte signs', () => {
  assert.equal(receipt.canonicalRepresentation(RECEIPT).toString(), RECEIPT_TEXT);
  const signed = JSON.parse(receipt.sign(RECEIPT, ed1));
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(signed.node_pubkey, 'hex')]);
  const open = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  assert.ok(cryptoVerify(null, receiptDigest, open, Buffer.from(signed.signature, 'hex')));
});

test('samebyte verifies receipts that node:crypto signs', () => {
  const signature = cryptoSign(null, receiptDigest, createPrivateKey(ed1.toPem())).toString('hex');
  const signed = { ...RECEIPT, node_pubkey: ed1.publicKey.toHex(), signature };
  const verified = receipt.verify(signed, ed1.publicKey);
  assert.deepEqual(verified.receipt, signed);
  assert.equal(verified.canonical.toString(), peer(signed));
  refused('signature_invalid', () => receipt.verify({ ...signed, exit_code: 1 }, ed1.publicKey));
  refused('key_mismatch', () => receipt.verify(signed, ed2.publicKey));
  refused('receipt_malformed', () => receipt.verify({ ...signed, version: '0.2' }, ed1.publicKey));
  refused('algorithm_unsupported', () => receipt.sign(RECEIPT, k1));
  refused('invalid_argument', () => receipt.verify(signed, ed1));
});

const TYPE = 'application/vnd.example.note+json';
const NOTE = { title: 'Straße', pages: 3, 'ignored?': ',"signatures":[' };

test('documents: sign, verify, threshold', () => {
  const signed = document.sign(document.sign(NOTE, ed1, TYPE), k1, TYPE);
  assert.deepEqual(document.signingInput(signed, TYPE), encoding(TYPE, peer(NOTE)));
  const verified = document.verify(signed, new Verifier([ed1.publicKey, k1.publicKey], { threshold: 2 }), TYPE);
  assert.deepEqual(verified.document, NOTE);
  assert.equal(verified.canonical.toString(), peer(NOTE));
  assert.deepEqual(verified.signatures, [
    { index: 0, alg: 'EdDSA', kid: ed1.kid, verified: true },
    { index: 1, alg: 'ES256K', kid: k1.kid, verified: true },
  ]);
  const one = document.verify(signed, new Verifier([PublicKey.fromHex('EdDSA', ed1.publicKey.toHex())]), TYPE);
  assert.deepEqual(one.signatures.map(({ verified }) => verified), [true, false]);
  refused('threshold_not_met', () => document.verify(signed, new Verifier([ed1.publicKey, ed2.publicKey], { threshold: 2 }), TYPE));
  refused('signature_unknown', () => document.verify(signed, new Verifier([ed2.publicKey]), TYPE));
  const tampered = { ...JSON.parse(signed), pages: 4 };
  refused('signature_verification_failed', () => document.verify(tampered, new Verifier([ed1.publicKey]), TYPE));
  refused('signature_verification_failed', () => document.verify(signed, new Verifier([ed1.publicKey]), 'text/other'));
  refused('document_unsigned', () => document.verify(NOTE, new Verifier([ed1.publicKey]), TYPE));
  refused('document_malformed', () => document.sign([], ed1, TYPE));
  refused('type_invalid', () => document.sign(NOTE, ed1, 'note'));
  refused('invalid_argument', () => document.sign(NOTE, ed1));
});

test('documents: as DSSE envelopes and back', () => {
  const signed = document.sign(NOTE, ed1, TYPE);
  const envelope = JSON.parse(document.toDsse(signed, TYPE));
  assert.equal(envelope.payloadType, TYPE);
  assert.equal(Buffer.from(envelope.payload, 'base64').toString(), peer(NOTE));
  const signature = Buffer.from(envelope.signatures[0].sig, 'base64');
  assert.ok(ed25519.verify(signature, encoding(TYPE, peer(NOTE)), ed25519.getPublicKey(secret(ed1))));
  const back = document.fromDsse(envelope, TYPE);
  assert.equal(document.verify(back, new Verifier([ed1.publicKey]), TYPE).canonical.toString(), peer(NOTE));
  refused('document_unsigned', () => document.toDsse(NOTE, TYPE));
});

test('a large document', () => {
  const large = { text: 'ö'.repeat(50_000), list: Array.from({ length: 2000 }, (_, index) => index / 4) };
  const verified = document.verify(document.sign(large, ed1, TYPE), new Verifier([ed1.publicKey]), TYPE);
  assert.equal(verified.canonical.toString(), peer(large));
});
