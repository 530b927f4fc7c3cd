// The driver of the replay stores of Node: speaks conformance-vectors/soak/README.md.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { SamebyteError } from 'samebyte';
import { RedisStore } from 'samebyte/replay';

const CLIENTS = {
  ioredis: (url) => new Redis(url, { lazyConnect: true }),
  redis: (url) => createClient({ url }),
};

let store;
let lost;

async function open({ kind, client, target, timeout_ms: timeoutMs }) {
  if (kind !== 'redis' || !Object.hasOwn(CLIENTS, client)) {
    return { error: 'unsupported' };
  }
  try {
    store = await RedisStore.open(CLIENTS[client](target), { timeoutMs });
  } catch (error) {
    if (error instanceof SamebyteError) {
      return { error: error.code };
    }
    throw error;
  }
  store.watch((at = Date.now()) => (lost = Math.max(at, lost ?? 0)));
  return { opened: true };
}

async function answer(question) {
  if (question.open !== undefined) {
    return open(question.open);
  }
  if (question.together !== undefined) {
    return { verdicts: await Promise.all(question.together.map((one) => store.reserve(...one))) };
  }
  return { verdict: await store.reserve(...question.reserve) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const begin = performance.now();
  const given = await answer(JSON.parse(line));
  writeSync(1, `${JSON.stringify({ ...given, ms: performance.now() - begin, lost })}\n`);
  lost = undefined;
}
process.exit();
