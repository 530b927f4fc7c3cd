/**
 * Plug-in for Fastify.
 *
 * @packageDocumentation
 */

import type { FastifyPluginCallback } from 'fastify';

import { Gateway } from './gateway.js';
import { admitMessage } from './node.js';
import { unfit } from './settings.js';
import type { Verified } from './verified.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who signed the request; `undefined` for one that was let through without being verified. */
    samebyte: Verified | undefined;
  }
}

/** Options of the plug-in. */
export interface SamebyteOptions {
  readonly gateway: Gateway;
}

/**
 * Verifies the requests to all routes of the instance it is registered with, those that do not exist included, and signs the
 * responses. Fastify's parsers parse the bytes that were verified. The identity of the signer is `request.samebyte`. It serves
 * `/.well-known/jwks.json`.
 */
export const samebyte: FastifyPluginCallback<SamebyteOptions> = (fastify, { gateway }, ready) => {
  if (!(gateway instanceof Gateway)) {
    ready(unfit('a Gateway is expected', 'gateway'));
    return;
  }
  fastify.decorateRequest('samebyte', undefined);
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    admitMessage(gateway, request.raw, reply.raw, request.raw.url ?? '', (error, answer, verified) => {
      if (error !== undefined) {
        done(error as Error);
      } else if (answer !== undefined) {
        void reply.code(answer.status).headers(Object.fromEntries(answer.fields)).send(answer.body);
      } else {
        request.samebyte = verified;
        done(null, payload);
      }
    });
  });
  ready();
};

// What fastify-plugin sets: the hook is one of the instance that registers it, not of a scope of its own.
Object.assign(samebyte, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'samebyte',
  [Symbol.for('plugin-meta')]: { name: 'samebyte', fastify: '5.x' },
});
