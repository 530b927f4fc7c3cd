import assert from 'node:assert/strict';
import { test } from 'node:test';

import peer from 'canonicalize';
import { card, SigningKey, Verifier } from 'samebyte';

import { read, refused } from './support.mjs';

const key = (name) => SigningKey.fromJwk(read(`conformance-vectors/keys/${name}.jwk`));
const ed1 = key('ed25519-1');
const k1 = key('secp256k1-1');
const CARD = {
  name: 'Übersetzer', description: 'Says what it hears.', version: '1.0.0',
  supportedInterfaces: [{ url: 'https://echo.example/a2a', protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
  capabilities: { streaming: false }, defaultInputModes: ['text/plain'], defaultOutputModes: ['text/plain'],
  skills: [{ id: 'echo', name: 'Echo', description: 'Says it again.', tags: ['demo'] }],
};
const TEXT = JSON.stringify(CARD);
const FORMS = ['sdk', 'spec', 'raw'];

test('a portable card verifies in every form', () => {
  const signed = card.sign(TEXT, ed1);
  assert.equal(typeof signed, 'string');
  assert.equal(signed, card.sign(Buffer.from(JSON.stringify(CARD, null, 2)), ed1));
  for (const form of FORMS) {
    assert.equal(card.canonicalize(TEXT, form).toString(), peer(CARD));
    const verified = card.verify(signed, ed1.publicKey, form);
    assert.deepEqual(verified.card, CARD);
    assert.equal(verified.canonical.toString(), peer(CARD));
    assert.equal(verified.form, form);
    assert.equal(verified.algorithm, 'EdDSA');
    assert.equal(verified.kid, ed1.kid);
    assert.equal(verified.thumbprint, ed1.thumbprint);
    assert.equal(verified.index, 0);
    assert.deepEqual(verified.header, { alg: 'EdDSA', kid: ed1.kid, typ: 'JOSE' });
    assert.deepEqual(verified.unsignedPaths, []);
    assert.equal(verified.unsignedPathsTruncated, false);
  }
});

test('a card that the readings disagree about', () => {
  const text = JSON.stringify({ ...CARD, extra: 1, documentationUrl: '' });
  const error = refused('card_not_portable', () => card.sign(text, ed1));
  assert.deepEqual(error.detail.pointers, ['/documentationUrl', '/extra']);
  assert.deepEqual(JSON.parse(card.sign(text, ed1, { portability: 'strip' })).name, CARD.name);
  const each = card.sign(text, ed1, { portability: 'each' });
  for (const form of FORMS) {
    assert.equal(card.verify(each, ed1.publicKey, form).form, form);
  }
  const one = card.sign(text, ed1, { form: 'sdk' });
  assert.deepEqual(card.verify(one, ed1.publicKey, 'sdk').card, CARD);
  assert.deepEqual([...card.verify(one, ed1.publicKey, 'sdk').unsignedPaths].sort(), ['/documentationUrl', '/extra']);
  refused('signature_invalid', () => card.verify(one, ed1.publicKey, 'raw'));
  assert.equal(typeof card.diagnose(one, ed1.publicKey), 'object');
});

test('several signers, more of the header', () => {
  const signed = card.sign(card.sign(TEXT, ed1), k1, { jku: 'https://echo.example/jwks', typ: 'JWT' });
  const verified = card.verify(signed, new Verifier([k1.publicKey]), 'sdk');
  assert.equal(verified.index, 1);
  assert.deepEqual(verified.header, { alg: 'ES256K', jku: 'https://echo.example/jwks', kid: k1.kid, typ: 'JWT' });
});

test('cards that are refused', () => {
  const signed = card.sign(TEXT, ed1);
  const error = refused('signature_invalid', () => card.verify(signed.replace('Echo', 'Ecco'), ed1.publicKey, 'sdk'));
  assert.deepEqual(error.detail.signatures, [{ code: 'signature_invalid', index: 0 }]);
  refused('signature_unknown', () => card.verify(signed, k1.publicKey, 'sdk'));
  refused('card_unsigned', () => card.verify(TEXT, ed1.publicKey, 'sdk'));
  refused('card_malformed', () => card.verify('[]', ed1.publicKey, 'sdk'));
  refused('duplicate_member', () => card.verify(signed.replace('{', '{"name":"a",'), ed1.publicKey, 'sdk'));
  refused('invalid_argument', () => card.verify(signed, ed1.publicKey, 'SDK'));
  refused('invalid_argument', () => card.verify(signed, ed1.publicKey));
  refused('invalid_argument', () => card.sign(TEXT, ed1, { form: 'sdk', portability: 'strip' }));
  refused('unknown_option', () => card.sign(TEXT, ed1, { kid: 'a' }));
  refused('invalid_argument', () => card.sign(TEXT, ed1.publicKey));
  // The objects of an SDK are not what is served: text only.
  refused('invalid_argument', () => card.sign(CARD, ed1));
  refused('invalid_argument', () => card.verify(JSON.parse(signed), ed1.publicKey, 'sdk'));
  refused('invalid_argument', () => card.canonicalize(CARD, 'sdk'));
});
