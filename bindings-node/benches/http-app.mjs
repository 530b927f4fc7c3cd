// The applications that `cargo xtask bench http` measures, with and without the middleware.
// Arguments: `express`, `fastify` or `fetch`, and the port. BENCH: `unsigned` nothing, `peer` npm's http-message-signatures (RFC 9421,
// verified only, no replay store), `primitive` the Ed25519 of node:crypto over the same signature and nothing else, `verify` the
// middleware with a store that takes every nonce, anything else the middleware with settings from the environment.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';

import { Gateway } from 'samebyte';

const [framework, port] = process.argv.slice(2);
const mode = process.env.BENCH;
/** No store at all: what verifying costs alone. */
const allNew = { reserve: () => Promise.resolve('new'), watch() {}, close() {} };
const gateway = ['unsigned', 'peer', 'primitive'].includes(mode)
  ? undefined
  : await Gateway.fromEnvironment(process.env, mode === 'verify' ? { store: allNew } : {});

/** What is left when nothing is looked at but the signature: a verification on the thread pool. */
function primitive() {
  const [jwk] = JSON.parse(readFileSync(process.env.TRUSTED_KEYS, 'utf8')).keys;
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return (headers, body, done) => {
    const [header, , signature] = headers['x-signature'].split('.');
    const input = Buffer.from(`${header}.${body.toString('base64url')}`, 'latin1');
    verify(null, input, key, Buffer.from(signature, 'base64url'), (error, valid) => done(valid === true ? undefined : (error ?? new Error('invalid'))));
  };
}

/** Express behind the other package: signature, and digest of the body. */
async function peer() {
  const { httpbis } = await import('http-message-signatures');
  const key = createPublicKey(readFileSync(process.env.PEER_KEY));
  const lookup = async () => ({ id: 'client-1', algs: ['ed25519'], verify: async (data, signature) => verify(null, data, key, signature) });
  return async (request, response, next) => {
    const message = { method: request.method, url: 'https://gw.example/rpc', headers: request.headers };
    const ok = await httpbis.verifyMessage({ keyLookup: lookup, requiredFields: ['content-digest'] }, message);
    const digest = createHash('sha256').update(request.body).digest('base64');
    if (ok !== true || request.headers['content-digest'] !== `sha-256=:${digest}:`) {
      response.status(401).end();
    } else {
      next();
    }
  };
}

/** A handler of the Fetch API under node:http, as simple as it can be. */
function serveFetch(handler) {
  return createServer(async (incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const body = method === 'GET' || method === 'HEAD' ? {} : { body: Readable.toWeb(incoming), duplex: 'half' };
    const response = await handler(new Request(`http://${headers.host}${url}`, { method, headers, ...body }));
    outgoing.statusCode = response.status;
    outgoing.setHeaders(response.headers);
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  });
}

if (framework === 'express') {
  const { default: express } = await import('express');
  const app = express();
  if (gateway !== undefined) {
    const { samebyte } = await import('samebyte/express');
    app.use(samebyte(gateway));
  }
  const echo = (request, response) => response.type('application/json').send(request.body);
  const between = mode === 'peer' ? [await peer()] : [];
  if (mode === 'primitive') {
    const check = primitive();
    between.push((request, response, next) => check(request.headers, request.body, next));
  }
  app.post('/rpc', express.raw({ type: 'application/json' }), ...between, echo);
  app.listen(Number(port), '127.0.0.1');
} else if (framework === 'fetch') {
  const { samebyte } = await import('samebyte/fetch');
  const check = mode === 'primitive' ? primitive() : undefined;
  const echo = async (request) => {
    const body = Buffer.from(await request.arrayBuffer());
    if (check !== undefined) {
      const headers = { 'x-signature': request.headers.get('x-signature') };
      await new Promise((resolve, reject) => check(headers, body, (error) => (error === undefined ? resolve() : reject(error))));
    }
    return new Response(body, { headers: { 'content-type': 'application/json' } });
  };
  const handler = gateway === undefined ? echo : samebyte(gateway, echo);
  serveFetch(handler).listen(Number(port), '127.0.0.1');
} else {
  const { default: fastify } = await import('fastify');
  const app = fastify();
  if (gateway !== undefined) {
    const { samebyte } = await import('samebyte/fastify');
    await app.register(samebyte, { gateway });
  }
  if (mode === 'primitive') {
    const check = primitive();
    app.addHook('preHandler', (request, reply, done) => check(request.headers, request.body, done));
  }
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/rpc', (request, reply) => reply.type('application/json').send(request.body));
  await app.listen({ port: Number(port), host: '127.0.0.1' });
}
