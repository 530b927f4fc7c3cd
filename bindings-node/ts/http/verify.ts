import { availableParallelism } from 'node:os';

import { Exchange } from './exchange.js';

interface Waiting {
  readonly exchange: Exchange;
  readonly body: Buffer;
  readonly done: (error: unknown) => void;
}

/** As many requests as go to the thread pool together. */
const TOGETHER = 64;

const parallel = availableParallelism() > 1;
let arrived: (() => void)[] = [];
let waiting: Waiting[] = [];
/** Whether requests are on the thread pool. */
let away = false;

/**
 * Calls `work` when all that came over the network by now was read: the body of a small request is there then, and other
 * requests are that came with it. What they hand to {@link verifyBody} is verified together.
 */
export function soon(work: () => void): void {
  if (arrived.push(work) === 1) {
    setImmediate(() => {
      const all = arrived;
      arrived = [];
      all.forEach((each) => rethrow(attempt(each)));
      turn();
    });
  }
}

/**
 * Hands the body to the exchange, which verifies the signature: that takes longer than all else. A request that is alone is
 * verified at once, since the way to the thread pool would take as long. Where several came together they go there together,
 * and this thread reads and answers others meanwhile.
 */
export function verifyBody(exchange: Exchange, body: Buffer, done: (error: unknown) => void): void {
  if (waiting.push({ exchange, body, done }) === 1 && !away) {
    soon(() => undefined);
  }
}

/** Verifies what waits. Those that come while others are away wait for these. */
function turn(): void {
  if (away || waiting.length === 0) {
    return;
  }
  const together = waiting.slice(0, TOGETHER);
  waiting = waiting.slice(TOGETHER);
  if (together.length === 1 || !parallel) {
    for (const { exchange, body, done } of together) {
      settle(done, attempt(() => exchange.read(body)));
    }
    if (waiting.length > 0) {
      soon(() => undefined);
    }
    return;
  }
  away = true;
  const exchanges = together.map(({ exchange }) => exchange);
  const back = (error: (index: number) => unknown): void => {
    // The next ones are verified while these are answered.
    away = false;
    turn();
    together.forEach(({ done }, index) => settle(done, error(index)));
  };
  Exchange.readMany(exchanges, together.map(({ body }) => body)).then(
    (errors) => back((index) => errors[index]),
    (error: unknown) => back(() => error),
  );
}

function attempt(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** What a handler throws is no matter of the other requests. */
function settle(done: (error: unknown) => void, error: unknown): void {
  rethrow(attempt(() => done(error)));
}

function rethrow(thrown: unknown): void {
  if (thrown !== undefined) {
    process.nextTick(() => {
      throw thrown;
    });
  }
}
