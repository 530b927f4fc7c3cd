// What goes to the thread pool together: the fault of one is none of the others, and a fault of all leaves nobody waiting.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';

import { Gateway } from 'samebyte';

import { clientKey, gatewayKey } from './http-apps.mjs';

const require = createRequire(import.meta.url);
const { begin } = require('../dist/http/gateway.js');
const { signResponse } = require('../dist/http/pool.js');
const { native } = require('../dist/native.js');

/** Signs the responses to requests that came together; for each the error or the answer. */
function signed(context, bodies) {
  const gateway = new Gateway(
    { publicOrigins: ['https://gw.example'], preset: 'dev', mode: 'optional', signResponses: 'on', trust: { keys: [clientKey.publicKey.toJwk()] } },
    { signingKey: gatewayKey },
  );
  context.after(() => gateway.close());
  return Promise.all(bodies.map((body) => new Promise((resolve) => {
    const exchange = begin(gateway, { method: 'GET', target: '/', fields: ['host', 'gw.example'] });
    assert.equal(exchange.signs, true);
    signResponse(exchange, 200, 'application/json', body, (error, answer) => resolve(error ?? answer));
  })));
}

const fine = (number) => Buffer.from(`{"number": ${number}}`);

test('a fault of one is none of the others', async (context) => {
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  const all = await signed(context, Array.from({ length: 20 }, (_, number) => (number % 4 === 0 ? shared : fine(number))));
  assert.deepEqual(
    all.map((one) => one.code ?? one.body.toString()),
    all.map((_, number) => (number % 4 === 0 ? 'invalid_argument' : `{"number":${number}}`)),
  );
});

test('what is large goes alone: nobody keeps its memory for a small part', async (context) => {
  const large = Buffer.from(JSON.stringify({ a: 'x'.repeat(4_000_000) }));
  for (const place of [0, 10, 199]) {
    const all = await signed(context, Array.from({ length: 200 }, (_, number) => (number === place ? large : fine(number))));
    all.forEach(({ body }, number) => {
      if (number === place) assert.deepEqual(body, large);
      else assert.deepEqual([body.toString(), body.buffer.byteLength < 1_000_000], [`{"number":${number}}`, true]);
    });
  }
});

const skip = availableParallelism() === 1 && 'with one processor nothing goes to the thread pool';

test('a call that fails is an error of all that are in it, and others are signed after it', { skip }, async (context) => {
  const { exchangesWork } = native;
  context.after(() => (native.exchangesWork = exchangesWork));
  const thrown = () => {
    throw new Error('no memory');
  };
  for (const failing of [thrown, async () => thrown(), async () => ['internal', 'no memory', null]]) {
    native.exchangesWork = failing;
    const none = await signed(context, Array.from({ length: 200 }, (_, number) => fine(number)));
    assert.deepEqual(none.map(({ message }) => message), none.map(() => 'no memory'));
  }
  native.exchangesWork = exchangesWork;
  const all = await signed(context, [fine(1), fine(2)]);
  assert.deepEqual(all.map(({ body }) => body.toString()), ['{"number":1}', '{"number":2}']);
});
