import { failure } from '../batch.js';
import { unwrap } from '../error.js';
import { TOKEN } from '../handle.js';
import { made } from '../input.js';
import { apart } from '../json.js';
import { native, type ExchangeHandle, type GatewayHandle } from '../native.js';
import type { Verdict } from './replay.js';
import { Verified } from './verified.js';

/** The head of a request as it came. */
export interface Head {
  readonly method: string;
  /** The request target: path and query. */
  readonly target: string;
  /** Names and values in turn. */
  readonly fields: readonly string[];
  /** `:authority` of HTTP/2. */
  readonly authority?: string | undefined;
  /** The IP address of the peer. */
  readonly peer?: string | undefined;
}

/** A response that is complete but for its Content-Length. */
export interface Answer {
  readonly status: number;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** What is to be done next; the numbers are those of the core. */
export const STEP = { pass: 0, keys: 1, body: 2, reserve: 3, accept: 4, reject: 5 } as const;

/** What a nonce is reserved with. */
export interface Reservation {
  readonly key: string;
  readonly owner: string;
  readonly ttl: number;
}

/** What an exchange is handed on the thread pool: the body of the request, or the response of the handler. */
export interface Work {
  readonly exchange: Exchange;
  /** The response; `undefined` where the body is that of the request. */
  readonly response: { readonly status: number; readonly type: string | undefined } | undefined;
  readonly body: Uint8Array;
  /** Called once, with the answer where a response was signed. It throws nothing. */
  readonly done: (error: unknown, answer?: Answer) => void;
}

/** Why a host gives a request up. */
export type Refusal = 'body_too_large' | 'body_timeout' | 'replay_store_unavailable';

/** The bytes of a length. */
const LENGTH = 4;

// What `note` in `src/http.rs` writes: step, whether the response is signed, source, limit.
const state = Buffer.alloc(8);

/** One request and its response, step by step. */
export class Exchange {
  readonly #handle: ExchangeHandle;
  #output: Buffer | undefined;
  step = 0;
  /** Whether the response is to be signed. */
  signs = false;
  /** At the step `keys`: which source is to be fetched. */
  readonly source: number;
  /** The most bytes of a body. */
  readonly limit: number;

  constructor(gateway: GatewayHandle, head: Head) {
    const { method, target, fields, authority, peer } = head;
    const now = Date.now();
    this.#handle = unwrap(
      native.gatewayBegin(gateway, method, target, fields.join('\n'), fields.length, authority, peer, now, state),
    );
    this.#note();
    this.source = state.readUInt16LE(2);
    this.limit = state.readUInt32LE(4);
  }

  /** Takes the body. */
  read(body: Uint8Array): void {
    this.#output = made((pool, offset) => native.exchangeBody(this.#handle, body, Date.now(), pool, offset, state));
    this.#note();
  }

  /**
   * Does the work of many on the thread pool, and calls `done` for each: the next ones may go there before that, with `back`.
   * It is never rejected.
   */
  static async workMany(all: readonly Work[], back: () => void): Promise<void> {
    const handles = all.map(({ exchange }) => exchange.#handle);
    const statuses = all.map(({ response }) => response?.status);
    const types = all.map(({ response }) => response?.type);
    const bodies = all.map(({ body }) => body);
    let outcome: Buffer;
    try {
      outcome = unwrap(await native.exchangesWork(handles, statuses, types, bodies, Date.now()));
    } catch (error) {
      back();
      all.forEach(({ done }) => done(error));
      return;
    }
    back();
    let at = 0;
    for (const { exchange, response, done } of all) {
      const good = outcome[at] === 1;
      const start = at + 1 + (good ? state.length : 0) + LENGTH;
      const end = start + outcome.readUInt32LE(start - LENGTH);
      const bytes = outcome.subarray(start, end);
      if (!good) {
        done(failure(bytes));
      } else if (response === undefined) {
        outcome.copy(state, 0, at + 1);
        exchange.#note();
        exchange.#output = bytes;
        done(undefined);
      } else {
        done(undefined, answerOf(bytes));
      }
      at = end;
    }
  }

  /** Does a work of its own at once. */
  static work({ exchange, response, body, done }: Work): void {
    let answer: Answer | undefined;
    try {
      if (response === undefined) {
        exchange.read(body);
      } else {
        answer = exchange.respond(response.status, response.type, body);
      }
    } catch (error) {
      done(error);
      return;
    }
    done(undefined, answer);
  }

  /** Takes what the replay store said. */
  reserved(verdict: Verdict): void {
    this.#output = made((pool, offset) => native.exchangeReserved(this.#handle, verdict, Date.now(), pool, offset, state));
    this.#note();
  }

  /** Gives the request up. */
  refuse(code: Refusal): void {
    this.#output = made((pool, offset) => native.exchangeRefuse(this.#handle, code, Date.now(), pool, offset, state));
    this.#note();
  }

  /** At the step `reserve`. */
  reservation(): Reservation {
    const [key = '', owner = '', ttl = ''] = this.#outcome().toString('latin1').split(' ');
    return { key, owner, ttl: Number(ttl) };
  }

  /** At the step `accept`. */
  verified(): Verified {
    const [identity, body] = apart(this.#outcome());
    return new Verified(TOKEN, identity, body);
  }

  /** At the step `reject`. */
  answer(): Answer {
    return answerOf(this.#outcome());
  }

  /**
   * Signs the response of the handler: what to send in its place. A body that is `undefined` is streamed, or too large.
   *
   * @throws SamebyteError `response_not_signable`, `response_signer_unavailable`: it goes out as it is, and nobody minds.
   */
  respond(status: number, contentType: string | undefined, body: Uint8Array | undefined): Answer {
    const now = Date.now();
    return answerOf(
      made((pool, offset) => native.exchangeRespond(this.#handle, status, contentType, body, now, pool, offset)),
    );
  }

  /** A line for the log: JSON text. */
  event(): string {
    return unwrap(native.exchangeEvent(this.#handle));
  }

  #outcome(): Buffer {
    this.#output ??= made((pool, offset) => native.exchangeOutput(this.#handle, pool, offset));
    return this.#output;
  }

  #note(): void {
    this.step = state[0] ?? 0;
    this.signs = state[1] === 1;
  }
}

/** An answer as `written` in `src/http.rs` has it. */
function answerOf(output: Buffer): Answer {
  const [head, body] = apart(output);
  const [status, ...lines] = head.toString('latin1').split('\n');
  const fields: [name: string, value: string][] = [];
  for (let index = 0; index < lines.length; index += 2) {
    fields.push([lines[index] ?? '', lines[index + 1] ?? '']);
  }
  return { status: Number(status), fields, body };
}
