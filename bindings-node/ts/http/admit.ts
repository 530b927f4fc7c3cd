import { createHash } from 'node:crypto';

import { Exchange, STEP, type Answer, type Head, type Refusal } from './exchange.js';
import { begin, fetchKeys, optionsOf, type Gateway, type GatewayEvent } from './gateway.js';
import type { Verdict } from './replay.js';
import type { Verified } from './verified.js';
import { verifyBody } from './pool.js';

/** Reads the body of a request, or says why it did not. */
export type Read = (limit: number, timeoutMs: number, done: (body: Buffer | Refusal) => void) => void;

/** What became of a request: the handler is called, unless there is an answer in its place. */
export interface Decision {
  readonly exchange: Exchange;
  readonly answer: Answer | undefined;
  readonly verified: Verified | undefined;
}

/**
 * Decides about one request. Nothing here waits unless it has to: without keys to fetch and nonces elsewhere, `done` is
 * called by whoever hands over the body.
 */
export function admit(
  gateway: Gateway,
  head: Head,
  read: Read,
  done: (error: unknown, decision: Decision | undefined) => void,
): void {
  const { store, bodyTimeoutMs, log } = optionsOf(gateway);
  let decided = false;
  const settle = (error: unknown, decision: Decision | undefined): void => {
    decided = true;
    done(error, decision);
  };
  const go = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (decided) {
        // It is the handler's.
        throw error;
      }
      settle(error, undefined);
    }
  };
  const finish = (exchange: Exchange): void => {
    const { step } = exchange;
    const answer = step === STEP.reject ? exchange.answer() : undefined;
    const verified = step === STEP.accept ? exchange.verified() : undefined;
    log?.(JSON.parse(exchange.event()) as GatewayEvent);
    settle(undefined, { exchange, answer, verified });
  };
  const reserve = (exchange: Exchange): void => {
    const { key, owner, ttl } = exchange.reservation();
    const reserved = (verdict: Verdict): void => {
      go(() => {
        exchange.reserved(verdict);
        finish(exchange);
      });
    };
    if (store === undefined) {
      reserved('unavailable');
    } else {
      store.reserve(key, owner, ttl).then(reserved, () => reserved('unavailable'));
    }
  };
  const next = (exchange: Exchange): void => {
    if (exchange.step === STEP.reserve) {
      reserve(exchange);
    } else {
      finish(exchange);
    }
  };
  const take = (exchange: Exchange): void => {
    read(exchange.limit, bodyTimeoutMs, (body) => {
      go(() => {
        if (typeof body === 'string') {
          exchange.refuse(body);
          next(exchange);
          return;
        }
        verifyBody(exchange, body, (error) => (error === undefined ? go(() => next(exchange)) : settle(error, undefined)));
      });
    });
  };
  const start = (): void => {
    const exchange = begin(gateway, head);
    if (exchange.step === STEP.keys) {
      fetchKeys(gateway, exchange.source).then(() => go(start), (error: unknown) => settle(error, undefined));
    } else if (exchange.step === STEP.body) {
      take(exchange);
    } else {
      finish(exchange);
    }
  };
  go(start);
}

/** Where the keys are published that verify responses. */
export const WELL_KNOWN = '/.well-known/jwks.json';

/** The answer to a request for the published keys; `undefined` for any other request. */
export function published(gateway: Gateway, method: string, target: string, known: string | undefined): Answer | undefined {
  if (!target.startsWith(WELL_KNOWN) || (target.length > WELL_KNOWN.length && target[WELL_KNOWN.length] !== '?')) {
    return undefined;
  }
  if ((method !== 'GET' && method !== 'HEAD') || optionsOf(gateway).signingKey === undefined) {
    return undefined;
  }
  const body = Buffer.from(gateway.jwks());
  const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const fields = [['etag', tag], ['cache-control', 'public, max-age=300']] as const;
  if (known?.split(',').some((other) => other.trim().replace(/^W\//, '') === tag || other.trim() === '*') === true) {
    return { status: 304, fields, body: Buffer.alloc(0) };
  }
  return { status: 200, fields: [...fields, ['content-type', 'application/jwk-set+json']], body };
}
