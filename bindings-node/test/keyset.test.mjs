import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { jws, Keyset, PublicKey, SigningKey, Verifier } from 'samebyte';

import { read, refused } from './support.mjs';

const key = (name) => SigningKey.fromJwk(read(`conformance-vectors/keys/${name}.jwk`));
const ed1 = key('ed25519-1');
const k1 = key('secp256k1-1');
const shared = SigningKey.symmetric('HS256', Buffer.alloc(32, 7), { kid: 'shared' });
const JWKS = { keys: [ed1.publicKey.toJwk(), k1.publicKey.toJwk()] };

test('a set of keys', () => {
  const keys = new Keyset([ed1.publicKey, k1.publicKey, shared]);
  assert.equal(keys.size, 3);
  assert.ok(keys.get(k1.kid) instanceof PublicKey);
  assert.deepEqual(keys.get(k1.kid).toJwk(), k1.publicKey.toJwk());
  refused('key_unknown', () => keys.get('other'));
  refused('key_unknown', () => keys.get('shared'));
  refused('invalid_argument', () => keys.get(5));
  for (const signer of [ed1, k1, shared]) {
    assert.equal(jws.verify(jws.sign('a', signer), keys).kid, signer.kid);
  }
  assert.equal(new Keyset([]).size, 0);
  refused('invalid_argument', () => new Verifier(new Keyset([])));
});

test('a JWK Set, read and written', () => {
  for (const input of [JWKS, JSON.stringify(JWKS), Buffer.from(JSON.stringify(JWKS, null, 2))]) {
    const keys = Keyset.fromJwks(input);
    assert.equal(keys.size, 2);
    assert.deepEqual(keys.toJwks(), JWKS);
    assert.deepEqual(JSON.parse(JSON.stringify({ keys })), { keys: JWKS });
  }
  const others = [{ kty: 'OKP', crv: 'X25519', x: 'AA' }, { ...k1.publicKey.toJwk(), use: 'enc' }, { kty: 'AKP' }];
  assert.deepEqual(Keyset.fromJwks({ keys: [...others, ...JWKS.keys] }).toJwks(), JWKS);
});

test('a symmetric key never stands in what is published', () => {
  const keys = new Keyset([ed1.publicKey, shared]);
  const secret = shared.toJwk().k;
  for (const text of [JSON.stringify(keys), JSON.stringify(keys.toJwks()), inspect(keys, { showHidden: true, depth: Infinity })]) {
    assert.ok(!text.includes(secret), text);
  }
});

test('sets that are refused', () => {
  refused('duplicate_kid', () => new Keyset([ed1.publicKey, ed1.publicKey]));
  refused('key_unsupported', () => new Keyset([ed1]));
  for (const keys of [undefined, null, {}, 'keys', [undefined], [{}], new Array(1), [JWKS.keys[0]]]) {
    refused('invalid_argument', () => new Keyset(keys));
  }
  refused('invalid_argument', () => new Keyset(Symbol('samebyte'), {}));
  const at = (error) => error.detail.pointer;
  assert.equal(at(refused('key_malformed', () => Keyset.fromJwks({ keys: [JWKS.keys[0], { ...JWKS.keys[1], x: 'AA' }] }))), '/keys/1');
  assert.equal(at(refused('key_malformed', () => Keyset.fromJwks({ keys: [ed1.toJwk()] }))), '/keys/0');
  assert.equal(at(refused('duplicate_kid', () => Keyset.fromJwks({ keys: [...JWKS.keys, JWKS.keys[0]] }))), '/keys/2');
  refused('key_malformed', () => Keyset.fromJwks([]));
  refused('invalid_json', () => Keyset.fromJwks('{'));
  refused('unsupported_type', () => Keyset.fromJwks(undefined));
});

test('lint lists what is unwise', () => {
  assert.ok(Array.isArray(Keyset.lint(JWKS)));
  const findings = Keyset.lint({ keys: [...JWKS.keys, ed1.toJwk(), { kty: 'AKP' }] });
  assert.ok(findings.length > Keyset.lint(JWKS).length);
  for (const finding of findings) {
    assert.equal(typeof finding.code, 'string');
  }
});
