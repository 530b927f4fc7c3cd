import type { ServerResponse } from 'node:http';
import { isUint8Array } from 'node:util/types';

import { native } from '../native.js';
import type { Answer, Exchange } from './exchange.js';
import { refuseResponse, signResponse } from './pool.js';
import { fixHead, headWritten, linger, TRUE } from './sent.js';

/** A response of more bytes than this is not held back to be signed. */
export const LARGEST = 16 * 1024 * 1024;

type Callback = ((error?: Error | null) => void) | undefined | null;
type Chunk = string | Uint8Array | undefined | null;

/**
 * Has a response of node:http signed: what is written is held back until its end. A stream of events, or one whose head is
 * to be sent before its body, cannot be.
 */
export function holdResponse(response: ServerResponse, exchange: Exchange): void {
  new Held(response, exchange).take();
}

type Members = Pick<ServerResponse, 'writeHead' | 'write' | 'end' | 'flushHeaders'>;

class Held {
  readonly #response: ServerResponse;
  readonly #exchange: Exchange;
  /** What the members were before: those of the class, or of another middleware. */
  readonly #before: Members;
  /** Its own, which others that want to know of the head may have put theirs over. */
  readonly #writeHead = (...head: Parameters<Held['head']>): ServerResponse => this.head(...head);
  #headed = false;
  /** Where the head counts as sent: makes one of it again that can be changed. */
  #unfix: (() => void) | undefined;
  #sealed = false;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(response: ServerResponse, exchange: Exchange) {
    const { writeHead, write, end, flushHeaders } = response;
    this.#response = response;
    this.#exchange = exchange;
    this.#before = { writeHead, write, end, flushHeaders };
  }

  /** Puts itself in the place of what writes. */
  take(): void {
    this.#assign({
      writeHead: this.#writeHead,
      write: (...written: Parameters<Held['write']>) => this.write(...written),
      end: (...last: Parameters<Held['end']>) => this.end(...last) as never,
      flushHeaders: () => this.release(),
    });
  }

  head(status: number, ...rest: unknown[]): ServerResponse {
    const response = this.#response;
    if (this.#unfix !== undefined) {
      return headWritten();
    }
    this.#headed = true;
    response.statusCode = status;
    const [first, second] = rest;
    if (typeof first === 'string') {
      response.statusMessage = first;
    }
    const fields = typeof first === 'string' ? second : (first ?? second);
    if (!Array.isArray(fields)) {
      for (const [name, value] of Object.entries((fields ?? {}) as Record<string, string | undefined>)) {
        if (value !== undefined) {
          response.setHeader(name, value);
        }
      }
      return response;
    }
    // One name may stand there several times.
    const pairs = pairsOf(fields);
    pairs.forEach(([name]) => response.removeHeader(name));
    pairs.forEach(([name, value]) => response.appendHeader(name, typeof value === 'number' ? String(value) : value));
    return response;
  }

  write(chunk: Chunk, encoding?: BufferEncoding | Callback, callback?: Callback): boolean {
    if (!this.#sealed) {
      this.#hold(chunk, encoding);
      this.#announce();
      this.#unfix ??= fixHead(this.#response);
      if (this.#isOpen()) {
        this.release();
      }
    }
    const called = typeof encoding === 'function' ? encoding : callback;
    if (called !== undefined && called !== null) {
      process.nextTick(called);
    }
    return true;
  }

  end(chunk?: Chunk | Callback, encoding?: BufferEncoding | Callback, callback?: Callback): ServerResponse {
    const response = this.#response;
    const called = [chunk, encoding, callback].find((argument): argument is () => void => typeof argument === 'function');
    if (this.#sealed) {
      called?.();
      return response;
    }
    if (typeof chunk !== 'function') {
      this.#hold(chunk, encoding);
    }
    this.#announce();
    if (this.#isOpen()) {
      this.release();
      return response.end(called);
    }
    const [only] = this.#chunks;
    const body = only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks, this.#length);
    this.#sign(body, called);
    return response;
  }

  /** Has it signed, and sends it. Until then it is to the handler as one that was sent. */
  #sign(body: Uint8Array, called: (() => void) | undefined): void {
    const response = this.#response;
    // As node:http has it: text is a number, too, and whoever catches what is thrown sends another response.
    const status = response.statusCode | 0;
    const type = this.#type();
    const message = messageOf(response);
    const fault =
      status < 100 || status > 999
        ? new RangeError(`Invalid status code: ${response.statusCode}`)
        : NO_REASON.test(message) ? new TypeError('Invalid character in statusMessage') : undefined;
    if (fault !== undefined) {
      this.#chunks.length = 0;
      this.#length = 0;
      throw fault;
    }
    this.#seal();
    const sent = linger(response);
    signResponse(this.#exchange, status, type, body, (error, answer) => {
      this.#open();
      try {
        if (error === undefined) {
          // What was signed is what is sent, whatever was set since.
          response.statusCode = status;
          if (messageOf(response) !== message) {
            response.statusMessage = message;
          }
          if (type !== undefined && this.#type() !== type) {
            response.setHeader('content-type', type);
          }
          if (answer !== undefined) {
            this.#set(answer);
          }
          response.end(answer?.body ?? body, called);
        }
      } finally {
        sent();
      }
      if (error !== undefined) {
        // The client sees the connection break rather than wait.
        response.destroy(error as Error);
      }
    });
  }

  /** Lets it go without a signature, or sends the error that stands for it where the client asked for one. */
  release(): void {
    const response = this.#response;
    if (this.#sealed) {
      return;
    }
    this.#announce();
    let answer: Answer | undefined;
    try {
      answer = refuseResponse(this.#exchange, response.statusCode | 0, this.#type());
    } catch (error) {
      this.#open();
      response.destroy(error as Error);
      throw error;
    }
    this.#open();
    if (answer === undefined) {
      response.flushHeaders();
      for (const chunk of this.#chunks) {
        response.write(chunk);
      }
      return;
    }
    this.#set(answer);
    response.end(answer.body);
    // The handler goes on writing.
    this.#seal();
    this.take();
  }

  /** Whoever waits for the head, for example to set the cookie of a session, hears of it before it is signed. */
  #announce(): void {
    const response = this.#response;
    if (!this.#headed && this.#unfix === undefined && response.writeHead !== this.#writeHead) {
      this.#headed = true;
      response.writeHead(response.statusCode);
    }
  }

  /** From now on the handler finds a response that is complete, whatever it does to it. */
  #seal(): void {
    this.#sealed = true;
    this.#unfix ??= fixHead(this.#response);
    Object.defineProperty(this.#response, 'writableEnded', TRUE);
  }

  #hold(chunk: Chunk, encoding: unknown): void {
    if (chunk === undefined || chunk === null) {
      return;
    }
    if (typeof chunk !== 'string' && !isUint8Array(chunk)) {
      throw new TypeError('what is written is a string or a Uint8Array');
    }
    // The handler may use its memory again, before it is signed.
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8') : Buffer.from(chunk);
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  /** Whether it cannot be held back to its end, or what is held is not what a client will read. */
  #isOpen(): boolean {
    const coding = this.#response.getHeader('content-encoding');
    return this.#length > LARGEST || isStreamed(this.#type(), coding === undefined ? undefined : String(coding));
  }

  #type(): string | undefined {
    const type = this.#response.getHeader('content-type');
    return type === undefined ? undefined : String(type);
  }

  #open(): void {
    this.#assign(this.#before);
    this.#unfix?.();
  }

  /** Assigned, never deleted: an object that loses members is a slow one. */
  #assign({ writeHead, write, end, flushHeaders }: Members): void {
    const response = this.#response;
    response.writeHead = writeHead;
    response.write = write;
    response.end = end;
    response.flushHeaders = flushHeaders;
  }

  /** The head of the answer. An error keeps nothing of the head of what it stands for. */
  #set({ status, fields, body }: Answer): void {
    const response = this.#response;
    if (status !== response.statusCode) {
      response.getHeaderNames().forEach((name) => response.removeHeader(name));
      if (messageOf(response) !== '') {
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

/** What a reason phrase does not hold. */
const NO_REASON = /[^\t\x20-\x7e\x80-\xff]/;

/** The reason phrase, which HTTP/2 does not have. */
function messageOf(response: ServerResponse): string {
  return response.req.httpVersionMajor === 1 ? response.statusMessage : '';
}

/** Whether the content is not held back: it has no end that is worth waiting for, or is coded. */
export function isStreamed(type: string | undefined, coding: string | null | undefined): boolean {
  return native.httpResponseIsStreamed(type ?? '', coding ?? '');
}

/** Pairs, from pairs or from names and values in turn. */
function pairsOf(fields: unknown[]): [name: string, value: string | number | readonly string[]][] {
  if (Array.isArray(fields[0])) {
    return fields as [string, string][];
  }
  return Array.from({ length: fields.length / 2 }, (_, index) => [fields[2 * index] as string, fields[2 * index + 1] as string]);
}
