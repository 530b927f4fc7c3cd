// The applications that `cargo xtask bench http` measures, with and without the middleware.
// Arguments: `express` or `fastify`, and the port. BENCH: `unsigned` nothing, `peer` npm's http-message-signatures (RFC 9421,
// verified only, no replay store), `primitive` the Ed25519 of node:crypto over the same signature and nothing else, anything else
// the middleware with settings from the environment.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { Gateway } from 'samebyte';

const [framework, port] = process.argv.slice(2);
const mode = process.env.BENCH;
const gateway = ['unsigned', 'peer', 'primitive'].includes(mode) ? undefined : await Gateway.fromEnvironment();

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
