// The fetcher of key sets against servers that are slow, large, redirect, or lie where nobody should reach.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createNet } from 'node:net';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const { fetchJwks } = createRequire(import.meta.url)('../dist/http/jwks.js');

const LIMITS = { maxBytes: 65536, timeoutMs: 500, privateAddresses: true };
const PUBLIC = { ...LIMITS, privateAddresses: false };
const JWKS = '{"keys":[]}';

async function serve(context, handler, make = createServer) {
  const server = make(handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => (server.closeAllConnections?.(), server.close()));
  return `http://127.0.0.1:${server.address().port}/jwks.json`;
}

const fetching = (url, limits = LIMITS, isPublic = () => false) => fetchJwks(url, limits, isPublic);

test('a key set is fetched', async (context) => {
  const url = await serve(context, (request, response) => {
    assert.equal(request.headers['accept-encoding'], 'identity');
    response.end(JWKS);
  });
  assert.equal((await fetching(url)).toString(), JWKS);
  assert.equal((await fetching(url.replace('127.0.0.1', 'localhost'))).toString(), JWKS);
});

test('plain http is for this machine alone, and only where private addresses are allowed', async () => {
  await assert.rejects(fetching('http://127.0.0.1:1/', PUBLIC, () => true), /over https/);
  await assert.rejects(fetching('http://keys.example/'), /over https/);
  await assert.rejects(fetching('http://localhost.example/'), /over https/);
  await assert.rejects(fetching('file:///etc/passwd'), /over https/);
});

test('addresses that are not public are not connected to', async (context) => {
  let connections = 0;
  const port = new URL(await serve(context, (socket) => (connections++, socket.destroy()), createNet)).port;
  const asked = [];
  const isPublic = (address) => (asked.push(address), false);
  for (const host of ['127.0.0.1', '[::1]', 'localhost', '2130706433', '0x7f.1']) {
    await assert.rejects(fetching(`https://${host}:${port}/`, PUBLIC, isPublic), /not a public address|ENOTFOUND|EAI_AGAIN/, host);
  }
  assert.ok(asked.includes('127.0.0.1'), `${asked}`);
  assert.equal(connections, 0);
});

test('every address of a name has to be public, and the one that was looked at is connected to', async (context) => {
  const dns = createRequire(import.meta.url)('node:dns');
  const original = dns.lookup;
  context.after(() => (dns.lookup = original));
  let connections = 0;
  const port = new URL(await serve(context, (socket) => (connections++, socket.destroy()), createNet)).port;
  let answers = [[{ address: '127.0.0.1', family: 4 }, { address: '10.0.0.1', family: 4 }]];
  let looked = 0;
  dns.lookup = (_, options, callback) => {
    assert.equal(options.all, true);
    const answer = answers[Math.min(looked++, answers.length - 1)];
    process.nextTick(callback, null, answer);
  };
  const isPublic = (address) => address === '127.0.0.1';
  await assert.rejects(fetching(`https://keys.example:${port}/`, PUBLIC, isPublic), /10\.0\.0\.1, which is not a public/);
  assert.equal(connections, 0);
  // A name that means a public address at first and another one then: it is looked up once.
  answers = [[{ address: '127.0.0.1', family: 4 }], [{ address: '10.0.0.1', family: 4 }]];
  looked = 0;
  await assert.rejects(fetching(`https://keys.example:${port}/`, PUBLIC, isPublic), /ECONNRESET|socket|TLS/);
  assert.deepEqual([looked, connections], [1, 1]);
});

test('redirects are not followed', async (context) => {
  let hits = 0;
  const url = await serve(context, (request, response) => {
    hits++;
    response.writeHead(302, { location: '/elsewhere' }).end(JWKS);
  });
  await assert.rejects(fetching(url), /status 302/);
  assert.equal(hits, 1);
});

test('other answers are refused', async (context) => {
  const answers = {
    '/404': (response) => response.writeHead(404).end(JWKS),
    '/500': (response) => response.writeHead(500).end(JWKS),
    '/gzip': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(JWKS),
    '/long': (response) => response.end('x'.repeat(65537)),
    '/chunks': (response) => {
      const more = () => response.write('x'.repeat(10_000), (error) => error ?? setImmediate(more));
      more();
    },
    '/cut': (response) => (response.writeHead(200, { 'content-length': 100 }).write('{'), setTimeout(() => response.destroy(), 10)),
  };
  const url = await serve(context, (request, response) => answers[request.url](response));
  for (const path of Object.keys(answers)) {
    await assert.rejects(fetching(new URL(path, url).href), Error, path);
  }
});

test('two seconds are for everything together', async (context) => {
  const silent = await serve(context, () => {}, createNet);
  const headless = await serve(context, () => {});
  const drip = await serve(context, (request, response) => {
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  });
  for (const url of [silent, headless, drip]) {
    const started = performance.now();
    await assert.rejects(fetching(url), /within 500 ms/);
    assert.ok(performance.now() - started < 900);
  }
});
