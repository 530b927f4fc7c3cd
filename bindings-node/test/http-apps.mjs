// The same small application in three frameworks, behind a gateway.
import { createServer, request as plain } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { Client, Gateway, Keyset, SigningKey } from 'samebyte';
import * as expressFace from 'samebyte/express';
import * as fastifyFace from 'samebyte/fastify';
import * as fetchFace from 'samebyte/fetch';

/** What a handler sees of the fields of a request. */
const asked = (headers) => ({ encoding: headers['accept-encoding'] ?? null, other: headers['x-other'], range: headers.range ?? null });

const CODED = gzipSync('coded');

const who = (verified) => verified && { kid: verified.identity.kid, body: verified.body.toString() };

/** What the handlers do; `seen` counts their calls. */
const FRAMEWORKS = {
  express(gateway, seen) {
    const app = express();
    app.set('env', 'test');
    app.use(expressFace.samebyte(gateway));
    app.use(express.json({ type: ['json', '+json'] }), express.raw({ type: 'application/octet-stream' }));
    app.use((request, response, next) => (seen.calls++, next()));
    const echo = (request, response) => {
      const body = Buffer.isBuffer(request.body) ? request.body.toString('hex') : request.body;
      response.json({ z: 1, body, signer: who(request.samebyte) });
    };
    app.all(['/echo', '/api/echo'], echo);
    app.all('/headers', (request, response) => response.json(asked(request.headers)));
    app.get('/empty', (request, response) => response.status(204).end());
    app.get('/unchanged', (request, response) => response.status(304).end());
    app.get('/chunks', (request, response) => {
      response.writeHead(201, ['Content-Type', 'application/json', 'X-Two', 'a', 'X-Two', 'b']);
      response.write('{"b":');
      setImmediate(() => (response.write(Buffer.from('[2')), response.end(']}', 'utf8')));
    });
    app.get('/events', (request, response) => {
      response.setHeader('content-type', 'Text/Event-Stream ;charset=utf-8');
      response.write('data: 1\n\n');
      setTimeout(() => response.end('data: 2\n\n'), 5);
    });
    app.get('/binary', (request, response) => response.type('application/octet-stream').send(Buffer.from([0, 255, 10])));
    app.get('/coded', (request, response) => response.type('application/octet-stream').set('content-encoding', 'gzip').end(CODED));
    app.get('/fault', () => {
      throw new Error('a fault of the handler');
    });
    return createServer(app);
  },

  async fastify(gateway, seen) {
    let server;
    const app = Fastify({ serverFactory: (handler) => (server = createServer(handler)) });
    app.register(fastifyFace.samebyte, { gateway });
    app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (request, body, done) => done(null, body.toString('hex')));
    app.addHook('preHandler', (request, reply, done) => (seen.calls++, done()));
    const echo = (request) => ({ z: 1, body: request.body, signer: who(request.samebyte) });
    for (const url of ['/echo', '/api/echo']) {
      app.route({ method: ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'DELETE'], url, handler: echo });
    }
    app.post('/headers', (request) => asked(request.headers));
    app.get('/empty', (request, reply) => reply.code(204).send());
    app.get('/unchanged', (request, reply) => reply.code(304).send());
    app.get('/chunks', (request, reply) => {
      reply.code(201).header('content-type', 'application/json').header('x-two', ['a', 'b']);
      return reply.send(Readable.from(['{"b":', '[2', ']}']));
    });
    app.get('/events', (request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
      reply.raw.write('data: 1\n\n');
      setTimeout(() => reply.raw.end('data: 2\n\n'), 5);
    });
    app.get('/binary', (request, reply) => reply.type('application/octet-stream').send(Buffer.from([0, 255, 10])));
    app.get('/coded', (request, reply) => reply.type('application/octet-stream').header('content-encoding', 'gzip').send(CODED));
    app.get('/fault', () => {
      throw new Error('a fault of the handler');
    });
    await app.ready();
    return server;
  },

  fetch(gateway, seen) {
    const app = new Hono();
    app.use('*', async (context, next) => (seen.calls++, next()));
    const echo = async (context) => {
      const type = context.req.header('content-type') ?? '';
      const body = type.includes('json')
        ? await context.req.json()
        : type ? Buffer.from(await context.req.arrayBuffer()).toString('hex') : undefined;
      return context.json({ z: 1, body, signer: who(fetchFace.verified(context.req.raw)) });
    };
    app.all('/echo', echo);
    app.all('/api/echo', echo);
    app.all('/headers', (context) => context.json(asked(Object.fromEntries(context.req.raw.headers))));
    app.get('/empty', () => new Response(null, { status: 204 }));
    app.get('/unchanged', () => new Response(null, { status: 304 }));
    app.get('/chunks', () => {
      const body = Readable.toWeb(Readable.from([Buffer.from('{"b":'), Buffer.from('[2'), Buffer.from(']}')]));
      return new Response(body, { status: 201, headers: [['content-type', 'application/json'], ['x-two', 'a'], ['x-two', 'b']] });
    });
    app.get('/events', () => {
      const body = Readable.toWeb(Readable.from([Buffer.from('data: 1\n\n'), Buffer.from('data: 2\n\n')]));
      return new Response(body, { headers: { 'content-type': 'Text/Event-Stream ;charset=utf-8' } });
    });
    app.get('/binary', () => new Response(new Uint8Array([0, 255, 10]), { headers: { 'content-type': 'application/octet-stream' } }));
    app.get('/coded', () => new Response(CODED, { headers: { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' } }));
    app.onError((error, context) => context.text('fault', 500));
    app.get('/fault', () => {
      throw new Error('a fault of the handler');
    });
    return createServer(bridge(fetchFace.samebyte(gateway, app.fetch)));
  },
};

/** The names of the frameworks. */
export const NAMES = Object.keys(FRAMEWORKS);

/** node:http for a handler of the Fetch API. */
function bridge(handler) {
  return async (incoming, outgoing) => {
    const headers = new Headers();
    for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
      headers.append(incoming.rawHeaders[index], incoming.rawHeaders[index + 1]);
    }
    const bodiless = ['GET', 'HEAD'].includes(incoming.method);
    const init = { method: incoming.method, headers, ...(bodiless ? {} : { body: Readable.toWeb(incoming), duplex: 'half' }) };
    try {
      const response = await handler(new Request(`http://${incoming.headers.host ?? 'gw.example'}${incoming.url}`, init));
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      for await (const chunk of response.body ?? []) outgoing.write(chunk);
      outgoing.end();
    } catch {
      outgoing.writeHead(500).end();
    }
  };
}

/** Keys that several tests share. */
export const clientKey = SigningKey.generate('EdDSA');
export const gatewayKey = SigningKey.generate('ES256');

/** A running application. `settings` and `options` are those of its gateway; without a store it is one of the preset `dev`. */
export async function start(context, framework, settings = {}, options = {}) {
  const seen = { calls: 0, events: [] };
  const gateway = new Gateway(
    {
      publicOrigins: ['https://gw.example'], signResponses: 'on', preset: 'dev', trust: { keys: [clientKey.publicKey.toJwk()] },
      ...settings,
    },
    { signingKey: gatewayKey, log: (event) => seen.events.push(event), ...options },
  );
  const server = await FRAMEWORKS[framework](gateway, seen);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.close();
    server.closeAllConnections();
    gateway.close();
  });
  const { port } = server.address();
  return { server, gateway, seen, port, client: new Client(clientKey, { responses: responseKeys(gateway) }) };
}

export const responseKeys = (gateway) => Keyset.fromJwks(gateway.jwks());

/** Sends a request as it is; `body` may be a list of chunks. */
export function send(port, { method = 'GET', path = '/', headers = {}, body, agent = false }) {
  return new Promise((resolve, reject) => {
    const request = plain({ host: '127.0.0.1', port, method, path, headers: { host: 'gw.example', ...headers }, agent }, async (response) => {
      const chunks = [];
      try {
        for await (const chunk of response) chunks.push(chunk);
        resolve({ status: response.statusCode, message: response.statusMessage, headers: response.headers, raw: response.rawHeaders, body: Buffer.concat(chunks) });
      } catch (error) {
        reject(error);
      }
    });
    request.on('error', reject);
    for (const chunk of Array.isArray(body) ? body : []) request.write(chunk);
    request.end(Array.isArray(body) ? undefined : body);
  });
}

/** Pairs of a list of names and values in turn. */
export const pairs = (flat) => Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index], flat[2 * index + 1]]);

/** A signed call: the response that came, and what became of its verification. */
export async function call({ port, client }, { method = 'POST', path = '/echo', body, type = 'application/json', headers = {}, nonce, change }) {
  const fields = body === undefined ? headers : { 'content-type': type, ...headers };
  const signed = client.sign({ method, url: `https://gw.example${path}`, headers: fields, body, ...(nonce ? { nonce } : {}) });
  const sent = { method, path, headers: { ...fields, [signed.name]: signed.value }, body: signed.body, ...change };
  const response = await send(port, sent);
  const verify = () => signed.verify({ status: response.status, headers: pairs(response.raw), body: response.body });
  return { response, verify, sent };
}

/** Everything that comes over a connection after this text was sent. */
export function raw(port, text) {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => (received += data));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

/** The code of a refusal. */
export const codeOf = (response) => JSON.parse(response.body).error;
