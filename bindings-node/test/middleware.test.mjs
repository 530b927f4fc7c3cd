// Express, Fastify and handlers of the Fetch API: the same behaviour behind a gateway.
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent } from 'node:http';
import { connect as connect2, constants, createServer as createServer2 } from 'node:http2';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';

import express from 'express';
import Fastify from 'fastify';
import { Client, Gateway, SigningKey } from 'samebyte';
import * as expressFace from 'samebyte/express';
import * as fastifyFace from 'samebyte/fastify';
import * as fetchFace from 'samebyte/fetch';

import { call, clientKey, codeOf, gatewayKey, NAMES, raw, responseKeys, send, start } from './http-apps.mjs';
import { refused } from './support.mjs';

const BODY = '{"b": 1.50, "a": ["\\u00fc", 1e2]}';
const CANONICAL = '{"a":["ü",100],"b":1.5}';

for (const framework of NAMES) {
  describe(framework, () => {
    test('a signed request: the handler has the canonical body and the signer, the response is verified', async (context) => {
      const app = await start(context, framework);
      const { response, verify } = await call(app, { body: BODY });
      assert.equal(response.status, 200);
      const verified = verify();
      assert.deepEqual(verified.report, { bound: true, kid: app.gateway && JSON.parse(app.gateway.jwks()).keys[0].kid, signed: true, status: 200 });
      assert.deepEqual(verified.json(), {
        body: { a: ['ü', 100], b: 1.5 }, signer: { body: CANONICAL, kid: clientKey.kid }, z: 1,
      });
      assert.deepEqual(verified.body, response.body, 'it is sent in canonical form');
      assert.deepEqual(app.seen.events.map(({ outcome }) => outcome), ['accepted']);
    });

    test('a proxy may write the body anew; the handler has what was signed', async (context) => {
      const app = await start(context, framework);
      const { response } = await call(app, { body: BODY, change: { body: '{\n  "a": ["\\u00FC", 100.0],\n  "b": 15e-1\n}' } });
      assert.equal(response.status, 200);
      assert.equal(JSON.parse(response.body).signer.body, CANONICAL);
    });

    test('unsigned, of an unknown key, changed, replayed: the handler is called once', async (context) => {
      const app = await start(context, framework);
      const stranger = { ...app, client: new Client(SigningKey.generate('EdDSA')) };
      const cases = [
        [await send(app.port, { method: 'POST', path: '/echo', body: '{}' }), 401, 'signature_missing'],
        [(await call(stranger, { body: BODY })).response, 401, 'signature_unknown'],
        [(await call(app, { body: BODY, change: { body: BODY.replace('1.50', '1.51') } })).response, 401, 'signature_invalid'],
        [(await call(app, { body: BODY, change: { path: '/echo?admin=1' } })).response, 401, 'signature_binding_mismatch'],
        [(await call(app, { body: BODY, change: { method: 'PUT' } })).response, 401, 'signature_binding_mismatch'],
        [(await call(app, { body: BODY, change: { body: '{"a":1,"a":2}' } })).response, 400, 'body_not_canonicalizable'],
      ];
      for (const [response, status, code] of cases) {
        assert.deepEqual([response.status, codeOf(response), response.headers['x-signature-error']], [status, code, code]);
        assert.equal(response.headers['content-type'], 'application/problem+json');
        assert.equal(response.headers['www-authenticate'], status === 401 ? `Signature error="${code}"` : undefined);
      }
      assert.equal(app.seen.calls, 0);
      const { response, sent } = await call(app, { body: BODY, nonce: 'abc123' });
      assert.equal(response.status, 200);
      const again = await send(app.port, sent);
      assert.deepEqual([again.status, codeOf(again)], [409, 'replay_detected']);
      assert.equal(app.seen.calls, 1);
    });

    test('refusals are signed where the request is', async (context) => {
      const app = await start(context, framework);
      const first = await call(app, { body: BODY, nonce: 'abc123' });
      assert.equal(first.response.status, 200);
      const second = await call(app, { body: BODY, nonce: 'abc123' });
      assert.deepEqual([second.verify().report.bound, second.response.status], [true, 409]);
      const changed = await call(app, { body: BODY, change: { path: '/echo?x' } });
      assert.deepEqual([changed.response.status, changed.response.headers['x-signature'] !== undefined], [401, true]);
    });

    test('GET, HEAD, OPTIONS, DELETE; 204 and 304: no body, and signed all the same', async (context) => {
      const app = await start(context, framework);
      for (const [method, path, status] of [
        ['GET', '/echo?a=b&c=%20d', 200], ['HEAD', '/echo', 200], ['OPTIONS', '/echo', 200], ['DELETE', '/echo', 200], ['GET', '/empty', 204],
        ['GET', '/unchanged', 304],
      ]) {
        const { response, verify } = await call(app, { method, path });
        assert.equal(response.status, status, method);
        assert.deepEqual([verify().report.bound, verify().report.signed], [true, true], `${method} ${path}`);
      }
    });

    test('a response in chunks, of bytes, of an error, of no route', async (context) => {
      const app = await start(context, framework);
      const chunks = await call(app, { method: 'GET', path: '/chunks' });
      assert.deepEqual([chunks.response.status, chunks.verify().body.toString()], [201, '{"b":[2]}']);
      assert.match(chunks.response.headers['x-two'], /^a, b$/);
      assert.equal(chunks.response.headers['content-length'], framework === 'fetch' ? undefined : '9');
      const binary = await call(app, { method: 'GET', path: '/binary' });
      assert.deepEqual([...binary.verify().body], [0, 255, 10]);
      const fault = await call(app, { method: 'GET', path: '/fault' });
      assert.deepEqual([fault.response.status, fault.verify().report.bound], [500, true]);
      const nowhere = await call(app, { method: 'GET', path: '/nowhere' });
      assert.deepEqual([nowhere.response.status, nowhere.verify().report.bound], [404, true]);
      assert.equal((await send(app.port, { path: '/nowhere' })).status, 401);
    });

    test('a stream of events goes out unsigned, unless the client demands a signature', async (context) => {
      const app = await start(context, framework);
      const { response, verify } = await call(app, { method: 'GET', path: '/events' });
      assert.deepEqual([response.status, response.body.toString()], [200, 'data: 1\n\ndata: 2\n\n']);
      refused('signature_missing', verify);
      const strict = { ...app, client: new Client(clientKey, { responses: responseKeys(app.gateway), demandSignature: true }) };
      const demanded = await call(strict, { method: 'GET', path: '/events' });
      assert.deepEqual([demanded.response.status, codeOf(demanded.response)], [501, 'response_not_signable']);
      assert.equal(demanded.verify().report.bound, true);
      assert.equal((await call(strict, { body: BODY })).verify().report.signed, true);
      // So does a response that is coded, which a client decodes before it looks at the signature.
      const coded = await call(app, { method: 'GET', path: '/coded' });
      assert.deepEqual([coded.response.status, gunzipSync(coded.response.body).toString()], [200, 'coded']);
      assert.equal(coded.response.headers['x-signature'], undefined);
      assert.equal((await call(strict, { method: 'GET', path: '/coded' })).response.status, 501);
    });

    test('what asks for a response that cannot be signed does not reach the handler', async (context) => {
      const app = await start(context, framework);
      const headers = { 'accept-encoding': 'gzip', range: 'bytes=0-1', 'x-other': 'kept' };
      const { response } = await call(app, { path: '/headers', body: BODY, headers });
      assert.deepEqual(JSON.parse(response.body), { encoding: null, other: 'kept', range: null });
      app.client = new Client(clientKey);
      const off = await start(context, framework, { signResponses: 'off' });
      assert.equal(JSON.parse((await call({ ...off, client: app.client }, { path: '/headers', body: BODY, headers })).response.body).encoding, 'gzip');
    });

    test('a body in chunks, of bytes, a large one, an empty one', async (context) => {
      const app = await start(context, framework);
      const chunked = await call(app, { body: BODY, change: { body: [BODY.slice(0, 5), BODY.slice(5, 9), BODY.slice(9)] } });
      assert.deepEqual([chunked.response.status, JSON.parse(chunked.response.body).signer?.body], [200, CANONICAL]);
      const binary = await call(app, { body: Buffer.from([1, 0, 254]), type: 'application/octet-stream' });
      assert.deepEqual([binary.response.status, JSON.parse(binary.response.body).body], [200, '0100fe']);
      const text = JSON.stringify({ a: 'x'.repeat(90_000) });
      const large = await call(app, { body: text });
      assert.deepEqual([large.response.status, JSON.parse(large.response.body).body.a.length], [200, 90_000]);
      const empty = await call(app, { method: 'POST', headers: { 'content-length': '0' } });
      assert.equal(empty.response.status, 200);
    });

    test('bodies over the limit', async (context) => {
      const app = await start(context, framework, { maxBody: 1000 });
      const text = JSON.stringify('x'.repeat(2000));
      const announced = await call(app, { body: text });
      assert.deepEqual([announced.response.status, codeOf(announced.response)], [413, 'body_too_large']);
      const chunked = await call(app, { body: text, change: { body: [text.slice(0, 900), text.slice(900)] } });
      assert.deepEqual([chunked.response.status, codeOf(chunked.response)], [413, 'body_too_large']);
      assert.equal(app.seen.calls, 0);
      assert.equal(app.gateway.stats().inflight, 0);
    });

    test('a body that does not come', async (context) => {
      const app = await start(context, framework, {}, { bodyTimeoutMs: 150 });
      const { name, value, body } = app.client.sign({
        method: 'POST', url: 'https://gw.example/echo', headers: { 'content-type': 'application/json' }, body: BODY,
      });
      const head = `POST /echo HTTP/1.1\r\nHost: gw.example\r\nContent-Type: application/json\r\n${name}: ${value}\r\n`;
      const started = performance.now();
      const answer = await raw(app.port, `${head}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body.toString().slice(0, 4)}`);
      assert.match(answer, /^HTTP\/1\.1 408 /);
      assert.match(answer, /body_timeout/);
      assert.ok(performance.now() - started < 2000);
      assert.equal(app.seen.calls, 0);
      assert.equal(app.gateway.stats().inflight, 0);
    });

    test('a client that goes away while it sends', async (context) => {
      const app = await start(context, framework);
      const { name, value } = app.client.sign({ method: 'POST', url: 'https://gw.example/echo', headers: { 'content-type': 'application/json' }, body: BODY });
      await new Promise((resolve) => {
        const socket = connect(app.port, '127.0.0.1', () => {
          socket.write(`POST /echo HTTP/1.1\r\nHost: gw.example\r\nContent-Type: application/json\r\n${name}: ${value}\r\nContent-Length: 100\r\n\r\n{`);
          setTimeout(() => socket.destroy(), 50);
        });
        socket.on('close', resolve);
      });
      await sleep(50);
      assert.equal(app.gateway.stats().inflight, 0, 'what it announced is given back at once');
      assert.equal((await call(app, { body: BODY })).response.status, 200);
      assert.equal(app.seen.calls, 1);
    });

    test('an encoded body, and HTTP/1.0', async (context) => {
      const app = await start(context, framework);
      const zipped = gzipSync(BODY);
      const headers = { 'content-encoding': 'gzip' };
      const encoded = await call(app, { body: BODY, headers, change: { body: zipped } });
      assert.deepEqual([encoded.response.status, codeOf(encoded.response)], [415, 'content_encoding_unsupported']);
      const { name, value, body } = app.client.sign({
        method: 'POST', url: 'https://gw.example/echo', headers: { 'content-type': 'application/json' }, body: BODY,
      });
      const head = `POST /echo HTTP/1.0\r\nHost: gw.example\r\nContent-Type: application/json\r\n${name}: ${value}\r\n`;
      const answer = await raw(app.port, `${head}Content-Length: ${body.length}\r\n\r\n${body}`);
      assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
      assert.match(answer, /\r\nx-signature: /i);
    });

    test('a refused body does not run into the next request of its connection', async (context) => {
      const app = await start(context, framework);
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      context.after(() => agent.destroy());
      for (let count = 0; count < 3; count++) {
        const unsigned = await send(app.port, { method: 'POST', path: '/echo', body: 'x'.repeat(5000), agent });
        assert.equal(unsigned.status, 401);
        const { response } = await call(app, { body: BODY, change: { agent } });
        assert.equal(response.status, 200);
      }
      assert.equal(app.seen.calls, 3);
    });

    test('modes of routes: off, observe, optional, required', async (context) => {
      const app = await start(context, framework, {
        mode: 'required',
        signResponses: 'required-by-client',
        maxBody: 2000,
        routes: [
          { path: '/api/*', mode: 'observe' }, { method: 'GET', path: '/echo', mode: 'off' }, { path: '/echo', mode: 'optional' },
        ],
      });
      const plain = (path, method = 'POST') =>
        send(app.port, { path, method, ...(method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, body: BODY }) });
      assert.deepEqual(JSON.parse((await plain('/echo')).body), { z: 1, body: { a: ['ü', 100], b: 1.5 } });
      assert.equal((await plain('/echo', 'GET')).status, 200);
      assert.equal((await plain('/nowhere')).status, 401);
      assert.equal((await plain('/api/echo')).status, 200);
      assert.deepEqual(app.seen.events.at(-1).code, 'signature_missing');
      // Observed requests are handed on as they came, whatever is found.
      const observed = await call(app, { path: '/api/echo', body: BODY, change: { body: BODY.replace('1.50', '1.51') } });
      assert.deepEqual(JSON.parse(observed.response.body), { z: 1, body: { a: ['ü', 100], b: 1.51 } });
      assert.deepEqual([app.seen.events.at(-1).code, app.seen.events.at(-1).outcome], ['signature_invalid', 'passed']);
      const late = await call(app, { path: '/api/echo', body: CANONICAL, change: { body: ['{"a":"', 'y'.repeat(2500), 'z"}'] } });
      assert.deepEqual(JSON.parse(late.response.body).body, { a: `${'y'.repeat(2500)}z` }, 'what is too large to be looked at is handed on all the same');
      assert.equal(app.seen.events.at(-1).code, 'body_too_large');
      // Broken is never unsigned.
      const broken = await call(app, { body: BODY, change: { headers: { 'content-type': 'application/json', 'x-signature': 'a..b' } } });
      assert.deepEqual([broken.response.status, codeOf(broken.response)], [400, 'signature_malformed']);
      const changed = await call(app, { body: BODY, change: { body: '{}' } });
      assert.equal(codeOf(changed.response), 'signature_invalid');
      assert.equal(JSON.parse((await call(app, { body: BODY })).response.body).signer.kid, clientKey.kid);
    });

    test('the keys that sign responses are published', async (context) => {
      const app = await start(context, framework);
      const response = await send(app.port, { path: '/.well-known/jwks.json' });
      assert.equal(response.status, 200);
      assert.equal(response.headers['content-type'], 'application/jwk-set+json');
      assert.match(response.headers['cache-control'], /max-age=300/);
      assert.equal(response.body.toString(), app.gateway.jwks());
      assert.doesNotMatch(response.body.toString(), /"d"|"k"/);
      const { etag } = response.headers;
      const again = await send(app.port, { path: '/.well-known/jwks.json', headers: { 'if-none-match': etag } });
      assert.deepEqual([again.status, again.body.length], [304, 0]);
      assert.equal((await send(app.port, { path: '/.well-known/jwks.json', method: 'POST' })).status, 401);
      assert.equal((await send(app.port, { path: '/.well-known/jwks.jsonx' })).status, 401);
    });

    test('a hundred replays at once: one is accepted', async (context) => {
      const app = await start(context, framework);
      const { name, value, body } = app.client.sign({
        method: 'POST', url: 'https://gw.example/echo', headers: { 'content-type': 'application/json' }, body: BODY,
      });
      const frame = { method: 'POST', path: '/echo', headers: { 'content-type': 'application/json', [name]: value }, body };
      const statuses = (await Promise.all(Array.from({ length: 100 }, () => send(app.port, frame)))).map(({ status }) => status);
      assert.deepEqual([statuses.filter((status) => status === 200).length, statuses.filter((status) => status === 409).length], [1, 99]);
      assert.equal(app.seen.calls, 1);
    });
  });
}

test('Express: a parser that comes before is an error, and the handler is not called', async (context) => {
  const gateway = new Gateway({ publicOrigins: ['https://gw.example'], preset: 'dev', trust: { keys: [clientKey.publicKey.toJwk()] } });
  for (const parser of [express.json(), (request, response, next) => (request.resume(), next())]) {
    const app = express();
    let calls = 0;
    let fault;
    app.use(parser, expressFace.samebyte(gateway), () => calls++);
    app.use((error, request, response, next) => ((fault = error), response.status(500).end(), next === undefined));
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    context.after(() => server.close());
    const { response } = await call({ port: server.address().port, client: new Client(clientKey) }, { body: BODY });
    assert.equal(response.status, 500);
    assert.equal(fault.code, 'settings_invalid');
    assert.match(fault.message, /before what parses bodies/);
    assert.equal(calls, 0);
  }
});

test('Express: a route below a path is signed for with the whole path', async (context) => {
  const gateway = new Gateway({ publicOrigins: ['https://gw.example'], preset: 'dev', trust: { keys: [clientKey.publicKey.toJwk()] } });
  const app = express();
  app.use('/below', expressFace.samebyte(gateway), express.json(), (request, response) => response.json(request.body));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  context.after(() => server.close());
  const at = { port: server.address().port, client: new Client(clientKey) };
  assert.equal((await call(at, { path: '/below/echo', body: BODY })).response.status, 200);
});

test('Express: a response that is being signed is one that was sent, whatever is done to it', async (context) => {
  const gateway = new Gateway(
    { publicOrigins: ['https://gw.example'], preset: 'dev', signResponses: 'on', trust: { keys: [clientKey.publicKey.toJwk()] } },
    { signingKey: gatewayKey },
  );
  const app = express();
  const found = [];
  app.use(expressFace.samebyte(gateway));
  app.post('/late', (request, response) => {
    response.type('json').end('{"a":1}', () => found.push('ended'));
    found.push(response.headersSent, response.writableEnded);
    response.statusCode = 500;
    response.statusMessage = 'Late';
    response.end('{"b":2}');
    response.write('{"c":3}');
  });
  app.post('/status', (request, response) => ((response.statusCode = 20), response.end('{}')));
  app.post('/reason', (request, response) => ((response.statusMessage = 'a\nb'), response.end('{}')));
  app.post('/chunk', (request, response) => response.type('json').end({ length: 2 }));
  app.post('/text', (request, response) => ((response.statusCode = '201'), response.type('json').end('{}')));
  app.use((error, request, response, next) => (found.push(error.name), (response.statusMessage = ''), response.status(500).type('json').end('{}'), next === undefined));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  context.after(() => server.close());
  const at = { port: server.address().port, client: new Client(clientKey, { responses: responseKeys(gateway) }) };
  const late = await call(at, { path: '/late', body: BODY });
  assert.deepEqual(late.verify().report, { bound: true, kid: gatewayKey.kid, signed: true, status: 200 });
  assert.deepEqual([late.response.body.toString(), late.response.headers['content-type']], ['{"a":1}', 'application/json; charset=utf-8']);
  assert.deepEqual([late.response.message, found.splice(0)], ['OK', [true, true, 'ended']]);
  for (const path of ['/status', '/reason', '/chunk']) {
    const { response, verify } = await call(at, { path, body: BODY });
    assert.deepEqual([response.status, verify().report.signed], [500, true]);
  }
  assert.deepEqual(found.splice(0), ['RangeError', 'TypeError', 'TypeError']);
  const { response, verify } = await call(at, { path: '/text', body: BODY });
  assert.deepEqual([response.status, verify().report.signed], [201, true]);
});

test('Express: the head of a response that is being signed, or of one that was begun, changes no more, as in node:http', async (context) => {
  const gateway = new Gateway(
    { publicOrigins: ['https://gw.example'], preset: 'dev', signResponses: 'on', trust: { keys: [clientKey.publicKey.toJwk()] } },
    { signingKey: gatewayKey },
  );
  const changes = [
    (response) => response.setHeader('x-late', '1'),
    (response) => response.setHeaders(new Map([['x-late', '1']])),
    (response) => response.appendHeader('x-late', '1'),
    (response) => response.removeHeader('x-early'),
    (response) => response.writeHead(500, { 'x-late': '1' }),
  ];
  const found = [];
  const change = (response) => {
    for (const each of changes) {
      try {
        each(response);
        found.push('changed');
      } catch ({ code, message }) {
        found.push(`${code}: ${message}`);
      }
    }
  };
  const app = express();
  app.post('/signed*rest', expressFace.samebyte(gateway));
  app.post('/:gateway/ended', (request, response) => (response.set('x-early', '1').json({ a: 1 }), change(response)));
  app.post('/:gateway/begun', (request, response) => (response.set('x-early', '1').type('json').write('{"a"'), change(response), response.end(':1}')));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  context.after(() => server.close());
  const at = { port: server.address().port, client: new Client(clientKey, { responses: responseKeys(gateway) }) };
  const plain = await send(at.port, { method: 'POST', path: '/plain/ended' });
  const expected = found.splice(0);
  assert.deepEqual([plain.status, expected.length, expected.includes('changed')], [200, changes.length, false]);
  for (const path of ['/signed/ended', '/signed/begun']) {
    const many = await Promise.all(Array.from({ length: 8 }, () => call(at, { path, body: BODY })));
    for (const { response, verify } of many) {
      assert.deepEqual([verify().report.signed, response.status, response.headers['x-early'], response.headers['x-late']], [true, 200, '1', undefined]);
      assert.deepEqual(found.splice(0, changes.length), expected);
    }
  }
});

test('Express: a handler that fails after its response takes nothing of it away', async (context) => {
  const gateway = new Gateway(
    { publicOrigins: ['https://gw.example'], preset: 'dev', signResponses: 'on', trust: { keys: [clientKey.publicKey.toJwk()] } },
    { signingKey: gatewayKey },
  );
  const app = express();
  app.set('env', 'test');
  app.post('/signed*rest', expressFace.samebyte(gateway));
  app.post('/:gateway/rejects', async (request, response) => {
    response.json({ a: 1 });
    throw new Error('too late');
  });
  app.post('/:gateway/destroys', (request, response) => response.json({ a: 1 }).destroy());
  app.post('/:gateway/answers', async (request, response) => {
    response.json({ a: 1 });
    throw new Error('answered');
  });
  app.use((error, request, response, next) => (error.message === 'answered' ? response.status(500).json({ error: 1 }) : next(error)));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  context.after(() => server.close());
  const at = { port: server.address().port, client: new Client(clientKey, { responses: responseKeys(gateway) }) };
  const agent = new Agent({ keepAlive: true });
  context.after(() => agent.destroy());
  for (const path of ['/rejects', '/destroys', '/answers']) {
    const plain = await send(at.port, { method: 'POST', path: `/plain${path}` });
    assert.deepEqual([plain.status, plain.body.toString()], [200, '{"a":1}'], path);
    const many = await Promise.all(Array.from({ length: 8 }, () => call(at, { path: `/signed${path}`, body: BODY, change: { agent } })));
    for (const { response, verify } of many) {
      assert.deepEqual([verify().report.bound, response.status, response.body.toString()], [true, 200, '{"a":1}'], path);
    }
    // The connection is closed behind it, as it is without a gateway.
    await sleep(20);
    assert.deepEqual(Object.keys(agent.freeSockets), [], path);
  }
});

test('Express: whoever waits for the head is called before it is signed', async (context) => {
  const gateway = new Gateway(
    { publicOrigins: ['https://gw.example'], preset: 'dev', signResponses: 'on', trust: { keys: [clientKey.publicKey.toJwk()] } },
    { signingKey: gatewayKey },
  );
  const app = express();
  app.use(expressFace.samebyte(gateway));
  app.use((request, response, next) => {
    const { writeHead } = response;
    let count = 0;
    response.writeHead = function (...head) {
      this.setHeader('x-count', ++count);
      if (request.path === '/changed') this.setHeader('content-type', 'application/octet-stream');
      return writeHead.apply(this, head);
    };
    next();
  });
  app.post(['/implied', '/changed'], (request, response) => response.json({ a: 1 }));
  app.post('/written', (request, response) => (response.type('json').write('{"a"'), response.end(':1}')));
  app.post('/explicit', (request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}'));
  app.post('/events', (request, response) => (response.type('text/event-stream').flushHeaders(), response.end('data: 1\n\n')));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  context.after(() => server.close());
  const at = { port: server.address().port, client: new Client(clientKey, { responses: responseKeys(gateway) }) };
  for (const path of ['/implied', '/changed', '/written', '/explicit', '/events']) {
    const { response, verify } = await call(at, { path, body: BODY });
    assert.deepEqual([response.status, response.headers['x-count']], [200, '1'], path);
    if (path === '/events') assert.equal(response.headers['x-signature'], undefined);
    else assert.equal(verify().report.signed, true, path);
  }
});

test('Express: what was written is signed, whatever becomes of its memory', async (context) => {
  const gateway = new Gateway(
    { publicOrigins: ['https://gw.example'], preset: 'dev', signResponses: 'on', trust: { keys: [clientKey.publicKey.toJwk()] } },
    { signingKey: gatewayKey },
  );
  const app = express();
  const memory = new Uint8Array(new SharedArrayBuffer(64));
  app.use(expressFace.samebyte(gateway), express.json());
  app.post('/number', (request, response) => {
    const { written } = new TextEncoder().encodeInto(JSON.stringify(request.body), memory);
    response.type('json').end(memory.subarray(0, written));
    memory.fill(0);
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  context.after(() => server.close());
  const at = { port: server.address().port, client: new Client(clientKey, { responses: responseKeys(gateway) }) };
  const bodies = Array.from({ length: 20 }, (_, number) => `{"number":${number}}`);
  const answers = await Promise.all(bodies.map((body) => call(at, { path: '/number', body })));
  assert.deepEqual(answers.map(({ verify }) => verify().body.toString()), bodies);
});

test('Express: requests in a row on one connection are answered in order, and a client that goes away takes nobody along', async (context) => {
  const gateway = new Gateway(
    { publicOrigins: ['https://gw.example'], preset: 'dev', signResponses: 'on', trust: { keys: [clientKey.publicKey.toJwk()] } },
    { signingKey: gatewayKey },
  );
  const app = express();
  app.use(expressFace.samebyte(gateway), express.json());
  app.post('/echo', (request, response) => response.json(request.body));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  context.after(() => server.close());
  const { port } = server.address();
  const client = new Client(clientKey, { responses: responseKeys(gateway) });
  const calls = Array.from({ length: 20 }, (_, number) =>
    client.sign({ method: 'POST', url: 'https://gw.example/echo', headers: { 'content-type': 'application/json' }, body: `{"number":${number}}` }),
  );
  const text = ({ name, value, body }) =>
    `POST /echo HTTP/1.1\r\nHost: gw.example\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${name}: ${value}\r\n\r\n${body}`;
  const gone = connect(port, '127.0.0.1');
  gone.on('error', () => undefined);
  gone.write(calls.slice(10).map(text).join(''), () => setImmediate(() => gone.destroy()));
  const socket = connect(port, '127.0.0.1');
  socket.write(calls.slice(0, 10).map(text).join(''));
  let received = '';
  for await (const chunk of socket) {
    received += chunk;
    if (received.split('{"number":').length > 10) break;
  }
  assert.deepEqual([...received.matchAll(/"number":(\d+)/g)].map(([, number]) => Number(number)), calls.slice(0, 10).map((_, number) => number));
  const lines = [...received.matchAll(/\r\nx-signature: (\S+)/gi)].map(([, line]) => line);
  lines.forEach((line, number) => {
    const headers = { 'content-type': 'application/json; charset=utf-8', 'x-signature': line };
    assert.equal(calls[number].verify({ status: 200, headers, body: Buffer.from(`{"number":${number}}`) }).report.bound, true);
  });
  assert.equal(lines.length, 10);
});

test('Express: each of many requests has its own asynchronous context', async (context) => {
  const gateway = new Gateway(
    { publicOrigins: ['https://gw.example'], preset: 'dev', signResponses: 'on', trust: { keys: [clientKey.publicKey.toJwk()] } },
    { signingKey: gatewayKey },
  );
  const app = express();
  const store = new AsyncLocalStorage();
  app.use((request, response, next) => store.run(request.headers['x-number'], next));
  app.use(expressFace.samebyte(gateway));
  app.post(['/number', '/slow'], (request, response) => {
    const number = store.getStore();
    response.type('json').end(JSON.stringify({ number }), () => seen.push([number, store.getStore()]));
  });
  const seen = [];
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  context.after(() => server.close());
  const at = { port: server.address().port, client: new Client(clientKey, { responses: responseKeys(gateway) }) };
  const numbers = Array.from({ length: 50 }, (_, index) => String(index));
  const answers = await Promise.all(numbers.map((number) => call(at, { path: '/number', body: BODY, headers: { 'x-number': number } })));
  assert.deepEqual(answers.map(({ verify }) => verify().json().number), numbers);
  assert.deepEqual([seen.length, seen.filter(([before, after]) => before !== after)], [50, []]);
  // Also where the body comes later than the head.
  const { name, value, body } = at.client.sign({ method: 'POST', url: 'https://gw.example/slow', headers: { 'content-type': 'application/json' }, body: BODY });
  const socket = connect(at.port, '127.0.0.1');
  socket.write(
    `POST /slow HTTP/1.1\r\nHost: gw.example\r\nX-Number: late\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${name}: ${value}\r\n\r\n`,
  );
  setTimeout(() => socket.write(body), 50);
  let received = '';
  for await (const chunk of socket) received += chunk;
  assert.match(received, /\{"number":"late"\}$/);
});

test('Fastify over HTTP/2', async (context) => {
  const gateway = new Gateway(
    { publicOrigins: ['https://gw.example'], preset: 'dev', signResponses: 'on', trust: { keys: [clientKey.publicKey.toJwk()] } },
    { signingKey: gatewayKey },
  );
  const app = Fastify({ http2: true });
  await app.register(fastifyFace.samebyte, { gateway });
  app.post('/echo', (request) => ({ z: 1, body: request.body, by: request.samebyte.identity.kid }));
  app.get('/echo', (request, reply) => reply.code(204).send());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const session = connect2(`http://127.0.0.1:${app.server.address().port}`);
  context.after(() => (session.destroy(), app.close()));
  const client = new Client(clientKey, { responses: responseKeys(gateway) });
  const ask = async (method, text, authority = 'gw.example') => {
    const headers = text === undefined ? {} : { 'content-type': 'application/json' };
    const signed = client.sign({ method, url: 'https://gw.example/echo', headers, body: text });
    const stream = session.request({ ':method': method, ':path': '/echo', ':authority': authority, ...headers, [signed.name]: signed.value });
    stream.end(signed.body);
    const received = await new Promise((resolve, reject) => stream.once('response', resolve).once('error', reject));
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const { ':status': status, ...fields } = received;
    const response = { status, headers: Object.entries(fields).map(([name, value]) => [name, String(value)]), body: Buffer.concat(chunks) };
    return { status, response, verified: signed.verify(response) };
  };
  const large = JSON.stringify({ a: 'x'.repeat(100_000) });
  assert.deepEqual((await ask('POST', BODY)).verified.json(), { by: clientKey.kid, z: 1, body: JSON.parse(CANONICAL) });
  assert.equal((await ask('POST', large)).verified.json().body.a.length, 100_000);
  assert.deepEqual((await ask('GET')).verified.report, { bound: true, kid: gatewayKey.kid, signed: true, status: 204 });
});

test('HTTP/2: what streams that are reset have reserved is given back', async (context) => {
  const gateway = new Gateway(
    { publicOrigins: ['https://gw.example'], preset: 'dev', trust: { keys: [clientKey.publicKey.toJwk()] } },
    { bodyTimeoutMs: 60_000 },
  );
  const middleware = expressFace.samebyte(gateway);
  let came = 0;
  const server = createServer2((request, response) => (came++, middleware(request, response, () => assert.fail('called'))));
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const session = connect2(`http://127.0.0.1:${server.address().port}`);
  context.after(() => (session.destroy(), server.close(), gateway.close()));
  await new Promise((resolve) => session.once('connect', resolve));
  const client = new Client(clientKey);
  for (let count = 0; count < 100; count++) {
    const headers = { 'content-type': 'application/json' };
    const { name, value } = client.sign({ method: 'POST', url: 'https://gw.example/', headers, body: BODY });
    const stream = session.request({ ':method': 'POST', ':path': '/', ':authority': 'gw.example', ...headers, [name]: value });
    stream.on('error', () => undefined);
    stream.write('{');
    stream.close(constants.NGHTTP2_CANCEL);
  }
  const end = Date.now() + 5000;
  while ((came < 100 || gateway.stats().inflight > 0) && Date.now() < end) await sleep(10);
  assert.deepEqual([came, gateway.stats().inflight], [100, 0]);
});

test('Fetch: a request whose body was read is an error', async () => {
  const gateway = new Gateway({ publicOrigins: ['https://gw.example'], preset: 'dev', trust: { keys: [clientKey.publicKey.toJwk()] } });
  const handler = fetchFace.samebyte(gateway, () => assert.fail('called'));
  const request = new Request('https://gw.example/echo', { method: 'POST', body: '{}' });
  await request.text();
  await assert.rejects(handler(request), { code: 'settings_invalid' });
});

test('Fetch: what is no response is not signed and not sent', async () => {
  const gateway = new Gateway(
    { publicOrigins: ['https://gw.example'], preset: 'dev', signResponses: 'on', trust: { keys: [clientKey.publicKey.toJwk()] } },
    { signingKey: gatewayKey },
  );
  const url = 'https://gw.example/';
  const handler = fetchFace.samebyte(gateway, () => Response.error());
  const client = new Client(clientKey);
  const ask = () => {
    const { name, value } = client.sign({ method: 'GET', url });
    return handler(new Request(url, { headers: { [name]: value } }));
  };
  for (const length of [1, 20]) {
    for (const { reason } of await Promise.allSettled(Array.from({ length }, ask))) {
      assert.deepEqual([reason?.code, reason?.message], ['invalid_argument', 'this response is not to be signed']);
    }
  }
});

test('what is no gateway is refused', async () => {
  refused('settings_invalid', () => expressFace.samebyte({}));
  refused('settings_invalid', () => fetchFace.samebyte({}, () => new Response()));
  await assert.rejects(async () => void (await Fastify().register(fastifyFace.samebyte, { gateway: {} })), { code: 'settings_invalid' });
});
