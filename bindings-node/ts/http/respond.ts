import type { ServerResponse } from 'node:http';

import type { Answer } from './exchange.js';

/** Signs a response; a body that is `undefined` is streamed or too large. `undefined`: it goes out as it is. */
export type Sign = (status: number, contentType: string | undefined, body: Buffer | undefined) => Answer | undefined;

/** A response of more bytes than this is not held back to be signed. */
export const LARGEST = 16 * 1024 * 1024;

type Callback = ((error?: Error | null) => void) | undefined | null;
type Chunk = string | Uint8Array | undefined | null;

/**
 * Has a response of node:http signed: what is written is held back until its end. A stream of events, or one whose head is
 * to be sent before its body, cannot be.
 */
export function signResponse(response: ServerResponse, sign: Sign): void {
  const held = new Held(response, sign);
  // Members of its own hide those of the class until the response is complete.
  Object.defineProperty(response, 'headersSent', { configurable: true, get: () => held.begun });
  Object.assign(response, {
    writeHead: (...head: Parameters<Held['head']>) => held.head(...head),
    write: (...written: Parameters<Held['write']>) => held.write(...written),
    end: (...last: Parameters<Held['end']>) => held.end(...last),
    flushHeaders: () => held.release(),
  });
}

const HIDDEN = ['headersSent', 'writeHead', 'write', 'end', 'flushHeaders'] as const;

class Held {
  begun = false;
  readonly #response: ServerResponse;
  readonly #sign: Sign;
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(response: ServerResponse, sign: Sign) {
    this.#response = response;
    this.#sign = sign;
  }

  head(status: number, ...rest: unknown[]): ServerResponse {
    const response = this.#response;
    this.begun = true;
    response.statusCode = status;
    const [first, second] = rest;
    if (typeof first === 'string') {
      response.statusMessage = first;
    }
    const fields = fieldsOf(typeof first === 'string' ? second : (first ?? second));
    for (const [name] of fields) {
      response.removeHeader(name);
    }
    for (const [name, value] of fields) {
      response.appendHeader(name, typeof value === 'number' ? String(value) : value);
    }
    return response;
  }

  write(chunk: Chunk, encoding?: BufferEncoding | Callback, callback?: Callback): boolean {
    this.begun = true;
    this.#hold(chunk, encoding);
    const called = typeof encoding === 'function' ? encoding : callback;
    if (called !== undefined && called !== null) {
      process.nextTick(called);
    }
    if (this.#length > LARGEST || isStream(this.#type())) {
      this.release();
    }
    return true;
  }

  end(chunk?: Chunk | Callback, encoding?: BufferEncoding | Callback, callback?: Callback): ServerResponse {
    const response = this.#response;
    const called = [chunk, encoding, callback].find((argument): argument is () => void => typeof argument === 'function');
    if (typeof chunk !== 'function') {
      this.#hold(chunk, encoding);
    }
    if (isStream(this.#type()) || this.#length > LARGEST) {
      this.release();
      return response.end(called);
    }
    const body = Buffer.concat(this.#chunks, this.#length);
    const answer = this.#signed(body);
    this.#open();
    if (answer === undefined) {
      return response.end(body, called);
    }
    this.#take(answer);
    return response.end(answer.body, called);
  }

  /** Lets it go without a signature, or sends the error that stands for it where the client asked for one. */
  release(): void {
    const response = this.#response;
    const answer = this.#signed(undefined);
    this.#open();
    if (answer === undefined) {
      response.flushHeaders();
      for (const chunk of this.#chunks) {
        response.write(chunk);
      }
      return;
    }
    this.#take(answer);
    response.end(answer.body);
    // The handler goes on writing to a response that is complete.
    const done = (...last: unknown[]): ServerResponse => {
      (last.find((argument) => typeof argument === 'function') as (() => void) | undefined)?.();
      return response;
    };
    Object.assign(response, { write: () => true, end: done, flushHeaders: () => {}, writeHead: () => response });
  }

  /** The answer of the signer; where that has a fault, the client sees the connection break rather than wait. */
  #signed(body: Buffer | undefined): Answer | undefined {
    try {
      return this.#sign(this.#response.statusCode, this.#type(), body);
    } catch (error) {
      this.#open();
      this.#response.destroy(error as Error);
      throw error;
    }
  }

  #hold(chunk: Chunk, encoding: unknown): void {
    if (chunk === undefined || chunk === null) {
      return;
    }
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8') : Buffer.from(chunk);
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  #type(): string | undefined {
    const type = this.#response.getHeader('content-type');
    return type === undefined ? undefined : String(type);
  }

  #open(): void {
    for (const name of HIDDEN) {
      Reflect.deleteProperty(this.#response, name);
    }
  }

  /** The head of the answer. An error keeps nothing of the head of what it stands for. */
  #take({ status, fields, body }: Answer): void {
    const response = this.#response;
    if (status !== response.statusCode) {
      response.getHeaderNames().forEach((name) => response.removeHeader(name));
      response.statusMessage = '';
      response.statusCode = status;
    }
    for (const [name, value] of fields) {
      response.setHeader(name, value);
    }
    response.removeHeader('transfer-encoding');
    if (body.length > 0) {
      response.setHeader('content-length', body.length);
    }
  }
}

/** Whether the content has no end that is worth waiting for. */
export function isStream(type: string | undefined): boolean {
  return type !== undefined && /^text\/event-stream\b/i.test(type.trim());
}

/** The fields as `writeHead` takes them: an object, pairs, or names and values in turn. */
function fieldsOf(fields: unknown): [name: string, value: string | number | readonly string[]][] {
  if (fields === undefined || fields === null) {
    return [];
  }
  if (!Array.isArray(fields)) {
    return Object.entries(fields).filter(([, value]) => value !== undefined) as [string, string][];
  }
  if (Array.isArray(fields[0])) {
    return fields as [string, string][];
  }
  return Array.from({ length: fields.length / 2 }, (_, index) => [fields[2 * index] as string, fields[2 * index + 1] as string]);
}
