/**
 * Handlers of the Fetch API: `(request) => response`, as Hono, Next and others have them.
 *
 * @packageDocumentation
 */

import { admit, published, type Decision } from './admit.js';
import type { Answer, Exchange, Head, Refusal } from './exchange.js';
import { Gateway } from './gateway.js';
import { refuseResponse, signResponse } from './pool.js';
import { isStreamed, LARGEST } from './respond.js';
import { unfit } from './settings.js';
import type { Verified } from './verified.js';

/** A handler, with whatever else a framework hands to it. */
export type Handler<Rest extends unknown[]> = (request: Request, ...rest: Rest) => Response | Promise<Response>;

/** Options of {@link samebyte}. */
export interface ProtectOptions<Rest extends unknown[]> {
  /** The IP address of the peer, which only a server knows; trusted proxies need it. */
  readonly peer?: ((request: Request, ...rest: Rest) => string | undefined) | undefined;
}

/** Who signed the requests that handlers were given. */
const known = new WeakMap<Request, Verified>();

/** Who signed the request that a handler was given; `undefined` for one that was let through without being verified. */
export function verified(request: Request): Verified | undefined {
  return known.get(request);
}

/**
 * The handler behind a gateway: it is called with the request whose body was verified, and its response is signed. It serves
 * `/.well-known/jwks.json`.
 */
export function samebyte<Rest extends unknown[]>(
  gateway: Gateway,
  handler: Handler<Rest>,
  options: ProtectOptions<Rest> = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  if (!(gateway instanceof Gateway)) {
    throw unfit('a Gateway is expected', 'gateway');
  }
  return async (request, ...rest) => {
    const head = headOf(request, options.peer?.(request, ...rest));
    const keys = published(gateway, request.method, head.target, request.headers.get('if-none-match') ?? undefined);
    if (keys !== undefined) {
      return responseOf(keys, request.method);
    }
    if (request.bodyUsed) {
      throw unfit('the body was read before it could be verified: samebyte comes before what parses bodies', 'handler');
    }
    const body = new Body(request.body);
    const { exchange, answer, verified: signer } = await decide(gateway, head, body);
    if (answer !== undefined) {
      body.cancel();
      return responseOf(answer, request.method);
    }
    const came = signer === undefined ? body.untouched(request) : refilled(request, signer.body);
    const given = exchange.signs ? whole(came) : came;
    if (signer !== undefined) {
      known.set(given, signer);
    }
    const response = await handler(given, ...rest);
    if (!exchange.signs) {
      return response;
    }
    const type = response.headers.get('content-type') ?? undefined;
    const open = isStreamed(type, response.headers.get('content-encoding'));
    const held = open ? { over: response } : await hold(response);
    const signed = 'body' in held ? await sign(exchange, response.status, type, held.body) : refuseResponse(exchange, response.status, type);
    if (signed === undefined) {
      return 'body' in held ? rebuilt(response, held.body) : held.over;
    }
    if (signed.status !== response.status) {
      return responseOf(signed, request.method);
    }
    const answered = rebuilt(response, signed.body);
    signed.fields.forEach(([name, value]) => answered.headers.set(name, value));
    answered.headers.delete('content-length');
    return answered;
  };
}

function headOf(request: Request, peer: string | undefined): Head {
  const { host, pathname, search } = new URL(request.url);
  const fields = [...request.headers].flat();
  // Not every server lets Host through; the URL was made of it.
  const authority = request.headers.has('host') ? undefined : host;
  return { method: request.method, target: `${pathname}${search}`, fields, authority, peer };
}

/** What becomes of the request. */
function decide(gateway: Gateway, head: Head, body: Body): Promise<Decision> {
  return new Promise((resolve, reject) => {
    const read = (limit: number, timeoutMs: number, done: (body: Buffer | Refusal) => void): void => {
      // A client that goes away is one whose body does not come.
      body.read(limit, timeoutMs).catch(() => 'body_timeout' as const).then(done, reject);
    };
    admit(gateway, head, read, (error, decision) => (decision === undefined ? reject(error as Error) : resolve(decision)));
  });
}

/** The signed response; `undefined` for one that goes out as it is. */
function sign(exchange: Exchange, status: number, type: string | undefined, body: Buffer): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    signResponse(exchange, status, type, body, (error, answer) => (error === undefined ? resolve(answer) : reject(error as Error)));
  });
}

/** The body of a response, or the response again where it is too large to be held. */
async function hold(response: Response): Promise<{ body: Buffer } | { over: Response }> {
  const body = new Body(response.body);
  const bytes = await body.read(LARGEST, undefined);
  return typeof bytes === 'string' ? { over: new Response(body.stream(), response) } : { body: bytes };
}

/** A stream of bytes that can be had again after it was read. */
class Body {
  readonly #source: ReadableStream<Uint8Array> | null;
  readonly #chunks: Uint8Array[] = [];
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** A chunk that was asked for and has not come. */
  #next: Promise<Chunk> | undefined;

  constructor(source: ReadableStream<Uint8Array> | null) {
    this.#source = source;
  }

  /** All bytes, unless they are too many or too slow. */
  async read(limit: number, timeoutMs: number | undefined): Promise<Buffer | Refusal> {
    this.#reader = this.#source?.getReader();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'body_timeout'>((resolve) => {
      timer = timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs, 'body_timeout');
    });
    let length = 0;
    try {
      for (;;) {
        const result = this.#reader === undefined ? DONE : await Promise.race([this.#pull(this.#reader), late]);
        if (typeof result === 'string') {
          return result;
        }
        this.#next = undefined;
        if (result.done) {
          return Buffer.concat(this.#chunks, length);
        }
        this.#chunks.push(result.value);
        length += result.value.length;
        if (length > limit) {
          return 'body_too_large';
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** What was read and what is still to come. */
  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      pull: async (controller) => {
        const held = this.#chunks.shift();
        if (held !== undefined) {
          controller.enqueue(held);
          return;
        }
        const { done, value } = this.#reader === undefined ? DONE : await this.#pull(this.#reader);
        this.#next = undefined;
        if (done) {
          controller.close();
        } else {
          controller.enqueue(value);
        }
      },
      cancel: () => this.cancel(),
    });
  }

  /** The request as it came. */
  untouched(request: Request): Request {
    return this.#reader === undefined ? request : new Request(request, { body: this.stream(), duplex: 'half' });
  }

  /** Wants nothing more. */
  cancel(): void {
    this.#reader?.cancel().catch(() => undefined);
  }

  #pull(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Chunk> {
    this.#next ??= reader.read();
    return this.#next;
  }
}

type Chunk = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>;

const DONE: Chunk = { done: true, value: undefined };

/** The request without what asks for a response that is coded or a part: those cannot be signed. */
function whole(request: Request): Request {
  if (!request.headers.has('accept-encoding') && !request.headers.has('range')) {
    return request;
  }
  const headers = new Headers(request.headers);
  headers.delete('accept-encoding');
  headers.delete('range');
  return new Request(request, { headers });
}

/** The request with the bytes that were verified for its body. */
function refilled(request: Request, body: Buffer): Request {
  const headers = new Headers(request.headers);
  headers.delete('transfer-encoding');
  if (headers.has('content-length')) {
    headers.set('content-length', String(body.length));
  }
  const init: RequestInit = { method: request.method, headers, signal: request.signal, redirect: request.redirect };
  return new Request(request.url, body.length === 0 ? init : { ...init, body: new Uint8Array(body) });
}

function rebuilt(response: Response, body: Buffer): Response {
  const { status, statusText, headers } = response;
  return new Response(body.length === 0 ? null : new Uint8Array(body), { status, statusText, headers });
}

function responseOf({ status, fields, body }: Answer, method: string): Response {
  const none = method === 'HEAD' || body.length === 0;
  return new Response(none ? null : new Uint8Array(body), { status, headers: fields.map(([name, value]) => [name, value]) });
}
