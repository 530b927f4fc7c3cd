// `Client.fetch`: over sockets, against a gateway, and against somebody on the way who changes what it answers.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { Client, Gateway, Keyset, SamebyteError, SigningKey } from 'samebyte';
import { samebyte, verified } from 'samebyte/fetch';

import { clientKey, gatewayKey } from './http-apps.mjs';
import { refusedLater } from './support.mjs';

const JSON_FIELDS = { 'content-type': 'application/json' };
const KEYS = new Keyset([gatewayKey.publicKey]);

/** A gateway at `origin`; what it answers goes out as `change` makes it. `asked` is what came over the wire. */
async function served(context, change = (answer) => answer) {
  const asked = [];
  let handler;
  const server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
    asked.push({ method: incoming.method, url: incoming.url, headers: incoming.headers, ...body });
    const url = `http://${incoming.headers.host}${incoming.url}`;
    const response = await handler(new Request(url, { method: incoming.method, headers: incoming.headers, ...body }));
    const answer = change({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => (server.closeAllConnections(), server.close()));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const settings = {
    publicOrigins: [origin], preset: 'dev', signResponses: 'on', trust: { keys: [clientKey.publicKey.toJwk()] },
    routes: [{ path: '/open', mode: 'off' }],
  };
  const gateway = new Gateway(settings, { signingKey: gatewayKey });
  context.after(() => gateway.close());
  handler = samebyte(gateway, async (request) => {
    const path = new URL(request.url).pathname;
    if (path === '/moved') return new Response(null, { status: 307, headers: { location: '/echo' } });
    if (path === '/large') return new Response('x'.repeat(2000), { headers: { 'content-type': 'text/plain' } });
    if (path === '/missing') return Response.json({ no: 1 }, { status: 404 });
    return Response.json({ z: 1, kid: verified(request)?.identity.kid ?? null, got: await request.text() }, { headers: { 'x-more': 'kept' } });
  });
  return { origin, asked };
}

const client = (options) => new Client(clientKey, { responses: KEYS, ...options });

test('a request is signed, and what comes back is what was signed', async (context) => {
  const { origin, asked } = await served(context);
  const response = await client().fetch(`${origin}/echo?b=1`, { method: 'POST', headers: JSON_FIELDS, body: '{ "b": 1.0, "a": "ü" }' });
  assert.equal(asked[0].body.toString(), '{"a":"ü","b":1}');
  assert.ok(response instanceof Response);
  assert.deepEqual([response.status, response.ok, response.url], [200, true, `${origin}/echo?b=1`]);
  assert.equal(response.headers.get('x-more'), 'kept');
  assert.deepEqual(response.report, { status: 200, signed: true, bound: true, kid: gatewayKey.kid });
  const text = `{"got":"{\\"a\\":\\"ü\\",\\"b\\":1}","kid":"${clientKey.kid}","z":1}`;
  assert.equal(await response.text(), text, 'the canonical body, as the handler was given it');

  const without = await client().fetch(new URL(`${origin}/echo`));
  assert.deepEqual([without.report.bound, (await without.json()).got], [true, '']);
  const bytes = await client().fetch(new Request(`${origin}/echo`, { method: 'PUT', headers: { 'content-type': 'image/x' }, body: new Uint8Array([1, 255]) }));
  assert.deepEqual([bytes.status, [...asked[2].body]], [200, [1, 255]]);
  const head = await client().fetch(`${origin}/echo`, { method: 'HEAD' });
  assert.deepEqual([head.status, head.body, head.report.bound], [200, null, true]);
  const missing = await client().fetch(`${origin}/missing`);
  assert.deepEqual([missing.status, missing.report.bound, await missing.json()], [404, true, { no: 1 }]);
  // Each call has a nonce of its own.
  const signatures = asked.map(({ headers }) => headers['x-signature']);
  assert.equal(new Set(signatures).size, asked.length);
});

test('a refusal of the gateway comes through, and says what it is bound to', async (context) => {
  const { origin } = await served(context);
  const stranger = new Client(SigningKey.generate('EdDSA'), { responses: KEYS });
  const response = await stranger.fetch(`${origin}/echo`, { method: 'POST', headers: JSON_FIELDS, body: '{}' });
  assert.deepEqual([response.status, response.headers.get('x-signature-error')], [401, 'signature_unknown']);
  assert.deepEqual([response.report.signed, response.report.bound], [true, false]);
});

test('no redirect is followed: a request is signed for one URL', async (context) => {
  const { origin, asked } = await served(context);
  await assert.rejects(client().fetch(`${origin}/moved`), (error) => error instanceof TypeError && !(error instanceof SamebyteError));
  assert.deepEqual(asked.map(({ url }) => url), ['/moved']);
  // Whoever asks for it sees the redirect, signed like every response.
  const seen = await client().fetch(`${origin}/moved`, { redirect: 'manual' });
  assert.deepEqual([seen.status, seen.headers.get('location'), seen.report.bound], [307, '/echo', true]);
  assert.equal(asked.length, 2);
});

test('a response above maxBody is refused, and not read to its end', async (context) => {
  const { origin } = await served(context);
  await refusedLater('body_too_large', client({ maxBody: 1999 }).fetch(`${origin}/large`));
  assert.equal((await (await client({ maxBody: 2000 }).fetch(`${origin}/large`)).text()).length, 2000);

  let sent = 0;
  const endless = createServer((request, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65536))) sent += 65536;
    };
    response.on('drain', more);
    more();
  });
  await new Promise((resolve) => endless.listen(0, '127.0.0.1', resolve));
  context.after(() => (endless.closeAllConnections(), endless.close()));
  const url = `http://127.0.0.1:${endless.address().port}/`;
  await refusedLater('body_too_large', client({ maxBody: 100_000 }).fetch(url));
  assert.ok(sent < 64 << 20, `${sent} bytes were taken`);
});

const signature = 'x-signature';
const without = ({ headers, ...rest }) => {
  const { [signature]: _, ...others } = headers;
  return { ...rest, headers: others };
};
for (const [what, code, change] of [
  ['the signature is taken away', 'signature_missing', without],
  ['the signature is broken', 'signature_malformed', (answer) => ({ ...answer, headers: { ...answer.headers, [signature]: 'none' } })],
  ['the status is another', 'signature_binding_mismatch', (answer) => ({ ...answer, status: 201 })],
  ['the media type is another', 'signature_binding_mismatch', (answer) => ({ ...answer, headers: { ...answer.headers, 'content-type': 'application/x+json' } })],
  ['the body is another', 'signature_invalid', (answer) => ({ ...answer, body: Buffer.from('{}') })],
  ['the body is no JSON', 'body_not_canonicalizable', (answer) => ({ ...answer, body: Buffer.from('{') })],
]) {
  test(`a response is refused where ${what}`, async (context) => {
    const { origin } = await served(context, (answer) => {
      const { 'content-length': _, ...headers } = change(answer).headers;
      return { ...change(answer), headers };
    });
    await refusedLater(code, client().fetch(`${origin}/echo`, { method: 'POST', headers: JSON_FIELDS, body: '{}' }));
  });
}

test('the responses to two requests are not taken for each other', async (context) => {
  let first;
  const { origin } = await served(context, (answer) => (first ??= answer));
  const ask = (body) => client().fetch(`${origin}/echo`, { method: 'POST', headers: JSON_FIELDS, body });
  assert.equal((await ask('{}')).status, 200);
  await refusedLater('signature_binding_mismatch', ask('{}'));
});

test('a response that nobody signed is told apart where it may be unsigned', async (context) => {
  const { origin } = await served(context);
  await refusedLater('signature_missing', client().fetch(`${origin}/open`));
  const response = await client({ requireSigned: false }).fetch(`${origin}/open`);
  assert.deepEqual([response.status, response.report.signed, response.report.bound], [200, false, false]);
});
