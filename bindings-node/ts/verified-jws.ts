import { SamebyteError } from './error.js';
import { TOKEN } from './handle.js';
import { apart, type JsonObject, type JsonValue } from './json.js';
import type { Algorithm } from './public-key.js';

/** What became of one signature of a JWS. */
export type JwsSignature =
  | {
      readonly verified: true;
      /** Its place among the signatures of the JWS. */
      readonly index: number;
      readonly alg: Algorithm;
      /** The id of the key that verified it; a symmetric key may have none. */
      readonly kid: string | null;
      /** The RFC 7638 thumbprint of that key; a symmetric key has none. */
      readonly thumbprint: string | null;
      /** The protected header. */
      readonly header: JsonObject;
      readonly unprotected?: JsonObject;
    }
  | {
      readonly verified: false;
      readonly index: number;
      /** Why not: the name of an error code. */
      readonly code: string;
      readonly kid?: string;
    };

/** A signature that a trusted key made. */
type Verified = Extract<JwsSignature, { verified: true }>;

/** A JWS whose signatures satisfy the verifier. Its members speak of the first signature that a trusted key made. */
export class VerifiedJws {
  /** What was signed. */
  readonly payload: Buffer;
  readonly #report: Buffer;
  #signatures: readonly JwsSignature[] | undefined;

  /** @internal */
  constructor(token: symbol, pair: Buffer) {
    if (token !== TOKEN) {
      throw new SamebyteError('invalid_argument', 'a VerifiedJws is made by verify');
    }
    [this.payload, this.#report] = apart(pair);
  }

  /** The payload as a JSON value. */
  json(): JsonValue {
    return JSON.parse(this.payload.toString()) as JsonValue;
  }

  /** Every signature of the JWS in its order. */
  get signatures(): readonly JwsSignature[] {
    this.#signatures ??= JSON.parse(this.#report.toString()) as JwsSignature[];
    return this.#signatures;
  }

  /** Its place among the signatures of the JWS. */
  get index(): number {
    return this.#first().index;
  }

  get algorithm(): Algorithm {
    return this.#first().alg;
  }

  /** The id of the key that verified it; a symmetric key may have none. */
  get kid(): string | undefined {
    return this.#first().kid ?? undefined;
  }

  /** The RFC 7638 thumbprint of that key; a symmetric key has none. */
  get thumbprint(): string | undefined {
    return this.#first().thumbprint ?? undefined;
  }

  /** The protected header. */
  get header(): JsonObject {
    return this.#first().header;
  }

  #first(): Verified {
    return this.signatures.find((signature): signature is Verified => signature.verified) as Verified;
  }
}
