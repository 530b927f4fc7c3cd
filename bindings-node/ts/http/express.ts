/**
 * Middleware for Express, and for whatever else calls `(request, response, next)` over node:http.
 *
 * @packageDocumentation
 */

import type { IncomingMessage, ServerResponse } from 'node:http';

import { Gateway } from './gateway.js';
import { unfit } from './settings.js';
import { admitMessage, sendAnswer } from './node.js';
import type { Verified } from './verified.js';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    interface Request {
      /** Who signed the request; `undefined` for one that was let through without being verified. */
      samebyte?: Verified | undefined;
    }
  }
}

/** A middleware. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Verifies requests and signs responses. It comes before whatever reads bodies: `express.json()` behind it parses the bytes
 * that were verified. The identity of the signer is `request.samebyte`. It serves `/.well-known/jwks.json`.
 *
 * @throws SamebyteError `settings_invalid` goes to `next` where a body was parsed already.
 */
export function samebyte(gateway: Gateway): Middleware {
  if (!(gateway instanceof Gateway)) {
    throw unfit('a Gateway is expected', 'gateway');
  }
  return (request, response, next) => {
    const message = request as IncomingMessage & { originalUrl?: string; body?: unknown; samebyte?: Verified | undefined };
    if (message.body !== undefined) {
      next(unfit('the body was parsed before it could be verified: samebyte comes before what parses bodies', 'middleware'));
      return;
    }
    admitMessage(gateway, request, response, message.originalUrl ?? message.url ?? '', (error, answer, verified) => {
      if (error !== undefined) {
        next(error);
      } else if (answer !== undefined) {
        sendAnswer(response, answer);
      } else {
        message.samebyte = verified;
        next();
      }
    });
  };
}
