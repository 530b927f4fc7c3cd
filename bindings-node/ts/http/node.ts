import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

import { admit, published } from './admit.js';
import type { Answer, Head, Refusal } from './exchange.js';
import type { Gateway } from './gateway.js';
import { soon } from './pool.js';
import { holdResponse } from './respond.js';
import { unfit } from './settings.js';
import type { Verified } from './verified.js';

/** What becomes of a request of node:http: an answer to send, or who signed it. */
export type Admitted = (error: unknown, answer: Answer | undefined, verified: Verified | undefined) => void;

/**
 * Decides about a request of node:http. When the handler is to be called, the request holds the body that was verified as if
 * it had just come, and the response is signed when it is sent.
 *
 * @param target The request target as it came.
 */
export function admitMessage(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  done: Admitted,
): void {
  const known = published(gateway, request.method ?? '', target, request.headers['if-none-match']);
  if (known !== undefined) {
    done(undefined, known, undefined);
    return;
  }
  let received: Buffer | undefined;
  const read = (limit: number, timeoutMs: number, taken: (body: Buffer | Refusal) => void): void => {
    readBody(request, limit, timeoutMs, (bytes, fault) => {
      received = bytes;
      taken(fault ?? bytes);
    });
  };
  admit(gateway, headOf(request, target), read, (error, decision) => {
    if (decision === undefined) {
      done(error, undefined, undefined);
      return;
    }
    const { exchange, answer, verified } = decision;
    if (answer !== undefined) {
      done(undefined, closing(request, answer, exchange.limit), undefined);
      return;
    }
    if (verified !== undefined) {
      refill(request, verified.body);
    } else if (received !== undefined && received.length > 0) {
      // It is only observed: the handler has what came, also where that was too much or too slow to be looked at.
      request.unshift(received);
    }
    if (exchange.signs) {
      // A response that is coded, or a part, cannot be signed.
      delete request.headers['accept-encoding'];
      delete request.headers.range;
      holdResponse(response, exchange);
    }
    done(undefined, undefined, verified);
  });
}

/** Sends an answer in the place of what a handler would. */
export function sendAnswer(response: ServerResponse, { status, fields, body }: Answer): void {
  response.statusCode = status;
  for (const [name, value] of fields) {
    response.setHeader(name, value);
  }
  if (status !== 304) {
    response.setHeader('content-length', body.length);
  }
  response.end(body);
}

function headOf(request: IncomingMessage, target: string): Head {
  const { method = '', rawHeaders: fields, httpVersionMajor: version } = request;
  const authority = version > 1 ? (request as unknown as Http2ServerRequest).authority : undefined;
  return { method, target, fields, authority, peer: request.socket.remoteAddress };
}

/** A connection is not kept for a body that nobody will read: it may have no end. */
function closing(request: IncomingMessage, answer: Answer, limit: number): Answer {
  const length = Number(request.headers['content-length'] ?? (hasBody(request) ? Infinity : 0));
  if (request.httpVersionMajor !== 1 || request.complete || length <= Math.min(limit, 65_536)) {
    return answer;
  }
  return { ...answer, fields: [...answer.fields, ['connection', 'close']] };
}

function hasBody(request: IncomingMessage): boolean {
  if (request.httpVersionMajor > 1) {
    return !(request as unknown as Http2ServerRequest).stream.endAfterHeaders;
  }
  const { headers } = request;
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** Whether all of the body has arrived. What HTTP/2 calls complete is a request whose body was read. */
function isComplete(request: IncomingMessage): boolean {
  return request.httpVersionMajor > 1 ? (request as unknown as Http2ServerRequest).stream.readableEnded : request.complete;
}

/** Whether nothing more will come: HTTP/2 destroys the stream and not the request. */
function isGone(request: IncomingMessage): boolean {
  return request.httpVersionMajor > 1 ? (request as unknown as Http2ServerRequest).stream.destroyed : request.destroyed;
}

/**
 * Reads the body, and nothing past its end: the stream has not ended for whoever reads it next. With a fault come the bytes
 * that were read before it. A client that goes away meanwhile is one whose body does not come.
 */
function readBody(
  request: IncomingMessage,
  limit: number,
  timeoutMs: number,
  done: (bytes: Buffer, fault?: Refusal) => void,
): void {
  if (!hasBody(request)) {
    done(Buffer.alloc(0));
    return;
  }
  if (request.readableDidRead || request.readableFlowing === true || request.readableEncoding !== null) {
    const message = 'the body was read before it could be verified: samebyte comes before what parses bodies';
    throw unfit(message, 'middleware');
  }
  const chunks: Buffer[] = [];
  let length = 0;
  const finish = (fault?: Refusal): void => {
    clearTimeout(timer);
    request.off('readable', take);
    request.off('close', late);
    const [only] = chunks;
    settle(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks), fault);
  };
  const take = (): void => {
    const size = request.readableLength;
    length += size;
    if (length > limit) {
      finish('body_too_large');
      return;
    }
    if (size > 0) {
      chunks.push(request.read(size) as Buffer);
    }
    if (isComplete(request) && request.readableLength === 0) {
      finish();
    }
  };
  const late = (): void => finish('body_timeout');
  let timer: NodeJS.Timeout | undefined;
  let settle = done;
  // Most bodies come with their head: no more than a look is needed then.
  soon(() => {
    if (isComplete(request)) {
      take();
    } else if (isGone(request)) {
      late();
    } else {
      // What a request tells comes in the context of its connection, not in that of whoever wants the body.
      settle = AsyncResource.bind(done);
      timer = setTimeout(late, timeoutMs);
      request.on('close', late);
      request.on('readable', take);
    }
  });
}

/** Puts the body that was verified where the one that came was. */
function refill(request: IncomingMessage, body: Buffer): void {
  if (!hasBody(request)) {
    return;
  }
  delete request.headers['transfer-encoding'];
  request.headers['content-length'] = String(body.length);
  if (body.length > 0) {
    request.unshift(body);
  }
}
