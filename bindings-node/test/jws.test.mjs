import assert from 'node:assert/strict';
import { createPrivateKey, sign as cryptoSign } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';

import peer from 'canonicalize';
import { jws, Keyset, SamebyteError, SigningKey, Verifier } from 'samebyte';

import { read, refused } from './support.mjs';

const key = (name) => SigningKey.fromJwk(read(`conformance-vectors/keys/${name}.jwk`));
const ed1 = key('ed25519-1');
const ed2 = key('ed25519-2');
const k1 = key('secp256k1-1');
const shared = SigningKey.symmetric('HS256', Buffer.alloc(32, 7));
const VALUE = { title: 'Straße 😀', pages: [3, 2.5, null], b: { y: 1, x: true } };

test('a token, and what it says once it is verified', () => {
  const token = jws.sign('Grüße', ed1, { typ: 'note', header: { n: 1 } });
  assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  const verified = jws.verify(token, new Verifier([ed1.publicKey, k1.publicKey]));
  const header = { alg: 'EdDSA', kid: ed1.kid, n: 1, typ: 'note' };
  const { kid, thumbprint } = ed1;
  assert.ok(Buffer.isBuffer(verified.payload));
  assert.equal(verified.payload.toString(), 'Grüße');
  assert.equal(verified.index, 0);
  assert.equal(verified.algorithm, 'EdDSA');
  assert.equal(verified.kid, kid);
  assert.equal(verified.thumbprint, thumbprint);
  assert.deepEqual(verified.header, header);
  assert.deepEqual(verified.signatures, [{ alg: 'EdDSA', header, index: 0, kid, thumbprint, verified: true }]);
  assert.throws(() => verified.json(), SyntaxError);
});

test('payloads: bytes, text and values', () => {
  const binary = Buffer.from([0, 255, 128, 10]);
  for (const payload of ['', 'ü', binary, new Uint8Array(binary), new Uint8Array(0)]) {
    assert.deepEqual(jws.verify(jws.sign(payload, ed1), ed1.publicKey).payload, Buffer.from(payload));
  }
  const canonical = peer(VALUE);
  const loose = JSON.stringify(VALUE, null, 2);
  for (const payload of [VALUE, loose, Buffer.from(loose)]) {
    const verified = jws.verify(jws.sign(payload, ed1, { canonicalize: 'exact' }), ed1.publicKey);
    assert.equal(verified.payload.toString(), canonical);
    assert.deepEqual(verified.json(), VALUE);
  }
  assert.equal(jws.verify(jws.sign(loose, ed1), ed1.publicKey).payload.toString(), loose);
  refused('number_not_exact', () => jws.sign('[9007199254740993]', ed1, { canonicalize: 'exact' }));
  jws.sign('[9007199254740993]', ed1, { canonicalize: 'ieee754' });
  refused('unsupported_type', () => jws.sign({ at: new Date() }, ed1, { canonicalize: 'exact' }));
  refused('lone_surrogate', () => jws.sign('\ud800', ed1));
  refused('lone_surrogate', () => jws.verify('\ud800', ed1.publicKey));
  for (const payload of [VALUE, null, undefined, 5]) {
    refused('invalid_argument', () => jws.sign(payload, ed1));
  }
});

test('detached payloads', () => {
  const token = jws.sign(VALUE, ed1, { canonicalize: 'exact', detached: true });
  assert.equal(token.split('.')[1], '');
  for (const payload of [VALUE, JSON.stringify(VALUE), peer(VALUE), Buffer.from(JSON.stringify(VALUE, null, 1))]) {
    assert.deepEqual(jws.verify(token, ed1.publicKey, { payload, canonicalize: 'exact' }).json(), VALUE);
  }
  jws.verify(token, ed1.publicKey, { payload: peer(VALUE) });
  refused('signature_invalid', () => jws.verify(token, ed1.publicKey, { payload: `${peer(VALUE)} ` }));
  refused('signature_invalid', () => jws.verify(token, ed1.publicKey, { payload: '' }));
  refused('invalid_argument', () => jws.verify(token, ed1.publicKey, { payload: VALUE }));
  refused('lone_surrogate', () => jws.verify(token, ed1.publicKey, { payload: '\udfff' }));
  refused('payload_unexpected', () => jws.verify(jws.sign('a', ed1), ed1.publicKey, { payload: 'a' }));
  const flattened = jws.sign('a', ed1, { serialization: 'flattened', detached: true });
  refused('payload_missing', () => jws.verify(flattened, ed1.publicKey));
});

test('who is trusted: a verifier, a set of keys, one key', () => {
  const token = jws.sign('a', k1);
  for (const trust of [k1.publicKey, new Keyset([ed1.publicKey, k1.publicKey]), new Verifier(new Keyset([k1.publicKey]))]) {
    assert.equal(jws.verify(token, trust).kid, k1.kid);
    assert.equal(jws.verify(token, trust).kid, k1.kid);
  }
  refused('signature_unknown', () => jws.verify(jws.sign('a', ed1), new Keyset([ed2.publicKey])));
  refused('algorithm_not_allowed', () => jws.verify(token, ed1.publicKey));
  refused('key_unsupported', () => jws.verify(token, k1));
  for (const trust of [undefined, null, {}, [k1.publicKey], 'key', 5]) {
    refused('invalid_argument', () => jws.verify(token, trust));
  }
});

test('symmetric keys', () => {
  const token = jws.sign('a', shared);
  const verified = jws.verify(token, shared);
  assert.deepEqual([verified.kid, verified.thumbprint, verified.algorithm], [undefined, undefined, 'HS256']);
  assert.equal(jws.verify(token, new Keyset([ed1.publicKey, shared])).payload.toString(), 'a');
  refused('algorithm_not_allowed', () => jws.verify(token, ed1.publicKey));
  refused('signature_invalid', () => jws.verify(token, SigningKey.symmetric('HS256', Buffer.alloc(32, 8))));
});

test('several signatures, and what the verifier asks of them', () => {
  const two = jws.append(jws.sign('a', ed1, { serialization: 'flattened' }), k1, { unprotected: { note: 1 }, typ: 'x' });
  const all = jws.verify(two, new Verifier([ed1.publicKey, k1.publicKey], { policy: 'all' }));
  assert.deepEqual(all.signatures.map(({ kid, verified, unprotected }) => [kid, verified, unprotected]), [
    [ed1.kid, true, undefined],
    [k1.kid, true, { note: 1 }],
  ]);
  const second = jws.verify(two, new Verifier([k1.publicKey], { policy: 'any' }));
  assert.equal(second.index, 1);
  assert.equal(second.algorithm, 'ES256K');
  assert.deepEqual(second.header, { alg: 'ES256K', kid: k1.kid, typ: 'x' });
  assert.deepEqual(second.signatures[0], { code: 'algorithm_not_allowed', index: 0, kid: ed1.kid, verified: false });
  jws.verify(two, new Verifier([ed1.publicKey, k1.publicKey], { kids: [k1.kid] }));
  refused('policy_required', () => jws.verify(two, new Keyset([ed1.publicKey, k1.publicKey])));
  const error = refused('signature_verification_failed', () => jws.verify(two, new Verifier([k1.publicKey], { policy: 'all' })));
  assert.deepEqual([error.detail.index, error.detail.cause], [0, 'algorithm_not_allowed']);
  refused('threshold_not_met', () => jws.verify(two, new Verifier([k1.publicKey, ed2.publicKey], { threshold: 2 })));
  const detached = jws.sign('a', ed1, { serialization: 'general', detached: true });
  jws.verify(jws.append(detached, k1, { payload: 'a' }), new Verifier([ed1.publicKey, k1.publicKey], { policy: 'all' }), { payload: 'a' });
  refused('payload_missing', () => jws.append(detached, k1));
  refused('unknown_option', () => jws.append(detached, k1, { payload: 'a', serialization: 'general' }));
});

test('options of the verifier', () => {
  const token = jws.sign('abc', ed1, { typ: 'note', header: { crit: ['exp'], exp: 5 } });
  refused('critical_header_unsupported', () => jws.verify(token, ed1.publicKey));
  jws.verify(token, new Verifier([ed1.publicKey], { crit: ['exp'], typ: 'note' }));
  const crit = ['exp'];
  refused('typ_mismatch', () => jws.verify(token, new Verifier([ed1.publicKey], { crit, typ: 'other' })));
  refused('algorithm_not_allowed', () => jws.verify(token, new Verifier([ed1.publicKey, k1.publicKey], { crit, algorithms: ['ES256K'] })));
  refused('too_large', () => jws.verify(token, new Verifier([ed1.publicKey], { crit, maxPayloadBytes: 2 })));
  refused('too_large', () => jws.verify(token, new Verifier([ed1.publicKey], { crit, maxHeaderBytes: 10 })));
  const two = jws.append(jws.sign('a', ed1, { serialization: 'general' }), k1);
  refused('too_many_signatures', () => jws.verify(two, new Verifier([ed1.publicKey], { policy: 'any', maxSignatures: 1 })));
  for (const options of [{ policy: 'some' }, { policy: 'all', threshold: 1 }, { kids: 'a' }, { requireLowS: 1 }, { maxSignatures: -1 }, null, 'all']) {
    refused('invalid_argument', () => new Verifier([ed1.publicKey], options));
  }
  refused('algorithm_unsupported', () => new Verifier([ed1.publicKey], { algorithms: ['none'] }));
  refused('unknown_option', () => new Verifier([ed1.publicKey], { require_low_s: true }));
});

test('options of signing', () => {
  assert.deepEqual(jws.inspect(jws.sign('a', ed1, { kid: null })).signatures[0].header, { alg: 'EdDSA' });
  assert.deepEqual(jws.inspect(jws.sign('a', ed1, { kid: 'other' })).signatures[0].header, { alg: 'EdDSA', kid: 'other' });
  const nothing = { kid: undefined, typ: undefined, header: undefined, detached: undefined };
  assert.equal(jws.sign('a', ed1, nothing), jws.sign('a', ed1));
  refused('algorithm_mismatch', () => jws.sign('a', ed1, { algorithm: 'ES256K' }));
  refused('algorithm_unsupported', () => jws.sign('a', ed1, { algorithm: 'none' }));
  refused('unknown_option', () => jws.sign('a', ed1, { alg: 'EdDSA' }));
  refused('invalid_argument', () => jws.sign('a', ed1, { serialization: 'xml' }));
  refused('invalid_argument', () => jws.sign('a', ed1, { detached: 'yes' }));
  refused('invalid_argument', () => jws.sign('a', ed1, { typ: 5 }));
  refused('invalid_argument', () => jws.sign('a', ed1, { typ: () => {} }));
  refused('invalid_argument', () => jws.sign('a', ed1, null));
  const odd = refused('unsupported_type', () => jws.sign('a', ed1, { header: { at: new Date() } }));
  assert.equal(odd.detail.pointer, '/at');
  refused('signature_header_malformed', () => jws.sign('a', ed1, { header: { alg: 'none' } }));
  for (const other of [undefined, null, ed1.publicKey, 'key']) {
    refused('invalid_argument', () => jws.sign('a', other));
  }
});

test('promises: the same results and the same errors', async () => {
  const large = Buffer.alloc(1 << 20, 'a');
  const token = await jws.signAsync(large, ed1);
  assert.equal(token, jws.sign(large, ed1));
  const verified = await jws.verifyAsync(token, ed1.publicKey);
  assert.deepEqual(verified.payload, large);
  assert.equal(verified.kid, ed1.kid);
  const value = await jws.signAsync(VALUE, ed1, { canonicalize: 'exact', detached: true });
  assert.deepEqual((await jws.verifyAsync(value, ed1.publicKey, { payload: VALUE, canonicalize: 'exact' })).json(), VALUE);
  const refusal = (code) => (error) => error instanceof SamebyteError && error.code === code;
  await assert.rejects(jws.signAsync('a', ed1, { algorithm: 'ES256' }), refusal('algorithm_mismatch'));
  await assert.rejects(jws.signAsync('a', ed1.publicKey), refusal('invalid_argument'));
  await assert.rejects(jws.verifyAsync(token, ed2.publicKey), refusal('signature_unknown'));
  await assert.rejects(jws.verifyAsync(`${token}!`, ed1.publicKey), refusal('signature_malformed'));
  const many = await Promise.all(Array.from({ length: 200 }, (_, index) => jws.signAsync(`${index}`, ed1)));
  many.forEach((made, index) => assert.equal(made, jws.sign(`${index}`, ed1)));
});

test('the input of a promise is taken when it is made', async () => {
  const payload = Buffer.alloc(1 << 20, 'a');
  const expected = jws.sign(payload, ed1);
  const promise = jws.signAsync(payload, ed1);
  payload.fill('b');
  assert.equal(await promise, expected);
});

test('an external signer', () => {
  const secret = createPrivateKey(k1.toPem());
  const { algorithm, kid, message, digest } = jws.prepare('payload', k1.publicKey);
  assert.deepEqual([algorithm, kid, digest.length], ['ES256K', k1.kid, 32]);
  for (const dsaEncoding of ['der', 'ieee-p1363']) {
    const signature = cryptoSign('sha256', message, { key: secret, dsaEncoding });
    const token = jws.finish('payload', k1.publicKey, signature);
    assert.equal(jws.verify(token, new Verifier([k1.publicKey], { requireLowS: true })).payload.toString(), 'payload');
    refused('signature_invalid', () => jws.finish('other', k1.publicKey, signature));
  }
  const options = { serialization: 'flattened', b64: false, header: { n: 1 } };
  const prepared = jws.prepare('payload', ed1.publicKey, options);
  assert.equal(prepared.digest, undefined);
  assert.match(prepared.message.toString(), /\.payload$/);
  const signature = cryptoSign(null, prepared.message, createPrivateKey(ed1.toPem()));
  assert.equal(jws.finish('payload', ed1.publicKey, signature, options), jws.sign('payload', ed1, options));
  refused('signature_malformed', () => jws.finish('payload', ed1.publicKey, Buffer.alloc(63)));
  refused('invalid_argument', () => jws.finish('payload', ed1.publicKey, 'signature'));
  refused('invalid_argument', () => jws.prepare('payload', ed1));
});

test('inspect trusts nothing, and says so', () => {
  const report = jws.inspect(`${jws.sign('a', ed1).slice(0, -4)}AAAA`);
  assert.equal(report.verified, false);
  assert.equal(report.serialization, 'compact');
  assert.equal(report.signatures[0].header.kid, ed1.kid);
  refused('jws_malformed', () => jws.inspect('a.b'));
});

test('tokens that are none', () => {
  for (const token of ['', '.', '..', 'a.b', 'a.b.c.d', '{', '[]', 'null', '{"payload":"a"}', Buffer.from([0xff])]) {
    assert.throws(() => jws.verify(token, ed1.publicKey), (error) => error instanceof SamebyteError && error.kind !== 'internal', `${token}`);
  }
  for (const token of [undefined, null, {}, 5, new Uint16Array(4)]) {
    refused('invalid_argument', () => jws.verify(token, ed1.publicKey));
    refused('invalid_argument', () => jws.inspect(token));
  }
});

test('bytes that another thread could change are refused', async () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(64));
  const detached = jws.sign('', ed1, { serialization: 'general', detached: true });
  refused('invalid_argument', () => jws.sign(bytes, ed1));
  refused('invalid_argument', () => jws.verify(bytes, ed1.publicKey));
  refused('invalid_argument', () => jws.verify(detached, ed1.publicKey, { payload: bytes }));
  refused('invalid_argument', () => jws.append(detached, k1, { payload: bytes }));
  refused('invalid_argument', () => jws.finish('', ed1.publicKey, bytes));
  refused('invalid_argument', () => SigningKey.symmetric('HS256', bytes));
  await assert.rejects(jws.signAsync(bytes, ed1), { code: 'invalid_argument' });
  await assert.rejects(jws.verifyAsync(detached, ed1.publicKey, { payload: bytes }), { code: 'invalid_argument' });
});

test('a result holds on to what was verified', () => {
  const verified = jws.verify(jws.sign('first', ed1), ed1.publicKey);
  for (let count = 0; count < 2000; count++) {
    jws.verify(jws.sign(`other ${count}`, ed1), ed1.publicKey);
  }
  assert.equal(verified.payload.toString(), 'first');
  assert.equal(verified.kid, ed1.kid);
  assert.ok(inspect(verified).startsWith('VerifiedJws'));
});

test('a large payload', () => {
  const payload = 'ö'.repeat(100_000);
  assert.equal(jws.verify(jws.sign(payload, ed1), ed1.publicKey).payload.toString(), payload);
});
