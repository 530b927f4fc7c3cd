import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { jws, SigningKey } from 'samebyte';

import { refused } from './support.mjs';

const SECRET = Buffer.from('0123456789abcdef0123456789abcdef!');
const shared = SigningKey.symmetric('HS256', SECRET, { kid: 'shared' });

test('a symmetric key has a secret and an id, and nothing that is public', () => {
  assert.equal(shared.algorithm, 'HS256');
  assert.equal(shared.kid, 'shared');
  assert.deepEqual(shared.toJwk(), { alg: 'HS256', k: SECRET.toString('base64url'), kid: 'shared', kty: 'oct' });
  for (const get of [() => shared.publicKey, () => shared.thumbprint, () => shared.toPem(), () => shared.toDer(), () => shared.toHex()]) {
    refused('key_unsupported', get);
  }
  assert.equal(SigningKey.symmetric('HS256', SECRET).kid, undefined);
  assert.equal(SigningKey.generate('HS512', { kid: 'new' }).kid, 'new');
  assert.equal(SigningKey.generate('HS512').kid, undefined);
});

test('a symmetric key prints as [secret]', () => {
  assert.equal(String(shared), 'SigningKey(HS256, kid=shared, [secret])');
  assert.equal(String(SigningKey.symmetric('HS384', Buffer.alloc(48, 1))), 'SigningKey(HS384, [secret])');
  const secret = SECRET.toString('base64url');
  for (const text of [JSON.stringify(shared), inspect(shared, { showHidden: true, depth: Infinity, customInspect: false })]) {
    assert.ok(!text.includes(secret) && !text.includes(SECRET.toString('hex')), text);
  }
});

test('a symmetric JWK', () => {
  const read = SigningKey.symmetricFromJwk(shared.toJwk());
  assert.equal(jws.verify(jws.sign('a', shared), read).kid, 'shared');
  assert.deepEqual(SigningKey.symmetricFromJwk(JSON.stringify(shared.toJwk())).toJwk(), shared.toJwk());
  refused('key_use_forbidden', () => SigningKey.fromJwk(shared.toJwk()));
  refused('key_unsupported', () => SigningKey.symmetricFromJwk(SigningKey.generate('EdDSA').toJwk()));
});

test('secrets that are refused', () => {
  refused('key_weak', () => SigningKey.symmetric('HS256', Buffer.alloc(31, 1)));
  refused('key_weak', () => SigningKey.symmetric('HS512', Buffer.alloc(63, 1)));
  refused('key_malformed', () => SigningKey.symmetric('HS256', Buffer.alloc(0)));
  for (const algorithm of ['RS256', 'EdDSA', 'none', 'hs256']) {
    refused('algorithm_unsupported', () => SigningKey.symmetric(algorithm, SECRET));
  }
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  for (const file of [pem, ` ${pem}`, `\n${pem.trim()}`, publicKey.export({ type: 'spki', format: 'der' })]) {
    refused('key_use_forbidden', () => SigningKey.symmetric('HS256', Buffer.from(file)));
  }
  refused('key_use_forbidden', () => SigningKey.symmetric('HS256', Buffer.from(JSON.stringify(publicKey.export({ format: 'jwk' })))));
  for (const secret of [undefined, null, 'a string says nothing of its encoding', [1], 5]) {
    refused('invalid_argument', () => SigningKey.symmetric('HS256', secret));
  }
  refused('invalid_argument', () => SigningKey.symmetric('HS256', SECRET, { kid: 5 }));
  refused('unknown_option', () => SigningKey.symmetric('HS256', SECRET, { id: 'a' }));
});
