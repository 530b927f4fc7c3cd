// What a gateway is besides its middleware: settings, keys at run time, nonces in one process and in several.
import assert from 'node:assert/strict';
import { execFileSync, fork } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { Redis } from 'ioredis';
import { Client, Gateway, Keyset, SigningKey } from 'samebyte';
import { RedisStore } from 'samebyte/replay';

import { call, clientKey, codeOf, gatewayKey, NAMES, send, start } from './http-apps.mjs';
import { RedisServer, skip } from './redis-server.mjs';
import { refused, refusedLater } from './support.mjs';

const BODY = '{"a":1}';
const TRUST = { keys: [clientKey.publicKey.toJwk()] };

/** A folder that goes with its test. */
function folder(context) {
  const path = mkdtempSync(join(tmpdir(), 'samebyte-'));
  context.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('settings that contradict each other, and those that are not known', () => {
  const settings = { publicOrigins: ['https://gw.example'], preset: 'dev', trust: TRUST };
  refused('unknown_option', () => new Gateway({ ...settings, origins: [] }));
  refused('unknown_option', () => new Gateway({ ...settings, trust: [{ keys: [] }] }));
  refused('unknown_option', () => new Gateway(settings, { key: gatewayKey }));
  refused('settings_invalid', () => new Gateway({ ...settings, mode: 'sometimes' }));
  refused('settings_invalid', () => new Gateway({ ...settings, signResponses: 'on' }));
  refused('settings_invalid', () => new Gateway({ trust: TRUST }));
  refused('invalid_argument', () => new Gateway(settings, { signingKey: 'secret' }));
});

test('sources of keys: tenants, dates, revoked keys, secrets', async (context) => {
  const other = SigningKey.generate('ES256');
  const secret = SigningKey.symmetric('HS256', Buffer.alloc(32, 7), { kid: 'shared' });
  const app = await start(context, 'express', {
    allowedAlgs: ['EdDSA', 'ES256', 'HS256'],
    trust: [
      { tenant: 'acme', jwks: TRUST },
      { tenant: 'late', jwks: { keys: [other.publicKey.toJwk()] }, notAfter: 1 },
      { tenant: 'shared', secrets: [{ kid: 'shared', alg: 'HS256', secret: Buffer.alloc(32, 7).toString('base64url') }] },
    ],
  });
  assert.equal((await call(app, { body: BODY })).response.status, 200);
  assert.equal(app.seen.events.at(-1).tenant, 'acme');
  assert.equal(codeOf((await call({ ...app, client: new Client(other) }, { body: BODY })).response), 'signature_key_not_allowed');
  assert.equal((await call({ ...app, client: new Client(secret) }, { body: BODY })).response.status, 200);
  assert.equal(app.seen.events.at(-1).tenant, 'shared');
});

describe('the environment', () => {
  const ENVIRONMENT = { PUBLIC_ORIGINS: 'https://gw.example', PRESET: 'dev', PATH: process.env.PATH };

  test('inline, and out of files', async (context) => {
    const path = folder(context);
    writeFileSync(join(path, 'trust.json'), JSON.stringify(TRUST));
    writeFileSync(join(path, 'key.pem'), gatewayKey.toPem(), { mode: 0o600 });
    const variables = [
      { TRUSTED_KEYS: JSON.stringify(TRUST), SIGNING_KEY: JSON.stringify(gatewayKey.toJwk()) },
      { TRUSTED_KEYS: join(path, 'trust.json'), SIGNING_KEY: join(path, 'key.pem') },
    ];
    for (const given of variables) {
      const gateway = await Gateway.fromEnvironment({ ...ENVIRONMENT, SIGN_RESPONSES: 'on', ...given });
      assert.deepEqual(Keyset.fromJwks(gateway.jwks()).get(gatewayKey.kid).thumbprint, gatewayKey.thumbprint);
      gateway.close();
    }
  });

  test('what does not fit is refused at the start', async () => {
    const trusted = { ...ENVIRONMENT, TRUSTED_KEYS: JSON.stringify(TRUST) };
    for (const [variables, setting] of [
      [{ ...trusted, SIGN_RESPONSES: 'on' }, /SIGN/i],
      [ENVIRONMENT, /TRUSTED_KEYS/i],
      [{ ...trusted, PRESET: 'standard', PUBLIC_ORIGINS: undefined }, /PUBLIC_ORIGINS/i],
      [{ ...trusted, NONCE_TTL: '0' }, /NONCE_TTL/i],
      [{ ...ENVIRONMENT, TRUSTED_KEYS: '/nowhere/keys.json' }, /trusted_keys/i],
      [{ ...ENVIRONMENT, TRUSTED_KEYS: '{"keys":[]},"mode":"off"' }, /trusted_keys/i],
      [{ ...trusted, REPLAY_STORE: 'sqlite:/tmp/nonces' }, /replay_store/i],
    ]) {
      const error = await refusedLater('settings_invalid', Gateway.fromEnvironment(variables));
      assert.match(String(error.detail.setting), setting);
    }
  });

  test('nonces in Redis', { skip }, async (context) => {
    const redis = await RedisServer.start(context);
    const gateway = await Gateway.fromEnvironment({
      ...ENVIRONMENT, PRESET: 'standard', TRUSTED_KEYS: JSON.stringify(TRUST), REPLAY_STORE: redis.url,
    });
    gateway.close();
    assert.match(await redis.command('GET', 'samebyte:epoch'), /^[0-9a-f]{32}:/);
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    const again = Gateway.fromEnvironment({ ...ENVIRONMENT, TRUSTED_KEYS: JSON.stringify(TRUST), REPLAY_STORE: redis.url });
    await refusedLater('settings_invalid', again);
  });
});

describe('keys by URL', () => {
  /** A server of keys: `keys.answer` is what it does, `keys.fetched` how often it was asked. */
  async function keyServer(context) {
    const keys = { fetched: 0, answer: (response) => response.end(JSON.stringify(TRUST)) };
    const server = createServer((request, response) => (keys.fetched++, keys.answer(response)));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    context.after(() => (server.close(), server.closeAllConnections()));
    keys.url = `http://127.0.0.1:${server.address().port}/jwks.json`;
    return keys;
  }
  const jwks = { privateAddresses: true };

  test('are fetched once for many requests, and not for every unknown key', async (context) => {
    const keys = await keyServer(context);
    const app = await start(context, 'express', { trust: [{ jwksUri: keys.url }] }, { jwks });
    const many = await Promise.all(Array.from({ length: 50 }, () => call(app, { body: BODY })));
    assert.deepEqual([...new Set(many.map(({ response }) => response.status))], [200]);
    assert.equal(keys.fetched, 1);
    const storm = Array.from({ length: 20 }, () => call({ ...app, client: new Client(SigningKey.generate('EdDSA')) }, { body: BODY }));
    const codes = (await Promise.all(storm)).map(({ response }) => codeOf(response));
    assert.deepEqual([...new Set(codes)], ['signature_unknown']);
    assert.ok(keys.fetched <= 2, `${keys.fetched}`);
  });

  for (const [what, answer] of [
    ['an error', (response) => response.writeHead(500).end()],
    ['a redirect', (response) => response.writeHead(302, { location: 'http://127.0.0.1/' }).end()],
    ['too much', (response) => response.end(' '.repeat(70_000))],
    ['a private key', (response) => response.end(JSON.stringify({ keys: [clientKey.toJwk()] }))],
    ['no answer', () => {}],
  ]) {
    test(`that give ${what}: 503, and the handler is not called`, async (context) => {
      const keys = await keyServer(context);
      keys.answer = answer;
      const app = await start(context, 'fastify', { trust: [{ jwksUri: keys.url }] }, { jwks: { ...jwks, timeoutMs: 200 } });
      const { response } = await call(app, { body: BODY });
      assert.deepEqual([response.status, codeOf(response)], [503, 'key_source_unavailable']);
      assert.ok(Number(response.headers['retry-after']) > 0);
      assert.equal((await call(app, { body: BODY })).response.status, 503);
      assert.deepEqual([app.seen.calls, keys.fetched], [0, 1]);
    });
  }

  test('of this machine are not reached', async (context) => {
    const keys = await keyServer(context);
    const app = await start(context, 'express', { trust: [{ jwksUri: keys.url.replace('http:', 'https:') }] });
    assert.equal((await call(app, { body: BODY })).response.status, 503);
    assert.equal(keys.fetched, 0);
  });

  test('come over TLS from a server that is trusted', async (context) => {
    const path = folder(context);
    const [key, certificate] = [join(path, 'key.pem'), join(path, 'certificate.pem')];
    const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    execFileSync('openssl', ['req', '-x509', ...options, '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const { readFileSync } = await import('node:fs');
    const server = createSecure({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => response.end(JSON.stringify(TRUST)));
    await new Promise((resolve) => server.listen(0, 'localhost', resolve));
    context.after(() => (server.close(), server.closeAllConnections()));
    const script = `
      const { fetchJwks } = require(${JSON.stringify(join(import.meta.dirname, '../dist/http/jwks.js'))});
      const limits = { maxBytes: 65536, timeoutMs: 2000, privateAddresses: true };
      fetchJwks('https://localhost:${server.address().port}/', limits, () => false).then(
        (body) => console.log(body.toString()), (error) => console.log(error.code));`;
    const { spawn } = await import('node:child_process');
    const run = async (env) => {
      const child = spawn(process.execPath, ['-e', script], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      for await (const chunk of child.stdout) text += chunk;
      return text.trim();
    };
    assert.equal(await run({}), 'DEPTH_ZERO_SELF_SIGNED_CERT');
    assert.equal(await run({ NODE_EXTRA_CA_CERTS: certificate }), JSON.stringify(TRUST));
  });
});

describe('nonces in memory', () => {
  const settings = (name) => ({ publicOrigins: [`https://${name}-${process.pid}.example`], trust: TRUST });

  test('are for one gateway: a second one is refused, until the first is closed', () => {
    const first = new Gateway(settings('second'));
    const error = refused('settings_invalid', () => new Gateway(settings('second')));
    assert.match(error.message, /memory with several workers/);
    new Gateway(settings('other')).close();
    new Gateway({ ...settings('second'), preset: 'dev' }).close();
    first.close();
    new Gateway(settings('second')).close();
  });

  test('are for one process: the workers of a cluster are refused but for one', async () => {
    const children = Array.from({ length: 4 }, () => fork(join(import.meta.dirname, 'memory-worker.mjs'), [`https://cluster-${process.pid}.example`]));
    const said = await Promise.all(children.map((child) => new Promise((resolve) => child.once('message', resolve))));
    children.forEach((child) => child.kill());
    assert.deepEqual(said.sort(), ['settings_invalid', 'settings_invalid', 'settings_invalid', 'started']);
  });

  test('after a start what was signed before is refused; with a snapshot nothing is forgotten', async (context) => {
    const snapshot = join(folder(context), 'nonces');
    const frame = { body: BODY, nonce: 'abc123' };
    const given = { ...settings('snapshot'), preset: undefined, publicOrigins: ['https://gw.example'], audiences: [`snapshot-${process.pid}`] };
    const run = (nested) => start(nested, 'express', given, { snapshot });
    const client = new Client(clientKey, { audience: given.audiences[0], requireSigned: false });
    const stops = [];
    const nested = { after: (stop) => stops.push(stop) };
    const first = { ...(await run(nested)), client };
    const cold = await call(first, frame);
    assert.deepEqual([cold.response.status, codeOf(cold.response)], [503, 'replay_state_cold']);
    assert.equal(cold.response.headers['retry-after'], '5');
    // The clock of the signer is a little ahead: what it signs is later than the start.
    const clock = Date.now;
    context.after(() => (Date.now = clock));
    Date.now = () => clock() + 10_000;
    const accepted = await call(first, frame);
    assert.equal(accepted.response.status, 200);
    stops.splice(0).forEach((stop) => stop());
    assert.equal(statSync(snapshot).mode & 0o777, 0o600);
    const second = { ...(await run(nested)), client };
    assert.equal(second.gateway.stats().live_nonces, 1);
    assert.throws(() => statSync(snapshot), 'a snapshot is for one start');
    const replay = await send(second.port, accepted.sent);
    assert.deepEqual([replay.status, codeOf(replay)], [409, 'replay_detected']);
    assert.equal((await call(second, { body: BODY })).response.status, 200);
    stops.splice(0).forEach((stop) => stop());
    writeFileSync(snapshot, 'damaged');
    refused('invalid_argument', () => new Gateway(given, { snapshot, signingKey: gatewayKey }));
  });
});

describe('nonces in Redis', { skip }, () => {
  const patient = { timeoutMs: 5000 };
  /** An application whose nonces lie in Redis, past the time in which it refuses what may be older than its store. */
  async function behind(context, framework, redis, options = patient) {
    const store = await RedisStore.open(new Redis(redis.url, { lazyConnect: true }), options);
    return start(context, framework, { preset: 'standard' }, { store });
  }
  const warm = (context) => {
    const clock = Date.now;
    context.after(() => (Date.now = clock));
    Date.now = () => clock() + 60_000;
  };

  for (const framework of NAMES) {
    test(`${framework}: two gateways, each frame sent to both: each is accepted once`, async (context) => {
      const redis = await RedisServer.start(context);
      const apps = [await behind(context, framework, redis), await behind(context, framework, redis)];
      assert.equal(codeOf((await call(apps[0], { body: BODY })).response), 'replay_state_cold');
      warm(context);
      for (let count = 0; count < 100; count++) {
        const { name, value, body } = apps[0].client.sign({
          method: 'POST', url: 'https://gw.example/echo', headers: { 'content-type': 'application/json' }, body: BODY,
        });
        const frame = { method: 'POST', path: '/echo', headers: { 'content-type': 'application/json', [name]: value }, body };
        const both = await Promise.all(apps.map(({ port }) => send(port, frame)));
        assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
      }
      assert.equal(apps[0].seen.calls + apps[1].seen.calls, 100);
    });
  }

  test('Redis goes away: 503 in time, and nothing from before is accepted after', async (context) => {
    const redis = await RedisServer.start(context);
    const app = await behind(context, 'express', redis, {});
    warm(context);
    let accepted;
    do {
      accepted = await call(app, { body: BODY });
    } while (accepted.response.status !== 200);
    const before = app.seen.calls;
    await redis.kill();
    for (let count = 0; count < 10; count++) {
      const started = performance.now();
      const { response } = await call(app, { body: BODY });
      assert.deepEqual([response.status, codeOf(response)], [503, 'replay_store_unavailable']);
      assert.ok(performance.now() - started < 150);
    }
    await redis.run();
    let response;
    do {
      response = await send(app.port, accepted.sent);
    } while (codeOf(response) === 'replay_store_unavailable');
    assert.equal(codeOf(response), 'replay_state_cold');
    assert.equal(app.seen.calls, before);
  });
});
