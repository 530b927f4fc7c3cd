/**
 * Middleware for Express, and for whatever else calls `(request, response, next)` over node:http.
 *
 * @packageDocumentation
 */

import { IncomingMessage, ServerResponse } from 'node:http';

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
    if (COPIES && Object.getPrototypeOf(request) !== IncomingMessage.prototype) {
      unshape(request, 'url');
      unshape(response, 'req');
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

/** Whether this is a V8 for which {@link unshape} is of use: up to that of Node 23. Later ones share the shapes, and a dictionary costs more. */
const COPIES = Number.parseInt(process.versions.v8, 10) < 13;

/**
 * Makes a dictionary of an object, and changes nothing else about it: a member is deleted and put back.
 *
 * Express gives requests and responses another prototype when they come. V8 then makes a shape of its own for each member that
 * such an object gets later, here, in Express and in node:http: a copy of the list of all its members, which no other request can use and the
 * garbage collector has to clear away. That costs more than to verify and to sign. A dictionary has no shape.
 */
function unshape(object: object, member: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(object, member);
  if (descriptor?.configurable === true) {
    Reflect.deleteProperty(object, member);
    Object.defineProperty(object, member, descriptor);
  }
}
