import { TOKEN } from '../handle.js';
import { SamebyteError } from '../error.js';

/** Who signed a request. */
export interface Identity {
  /** The tenant of the key; empty where there are no tenants. */
  readonly tenant: string;
  readonly kid: string;
  readonly alg: string;
  readonly iss?: string;
  readonly aud: string;
  readonly nonce: string;
  /** Unix seconds. */
  readonly iat: number;
  /** Unix seconds. */
  readonly exp: number;
  /** The hash of what was signed, in base64url: the id of this very request. */
  readonly request_hash: string;
}

/** A request that was verified. */
export class Verified {
  /** The body that was verified, in canonical form unless the settings say otherwise. */
  readonly body: Buffer;
  readonly #text: Buffer;
  #identity: Identity | undefined;

  /** @internal */
  constructor(token: symbol, identity: Buffer, body: Buffer) {
    if (token !== TOKEN) {
      throw new SamebyteError('invalid_argument', 'a request is verified by a gateway');
    }
    this.body = body;
    this.#text = identity;
  }

  /** Who signed it. */
  get identity(): Identity {
    this.#identity ??= JSON.parse(this.#text.toString()) as Identity;
    return this.#identity;
  }
}
