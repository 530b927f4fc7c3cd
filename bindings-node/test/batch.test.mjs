import assert from 'node:assert/strict';
import { test } from 'node:test';

import { document, jws, SamebyteError, SigningKey, Verifier } from 'samebyte';

import { refused } from './support.mjs';

const TYPE = 'application/vnd.example.note+json';
const key = SigningKey.generate('EdDSA');
const other = SigningKey.generate('ES256');
const verifier = new Verifier([key.publicKey]);

/** Each result as that of `verify`, which is asked for the same text. */
function same(results, texts, verify, content) {
  assert.equal(results.length, texts.length);
  for (const [index, result] of results.entries()) {
    if (result instanceof SamebyteError) {
      const { code, kind, message, detail } = refused(result.code, () => verify(texts[index]));
      assert.deepEqual([result.code, result.kind, result.message, result.detail], [code, kind, message, detail]);
    } else {
      assert.deepEqual(content(result), content(verify(texts[index])));
    }
  }
}

test('many JWS, each with its own result', async () => {
  const good = Array.from({ length: 300 }, (_, index) => jws.sign(`Größe ${index}`, key));
  const bad = [jws.sign('a', other), '', 'a.b.c', `${good[0].slice(0, -3)}AAA`, Buffer.from([0xff]), jws.sign('', key), '{"a":"ü","a":1}'];
  const texts = [...bad, ...good, Buffer.from(good[0]), ...bad];
  const results = await jws.verifyMany(texts, verifier);
  same(results, texts, (text) => jws.verify(text, verifier), ({ payload, signatures }) => [payload, signatures]);
  assert.equal(results.filter((result) => result instanceof SamebyteError).length, 2 * (bad.length - 1));
  assert.deepEqual(await jws.verifyMany([], verifier), []);
});

test('many documents, each with its own result', async () => {
  const texts = Array.from({ length: 100 }, (_, index) => document.sign({ index, text: 'ü' }, key, TYPE));
  texts.splice(50, 0, '{', document.sign({}, other, TYPE), texts[0].toString().replace('ü', 'u'), '{}');
  const results = await document.verifyMany(texts, verifier, TYPE);
  const content = ({ document: value, canonical, signatures }) => [value, canonical, signatures];
  same(results, texts, (text) => document.verify(text, verifier, TYPE), content);
  assert.equal(results.filter((result) => result instanceof SamebyteError).length, 4);
});

test('arguments of a batch', async () => {
  const refusal = (code) => ({ name: 'SamebyteError', code });
  for (const tokens of [undefined, null, 'token', [5], [undefined], new Array(1), {}]) {
    await assert.rejects(jws.verifyMany(tokens, verifier), refusal('invalid_argument'));
  }
  await assert.rejects(jws.verifyMany(['\ud800'], verifier), refusal('lone_surrogate'));
  await assert.rejects(jws.verifyMany([], {}), refusal('invalid_argument'));
  await assert.rejects(document.verifyMany([], verifier), refusal('invalid_argument'));
});
