// Compiled only: signed requests and responses, and the middleware in the frameworks that it is for.
import express from 'express';
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { Client, Gateway, Keyset, SigningKey, type Identity, type ResponseReport, type Settings, type Verified } from 'samebyte';
import * as inExpress from 'samebyte/express';
import * as inFastify from 'samebyte/fastify';
import * as inFetch from 'samebyte/fetch';
import { RedisStore, type ReplayStore } from 'samebyte/replay';

const key = SigningKey.generate('EdDSA');
export const settings: Settings = {
  publicOrigins: ['https://gw.example'],
  routes: [{ method: 'POST', path: '/rpc', mode: 'required' }],
  trust: [{ tenant: 'acme', jwksUri: 'https://keys.example/jwks.json', algs: ['EdDSA'] }],
};
// @ts-expect-error There are four modes.
export const wrong: Settings = { mode: 'sometimes' };
export const store: ReplayStore = await RedisStore.open(new Redis());
await RedisStore.open(createClient({ url: 'redis://127.0.0.1' }), { timeoutMs: 50 });
export const gateway = new Gateway(settings, { signingKey: key, store, log: ({ code }) => console.log(code) });
// @ts-expect-error A key is no text.
new Gateway(settings, { signingKey: 'secret' });

const app = express();
app.use(inExpress.samebyte(gateway), express.json());
app.post('/rpc', (request, response) => {
  const identity: Identity | undefined = request.samebyte?.identity;
  response.json({ by: identity?.kid });
});

const server = Fastify();
server.register(inFastify.samebyte, { gateway });
server.post('/rpc', (request) => ({ by: request.samebyte?.identity.kid }));

export const handler: (request: Request, context: { id: number }) => Promise<Response> = inFetch.samebyte(
  gateway,
  (request, context: { id: number }) => {
    const signer: Verified | undefined = inFetch.verified(request);
    return Response.json({ by: signer?.identity.kid, id: context.id });
  },
);

const client = new Client(key, { responses: Keyset.fromJwks(gateway.jwks()), demandSignature: true });
export const report: ResponseReport = (await client.fetch('https://gw.example/rpc', { method: 'POST', body: '{}' })).report;
export const signed = client.sign({ method: 'GET', url: 'https://gw.example/' });
export const body: Buffer = signed.verify({ status: 200, headers: [['x-signature', '']], body: new Uint8Array() }).body;
