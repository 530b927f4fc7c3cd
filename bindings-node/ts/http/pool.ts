import { AsyncResource } from 'node:async_hooks';
import { availableParallelism } from 'node:os';

import { SamebyteError } from '../error.js';
import { Exchange, type Answer, type Work } from './exchange.js';

/** As many as go to the thread pool together. */
const TOGETHER = 64;
/** As many bytes as go there together. What is larger goes alone: nobody waits for it, and who keeps a small part keeps no large whole. */
const BYTES = 256 * 1024;

/**
 * How many times the thread pool has work of this module at most: once for each processor, but the pool has four threads, and
 * others want some.
 */
const parallel = Math.min(availableParallelism(), 3);
let arrived: (() => void)[] = [];
const waiting: Work[] = [];
/** How many times work is on the thread pool. */
let away = 0;

/**
 * Calls `work` when all that came over the network by now was read: the body of a small request is there then, and other
 * requests are that came with it. What they hand to {@link verifyBody} and {@link signResponse} goes to the thread pool together.
 */
export function soon(work: () => void): void {
  const resource = new AsyncResource('samebyte');
  if (arrived.push(() => resource.runInAsyncScope(work)) === 1) {
    setImmediate(() => {
      const all = arrived;
      arrived = [];
      all.forEach((each) => contained(each));
      turn();
    });
  }
}

/** Hands the body to the exchange, which verifies the signature: that takes longer than all else. */
export function verifyBody(exchange: Exchange, body: Buffer, done: (error: unknown) => void): void {
  enqueue(exchange, undefined, body, done);
}

/** Hands the response to the exchange, which signs it. `done` has no answer for one that goes out as it is. */
export function signResponse(
  exchange: Exchange,
  status: number,
  type: string | undefined,
  body: Uint8Array,
  done: (error: unknown, answer?: Answer) => void,
): void {
  enqueue(exchange, { status, type }, body, (error, answer) => done(isUnsigned(error) ? undefined : error, answer));
}

/** What is to be sent in place of a response that is streamed or too large, if anything is. */
export function refuseResponse(exchange: Exchange, status: number, type: string | undefined): Answer | undefined {
  try {
    return exchange.respond(status, type, undefined);
  } catch (error) {
    if (isUnsigned(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Whether the response cannot be signed, and nobody minds. */
function isUnsigned(error: unknown): boolean {
  return error instanceof SamebyteError && (error.code === 'response_not_signable' || error.code === 'response_signer_unavailable');
}

/**
 * What is alone is done at once, since the way to the thread pool would take as long. What came together goes there together, and
 * this thread reads and answers others meanwhile.
 */
function enqueue(exchange: Exchange, response: Work['response'], body: Uint8Array, done: Work['done']): void {
  // What is done for one request is seen as that of no other, by whoever tells them apart (`AsyncLocalStorage`).
  const resource = new AsyncResource('samebyte');
  const contain: Work['done'] = (error, answer) => contained(() => resource.runInAsyncScope(done, undefined, error, answer));
  if (waiting.push({ exchange, response, body, done: contain }) === 1 && away < parallel) {
    soon(() => undefined);
  }
}

/** Does what waits. What comes while all processors have work waits for them. */
function turn(): void {
  while (waiting.length > 0 && away < parallel) {
    const together = next();
    if (parallel === 1 || (together.length === 1 && waiting.length === 0 && away === 0)) {
      together.forEach((work) => Exchange.work(work));
      continue;
    }
    away++;
    void Exchange.workMany(together, () => {
      // The next ones are on their way while these are answered.
      away--;
      turn();
    });
  }
}

/** Takes those that go together from what waits. */
function next(): Work[] {
  let bytes = 0;
  const end = waiting.findIndex(({ body }, index) => index === TOGETHER || ((bytes += body.length) > BYTES && index > 0));
  return waiting.splice(0, end < 0 ? waiting.length : end);
}

/** What a handler throws is no matter of the other requests. */
function contained(work: () => void): void {
  try {
    work();
  } catch (thrown) {
    process.nextTick(() => {
      throw thrown;
    });
  }
}
