// The replay store in Redis over both client libraries, against a real server that is emptied, restarted, stalled and filled.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer, connect } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { RedisStore } from 'samebyte/replay';

import { RedisServer, skip } from './redis-server.mjs';
import { refusedLater } from './support.mjs';

const id = () => randomBytes(16).toString('hex');
const TTL = 60_000;
/** Every verdict is there before this many milliseconds are over, as the specification asks. */
const DEADLINE = 150;

const LIBRARIES = {
  ioredis: (url) => new Redis(url, { lazyConnect: true }),
  redis: (url) => createClient({ url }),
};

/** A store that goes with its test. It is patient where a test is not about time. */
async function opened(context, client, options = { timeoutMs: 5000 }) {
  const store = await RedisStore.open(client, options);
  context.after(() => store.close());
  return store;
}

const verdict = (store, key = id(), owner = id()) => store.reserve(key, owner, TTL);

/** That there is no verdict, and that this is said in time. */
async function unavailable(store, key) {
  const started = performance.now();
  assert.equal(await verdict(store, key), 'unavailable');
  const took = performance.now() - started;
  assert.ok(took < DEADLINE, `a verdict took ${took} ms`);
}

/** Asks until the verdict is another one; which. */
async function until(store, wanted, limit = 5000) {
  const end = Date.now() + limit;
  const seen = [];
  for (;;) {
    seen.push(await verdict(store));
    if (seen.at(-1) === wanted) return seen;
    assert.ok(Date.now() < end, `never ${wanted}: ${[...new Set(seen)]}`);
    await sleep(10);
  }
}

for (const [library, client] of Object.entries(LIBRARIES)) {
  describe(`with ${library}`, { skip }, () => {
    test('a nonce is new once, and again to its owner', async (context) => {
      const redis = await RedisServer.start(context);
      const store = await opened(context, client(redis.url));
      const [key, owner] = [id(), id()];
      assert.equal(await verdict(store, key, owner), 'new');
      assert.equal(await verdict(store, key, owner), 'new');
      assert.equal(await verdict(store, key), 'replay');
      const left = Number((await redis.command('PTTL', `samebyte:n:${key}`)).slice(1));
      assert.ok(left > TTL - 5000 && left <= TTL, `${left}`);
      assert.equal(await redis.command('TTL', 'samebyte:epoch'), ':-1');
      store.close();
      assert.equal(await verdict(store), 'unavailable');
    });

    test('two stores on one server: each nonce has one winner', async (context) => {
      const redis = await RedisServer.start(context);
      const stores = [await opened(context, client(redis.url)), await opened(context, client(redis.url))];
      const keys = Array.from({ length: 5000 }, id);
      let both = [];
      for (let start = 0; start < keys.length; start += 50) {
        const some = keys.slice(start, start + 50).flatMap((key) => stores.map((store) => store.reserve(key, id(), TTL)));
        both.push(...(await Promise.all(some)));
      }
      for (const [index] of keys.entries()) {
        assert.deepEqual(both.slice(2 * index, 2 * index + 2).sort(), ['new', 'replay']);
      }
    });

    test('what is reserved in one turn goes out together, and each has its own verdict', async (context) => {
      const redis = await RedisServer.start(context);
      const store = await opened(context, client(redis.url));
      const [twice, broken, owner] = [id(), id(), id()];
      await redis.command('LPUSH', `samebyte:n:${broken}`, 'no text');
      const before = [await redis.calls('set'), await redis.calls('get')];
      const asked = [[twice, owner], [broken, id()], [twice, id()], [id(), id()], [twice, owner]];
      assert.deepEqual(await Promise.all(asked.map((one) => store.reserve(...one, TTL))), ['new', 'unavailable', 'replay', 'new', 'new']);
      const after = [await redis.calls('set'), await redis.calls('get')];
      assert.equal(after[0] - before[0], asked.length);
      assert.equal(after[1] - before[1], 1, 'the epoch is read once, behind all of them');
      await until(store, 'new');
      await redis.command('FLUSHALL');
      assert.deepEqual(new Set(await Promise.all(asked.map((one) => store.reserve(...one, TTL)))), new Set(['cold']));
    });

    test('prefixes keep nonces apart', async (context) => {
      const redis = await RedisServer.start(context);
      const key = id();
      assert.equal(await verdict(await opened(context, client(redis.url), { prefix: 'a:', timeoutMs: 5000 }), key), 'new');
      assert.equal(await verdict(await opened(context, client(redis.url), { prefix: 'b:', timeoutMs: 5000 }), key), 'new');
      assert.match(await redis.command('GET', 'a:epoch'), /^[0-9a-f]{32}:\d+$/);
    });

    test('who comes later knows when the state was lost', async (context) => {
      const redis = await RedisServer.start(context);
      const times = [];
      const before = Date.now();
      (await opened(context, client(redis.url))).watch((at) => times.push(at));
      await sleep(20);
      (await opened(context, client(redis.url))).watch((at) => times.push(at));
      assert.deepEqual(times, [times[0], times[0]]);
      assert.ok(times[0] >= before && times[0] <= Date.now() - 20);
      // An epoch of another kind was made nobody knows when.
      await redis.command('SET', 'samebyte:epoch', 'something else');
      (await opened(context, client(redis.url))).watch((at) => times.push(at));
      assert.ok(times[2] >= times[0] + 20);
    });

    for (const policy of ['allkeys-lru', 'volatile-lru', 'volatile-ttl', 'allkeys-random']) {
      test(`a server with the policy ${policy} is refused at the start`, async (context) => {
        const redis = await RedisServer.start(context, ['--maxmemory', '8mb', '--maxmemory-policy', policy]);
        const error = await refusedLater('settings_invalid', RedisStore.open(client(redis.url)));
        assert.match(error.message, new RegExp(policy));
        assert.equal(await verdict(await opened(context, client(redis.url), { allowEviction: true, timeoutMs: 5000 })), 'new');
      });
    }

    test('a policy that is changed later stops it, until it is changed back', async (context) => {
      const redis = await RedisServer.start(context);
      const store = await opened(context, client(redis.url));
      assert.equal(await verdict(store), 'new');
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
      await until(store, 'unavailable', 2500);
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
      await until(store, 'new', 2500);
    });

    test('a replica is never asked', async (context) => {
      const redis = await RedisServer.start(context);
      const replica = await RedisServer.start(context, ['--replicaof', '127.0.0.1', `${redis.port}`]);
      await refusedLater('settings_invalid', RedisStore.open(client(replica.url)));
    });

    test('a full server is full, and lets no replay through', async (context) => {
      const redis = await RedisServer.start(context, ['--maxmemory', '3mb', '--maxmemory-policy', 'noeviction']);
      const store = await opened(context, client(redis.url));
      const keys = [];
      let given = 'new';
      while (given === 'new') {
        keys.push(...Array.from({ length: 200 }, id));
        given = (await Promise.all(keys.slice(-200).map((key) => store.reserve(key, id(), TTL)))).at(-1);
      }
      assert.equal(given, 'full');
      for (const key of keys.slice(0, 100)) {
        assert.match(await verdict(store, key), /^(full|replay)$/);
      }
    });

    test('an emptied server: cold once, told before, then new', async (context) => {
      const redis = await RedisServer.start(context);
      const store = await opened(context, client(redis.url));
      let lost = 0;
      store.watch(() => lost++);
      const key = id();
      assert.equal(await verdict(store, key), 'new');
      const before = lost;
      await redis.command('FLUSHALL');
      assert.equal(await verdict(store, key), 'cold');
      assert.equal(lost, before + 1);
      assert.equal(await verdict(store), 'new');
    });

    test('a server that is killed and comes back empty: unavailable, then told, then new', async (context) => {
      const redis = await RedisServer.start(context);
      const store = await opened(context, client(redis.url), {});
      let lost = 0;
      store.watch(() => lost++);
      const key = id();
      assert.equal(await verdict(store, key), 'new');
      const before = lost;
      await redis.kill();
      for (let count = 0; count < 20; count++) {
        await unavailable(store, key);
        await sleep(5);
      }
      await redis.run();
      const seen = await until(store, 'new');
      assert.ok(seen.slice(0, -1).every((given) => given === 'unavailable'), `${seen}`);
      assert.ok(lost > before);
    });

    test('a server that is restarted with an old copy of its data is noticed', async (context) => {
      const redis = await RedisServer.start(context);
      const store = await opened(context, client(redis.url));
      let lost = 0;
      store.watch(() => lost++);
      await redis.command('SAVE');
      const key = id();
      assert.equal(await verdict(store, key), 'new');
      const before = lost;
      await redis.kill();
      await redis.run();
      await until(store, 'new');
      assert.match(await redis.command('GET', 'samebyte:epoch'), /^[0-9a-f]{32}:\d+$/);
      assert.equal(lost, before + 1, 'the epoch survived, the nonce did not');
    });

    test('a server that is stalled: unavailable in time, and no false replay when it goes on', async (context) => {
      const redis = await RedisServer.start(context);
      const store = await opened(context, client(redis.url), {});
      assert.equal(await verdict(store), 'new');
      redis.signal('SIGSTOP');
      for (let count = 0; count < 30; count++) {
        await unavailable(store);
        await sleep(20);
      }
      redis.signal('SIGCONT');
      const seen = await until(store, 'new');
      assert.ok(!seen.includes('replay'), `${seen}`);
    });

    test('a lost reply: unavailable once, the command is not sent again, its owner may ask again', async (context) => {
      const redis = await RedisServer.start(context);
      const wire = { swallow: false };
      const proxy = createServer((near) => {
        const far = connect(redis.port, '127.0.0.1');
        near.on('data', (data) => {
          wire.cut = wire.swallow && data.includes('samebyte:n:');
          far.write(data);
        });
        far.on('data', (data) => (wire.cut ? near.destroy() : near.write(data)));
        const end = () => [near, far].forEach((socket) => socket.destroy());
        [near, far].forEach((socket) => socket.on('error', end).on('close', end));
      });
      await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      context.after(() => proxy.close());
      const store = await opened(context, client(`redis://127.0.0.1:${proxy.address().port}`));
      assert.equal(await verdict(store), 'new');
      const before = await redis.calls('set');
      const [key, owner] = [id(), id()];
      wire.swallow = true;
      assert.equal(await verdict(store, key, owner), 'unavailable');
      wire.swallow = false;
      await until(store, 'new');
      const later = (await redis.calls('set')) - before;
      assert.equal(await redis.command('EXISTS', `samebyte:n:${key}`), ':1');
      assert.equal(later, 2, 'one whose reply was lost, and one that was answered');
      assert.equal(await verdict(store, key, owner), 'new');
      assert.equal(await verdict(store, key), 'replay');
    });

    test('a connection that is cut is made again, and nothing counts as lost', async (context) => {
      const redis = await RedisServer.start(context);
      const store = await opened(context, client(redis.url));
      let lost = 0;
      store.watch(() => lost++);
      const before = lost;
      await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
      await until(store, 'new');
      assert.equal(lost, before);
    });

    test('no server at the start', async () => {
      await refusedLater('replay_store_unavailable', RedisStore.open(client('redis://127.0.0.1:1')));
    });

    test('the client that was given is left alone', async (context) => {
      const redis = await RedisServer.start(context);
      const own = client(redis.url);
      own.on('error', () => {});
      const store = await opened(context, own);
      await own.connect();
      store.close();
      assert.equal(await own.ping(), 'PONG');
      await own.quit();
    });
  });
}

test('a URL takes the library that is installed', { skip }, async (context) => {
  const redis = await RedisServer.start(context);
  const store = await RedisStore.connect(redis.url);
  context.after(() => store.close());
  assert.equal(await verdict(store), 'new');
});

test('what is no client, or no option, is refused', async () => {
  await refusedLater('invalid_argument', RedisStore.open({}));
  await refusedLater('invalid_argument', RedisStore.open('redis://127.0.0.1'));
  await refusedLater('unknown_option', RedisStore.open(LIBRARIES.redis('redis://127.0.0.1:1'), { retries: 3 }));
  await refusedLater('invalid_argument', RedisStore.open(LIBRARIES.redis('redis://127.0.0.1:1'), { timeoutMs: 0 }));
});
