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
   * Takes the bodies of many on the thread pool; for each the error, if there is one.
   *
   * @throws SamebyteError `internal`.
   */
  static async readMany(exchanges: readonly Exchange[], bodies: readonly Uint8Array[]): Promise<unknown[]> {
    const handles = exchanges.map((exchange) => exchange.#handle);
    const output = unwrap(await native.exchangesBody(handles, bodies, Date.now()));
    let at = 0;
    return exchanges.map((exchange) => {
      const verified = output[at] === 1;
      const start = at + 1 + (verified ? state.length : 0) + LENGTH;
      const end = start + output.readUInt32LE(start - LENGTH);
      const bytes = output.subarray(start, end);
      if (verified) {
        output.copy(state, 0, at + 1);
        exchange.#note();
        exchange.#output = bytes;
      }
      at = end;
      return verified ? undefined : failure(bytes);
    });
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
  const fields = Array.from({ length: lines.length / 2 }, (_, index) => [lines[2 * index] ?? '', lines[2 * index + 1] ?? ''] as const);
  return { status: Number(status), fields, body };
}
