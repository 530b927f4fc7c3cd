import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign as cryptoSign, verify as cryptoVerify } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { canonicalize, document, PublicKey, SigningKey, Verifier } from 'samebyte';

import { read, refused } from './support.mjs';

const KEYS = ['ed25519-1', 'ed25519-2', 'secp256k1-1', 'secp256k1-2', 'secp256k1-3'];
const CURVES = { EdDSA: { type: 'ed25519', options: {} }, ES256K: { type: 'ec', options: { namedCurve: 'secp256k1' } } };
const TYPE = 'application/vnd.example.note+json';

const testKey = (name) => read(`conformance-vectors/keys/${name}.jwk`);

/** How node:crypto signs and verifies with each algorithm. */
const parameters = (algorithm, key) => (algorithm === 'EdDSA' ? [null, key] : ['sha256', { key, dsaEncoding: 'ieee-p1363' }]);

for (const name of KEYS) {
  test(`${name}: every form gives the same key`, () => {
    const jwk = JSON.parse(testKey(name));
    const key = SigningKey.fromJwk(jwk);
    assert.equal(key.algorithm, jwk.alg);
    assert.equal(key.kid, jwk.kid);
    assert.deepEqual(key.toJwk(), jwk);
    assert.equal(key.toHex(), Buffer.from(jwk.d, 'base64url').toString('hex'));
    for (const other of [
      SigningKey.fromJwk(testKey(name)),
      SigningKey.fromJwk(Buffer.from(testKey(name))),
      SigningKey.fromPem(key.toPem()),
      SigningKey.fromPem(Buffer.from(key.toPem())),
      SigningKey.fromHex(jwk.alg, key.toHex()),
      SigningKey.fromHex(jwk.alg, Buffer.from(key.toHex())),
    ]) {
      assert.equal(other.toHex(), key.toHex());
      assert.equal(other.thumbprint, key.thumbprint);
    }
    const { d: _, ...publicJwk } = jwk;
    assert.deepEqual(key.publicKey.toJwk(), publicJwk);
    for (const other of [
      PublicKey.fromJwk(publicJwk),
      PublicKey.fromJwk(JSON.stringify(publicJwk)),
      PublicKey.fromPem(key.publicKey.toPem()),
      PublicKey.fromHex(jwk.alg, key.publicKey.toHex()),
    ]) {
      assert.deepEqual(other.toJwk(), publicJwk);
      assert.equal(other.algorithm, jwk.alg);
      assert.equal(other.thumbprint, key.thumbprint);
    }
  });

  test(`${name}: node:crypto reads what is written`, () => {
    const key = SigningKey.fromJwk(testKey(name));
    const message = Buffer.from('message');
    for (const secret of [createPrivateKey(key.toPem()), createPrivateKey({ key: key.toJwk(), format: 'jwk' })]) {
      const signature = cryptoSign(...withMessage(key.algorithm, secret, message));
      for (const open of [
        createPublicKey(key.publicKey.toPem()),
        createPublicKey({ key: key.publicKey.toJwk(), format: 'jwk' }),
      ]) {
        assert.ok(cryptoVerify(...withMessage(key.algorithm, open, message), signature));
      }
    }
  });

  test(`${name}: node:crypto verifies what is signed`, () => {
    const key = SigningKey.fromJwk(testKey(name));
    const signed = JSON.parse(document.sign({ a: 1 }, key, TYPE).toString());
    const body = '{"a":1}';
    const encoding = Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${body.length} ${body}`);
    const open = createPublicKey(key.publicKey.toPem());
    const signature = Buffer.from(signed.signatures[0].sig, 'base64url');
    assert.ok(cryptoVerify(...withMessage(key.algorithm, open, encoding), signature));
  });
}

function withMessage(algorithm, key, message) {
  const [digest, parameter] = parameters(algorithm, key);
  return [digest, message, parameter];
}

for (const [algorithm, { type, options }] of Object.entries(CURVES)) {
  test(`${algorithm}: keys of node:crypto are read`, () => {
    const { privateKey, publicKey } = generateKeyPairSync(type, options);
    const jwk = privateKey.export({ format: 'jwk' });
    const key = SigningKey.fromPem(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    assert.equal(key.algorithm, algorithm);
    assert.equal(key.toJwk().d, jwk.d);
    assert.equal(SigningKey.fromJwk(jwk).toHex(), key.toHex());
    const open = PublicKey.fromPem(publicKey.export({ type: 'spki', format: 'pem' }));
    assert.equal(open.toJwk().x, jwk.x);
    assert.equal(open.thumbprint, key.thumbprint);
    assert.equal(PublicKey.fromJwk(publicKey.export({ format: 'jwk' })).toHex(), open.toHex());
  });

  test(`${algorithm}: generated keys differ, and sign`, () => {
    const key = SigningKey.generate(algorithm);
    assert.notEqual(key.toHex(), SigningKey.generate(algorithm).toHex());
    const verified = document.verify(document.sign({}, key, TYPE), new Verifier([key.publicKey]), TYPE);
    assert.equal(verified.signatures[0].kid, key.kid);
  });
}

test('a private key prints as [secret]', () => {
  const jwk = JSON.parse(testKey('ed25519-1'));
  const key = SigningKey.fromJwk(jwk);
  const expected = `SigningKey(EdDSA, kid=${jwk.kid}, [secret])`;
  assert.equal(String(key), expected);
  assert.equal(`${key}`, expected);
  assert.equal(inspect(key), expected);
  assert.equal(JSON.stringify({ key }), JSON.stringify({ key: expected }));
  const secrets = [jwk.d, key.toHex(), key.toPem().split('\n')[1]];
  for (const text of [
    inspect(key, { showHidden: true, depth: Infinity, customInspect: false }),
    inspect({ nested: [key] }, { depth: Infinity }),
    JSON.stringify(Object.getOwnPropertyDescriptors(key)),
    JSON.stringify(structuredClone({ ...key, publicKey: null })),
  ]) {
    for (const secret of secrets) {
      assert.ok(!text.includes(secret), text);
    }
  }
});

test('a public key prints its kid, and is a JWK in JSON', () => {
  const { publicKey } = SigningKey.fromJwk(testKey('secp256k1-1'));
  assert.equal(String(publicKey), `PublicKey(ES256K, kid=${publicKey.kid})`);
  assert.equal(inspect([publicKey]), `[ PublicKey(ES256K, kid=${publicKey.kid}) ]`);
  assert.deepEqual(JSON.parse(JSON.stringify(publicKey)), publicKey.toJwk());
});

test('errors about keys hold nothing of them', () => {
  const jwk = JSON.parse(testKey('ed25519-1'));
  const hex = Buffer.from(jwk.d, 'base64url').toString('hex');
  const errors = [
    refused('key_malformed', () => SigningKey.fromHex('EdDSA', hex.toUpperCase())),
    refused('key_malformed', () => SigningKey.fromHex('EdDSA', hex.slice(2))),
    refused('key_malformed', () => SigningKey.fromPem(`-----BEGIN PRIVATE KEY-----\n${hex}\n-----END PRIVATE KEY-----\n`)),
    refused('key_mismatch', () => SigningKey.fromJwk({ ...jwk, x: JSON.parse(testKey('ed25519-2')).x })),
    refused('invalid_json', () => SigningKey.fromJwk(`${JSON.stringify(jwk)}`.slice(0, -1))),
    refused('key_malformed', () => PublicKey.fromJwk(jwk)),
  ];
  for (const error of errors) {
    const text = inspect(error, { showHidden: true, depth: Infinity }).toLowerCase();
    for (const secret of [hex, jwk.d.toLowerCase(), hex.slice(2, 18)]) {
      assert.ok(!text.includes(secret), text);
    }
  }
});

test('arguments that are none', () => {
  refused('algorithm_unsupported', () => SigningKey.generate('RS1'));
  refused('invalid_argument', () => SigningKey.generate(undefined));
  refused('invalid_argument', () => SigningKey.fromPem({}));
  refused('invalid_argument', () => SigningKey.fromHex('EdDSA', 5));
  refused('unsupported_type', () => SigningKey.fromJwk(undefined));
  refused('invalid_argument', () => new SigningKey());
  refused('invalid_argument', () => new PublicKey(Symbol('samebyte'), {}));
  const key = SigningKey.generate('EdDSA');
  for (const other of [undefined, null, 'key', {}, key.publicKey, Object.create(SigningKey.prototype)]) {
    refused('invalid_argument', () => document.sign({}, other, TYPE));
  }
  for (const other of [undefined, [undefined], key.publicKey, new Array(1)]) {
    refused('invalid_argument', () => new Verifier(other));
  }
  refused('key_unsupported', () => new Verifier([key]));
  for (const other of [undefined, null, 'key', {}, [key.publicKey]]) {
    refused('invalid_argument', () => document.verify({}, other, TYPE));
  }
  refused('unsupported_type', () => canonicalize(key));
});

test('a verifier that can trust nobody, or not so many', () => {
  const { publicKey } = SigningKey.generate('EdDSA');
  refused('invalid_argument', () => new Verifier([]));
  refused('duplicate_kid', () => new Verifier([publicKey, publicKey]));
  refused('invalid_argument', () => new Verifier([publicKey], { threshold: 0 }));
  refused('invalid_argument', () => new Verifier([publicKey], { threshold: 2 }));
  refused('unknown_option', () => new Verifier([publicKey], { treshold: 1 }));
});
