import type { ServerResponse } from 'node:http';

import type { Answer } from './exchange.js';

/** Signs a response; a body that is `undefined` is streamed or too large. `undefined`: it goes out as it is. */
export type Sign = (status: number, contentType: string | undefined, body: Uint8Array | undefined) => Answer | undefined;

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
  // Assigned here and when it is complete, never deleted: an object that loses members is a slow one.
  response.writeHead = (...head: Parameters<Held['head']>) => held.head(...head);
  response.write = (...written: Parameters<Held['write']>) => held.write(...written);
  response.end = (...last: Parameters<Held['end']>) => held.end(...last) as never;
  response.flushHeaders = () => held.release();
}

class Held {
  readonly #response: ServerResponse;
  readonly #sign: Sign;
  /** What the members were before: those of the class, or of another middleware. */
  readonly #before: Pick<ServerResponse, 'writeHead' | 'write' | 'end' | 'flushHeaders'>;
  #begun = false;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(response: ServerResponse, sign: Sign) {
    const { writeHead, write, end, flushHeaders } = response;
    this.#response = response;
    this.#sign = sign;
    this.#before = { writeHead, write, end, flushHeaders };
  }

  head(status: number, ...rest: unknown[]): ServerResponse {
    const response = this.#response;
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
    if (!this.#begun) {
      // Whoever asks, for example to send an error instead, learns that it is too late for that.
      this.#begun = true;
      Object.defineProperty(this.#response, 'headersSent', { configurable: true, get: () => true });
    }
    // The handler may use its memory again.
    this.#hold(typeof chunk === 'string' || !chunk ? chunk : Buffer.from(chunk), encoding);
    const called = typeof encoding === 'function' ? encoding : callback;
    if (called !== undefined && called !== null) {
      process.nextTick(called);
    }
    if (this.#isOpen()) {
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
    if (this.#isOpen()) {
      this.release();
      return response.end(called);
    }
    const [only] = this.#chunks;
    const body = only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks, this.#length);
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
  #signed(body: Uint8Array | undefined): Answer | undefined {
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
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8') : chunk;
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  /** Whether it cannot be held back to its end, or what is held is not what a client will read. */
  #isOpen(): boolean {
    const coding = this.#response.getHeader('content-encoding');
    return this.#length > LARGEST || isStream(this.#type()) || isCoded(coding === undefined ? null : String(coding));
  }

  #type(): string | undefined {
    const type = this.#response.getHeader('content-type');
    return type === undefined ? undefined : String(type);
  }

  #open(): void {
    Object.assign(this.#response, this.#before);
    if (this.#begun) {
      Reflect.deleteProperty(this.#response, 'headersSent');
    }
  }

  /** The head of the answer. An error keeps nothing of the head of what it stands for. */
  #take({ status, fields, body }: Answer): void {
    const response = this.#response;
    if (status !== response.statusCode) {
      response.getHeaderNames().forEach((name) => response.removeHeader(name));
      if (response.req.httpVersionMajor === 1) {
        response.statusMessage = '';
      }
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

/** Whether the content is coded (`Content-Encoding`): a client decodes it before it looks at the signature. */
export function isCoded(coding: string | null): boolean {
  return coding !== null && coding.trim().toLowerCase() !== 'identity' && coding.trim() !== '';
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
