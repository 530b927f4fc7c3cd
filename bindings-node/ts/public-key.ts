import { SamebyteError, unwrap } from './error.js';
import { inspect, TOKEN } from './handle.js';
import { bytesArgument, DEFAULT_BOUNDS, made, stringArgument, textArgument, withInput, type JsonInput } from './input.js';
import { native, type PublicKeyHandle } from './native.js';
import { optionsArgument } from './options.js';

/**
 * The algorithms of RFC 7518, RFC 8037 and RFC 8812. `EdDSA` is Ed25519; `ES256K` is ECDSA over secp256k1 with SHA-256.
 */
export type Algorithm =
  | 'EdDSA'
  | 'ES256K'
  | 'ES256' | 'ES384' | 'ES512'
  | 'RS256' | 'RS384' | 'RS512'
  | 'PS256' | 'PS384' | 'PS512'
  | 'HS256' | 'HS384' | 'HS512';

/** A JWK (RFC 7517) as samebyte writes it: a public one, or a private or symmetric one with its secret members. */
export interface Jwk {
  readonly kty: string;
  readonly alg?: string;
  readonly kid?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
  readonly d?: string;
  readonly p?: string;
  readonly q?: string;
  readonly dp?: string;
  readonly dq?: string;
  readonly qi?: string;
  readonly k?: string;
}

/** Options of an import. */
export interface KeyOptions {
  /** The one algorithm that the key is for, where its type permits several (RSA) and it names none itself. */
  readonly algorithm?: Algorithm | undefined;
}

/** The option `algorithm` of an import. */
export function importAlgorithm(options: KeyOptions | undefined): string | undefined {
  if (options === undefined) {
    return undefined;
  }
  const { algorithm } = optionsArgument(options, { algorithm: 'algorithm' });
  return algorithm === undefined ? undefined : stringArgument(algorithm, 'algorithm');
}

/** Opens a key for the other modules of this package; refuses what is none. */
export let publicHandle: (key: PublicKey) => PublicKeyHandle;

/** A public key. Immutable. */
export class PublicKey {
  static {
    publicHandle = (key) => {
      if (typeof key !== 'object' || key === null || !(#handle in key)) {
        throw new SamebyteError('invalid_argument', 'a PublicKey is expected', { argument: 'key' });
      }
      return key.#handle;
    };
  }

  readonly #handle: PublicKeyHandle;

  /** @internal */
  constructor(token: symbol, handle: PublicKeyHandle) {
    if (token !== TOKEN) {
      throw new SamebyteError('invalid_argument', 'a PublicKey is made by one of its functions, or by a SigningKey');
    }
    this.#handle = handle;
  }

  /**
   * The public key in a JWK: an object, or JSON text. One that holds a private part is refused.
   *
   * @throws SamebyteError The codes of the reader; `key_malformed`, `key_unsupported`, `key_weak`, `key_use_forbidden`,
   * `algorithm_unsupported`, `algorithm_mismatch`.
   */
  static fromJwk(jwk: JsonInput, options?: KeyOptions): PublicKey {
    const algorithm = importAlgorithm(options);
    const handle = withInput(jwk, DEFAULT_BOUNDS, (bytes, length, form) =>
      native.publicKeyFromJwk(bytes, length, form, algorithm),
    );
    return new PublicKey(TOKEN, unwrap(handle));
  }

  /**
   * The public key in an SPKI PEM file (RFC 5280, RFC 7468).
   *
   * @throws SamebyteError `key_malformed`, `key_unsupported`, `key_weak`, `algorithm_unsupported`, `algorithm_mismatch`.
   */
  static fromPem(pem: string | Uint8Array, options?: KeyOptions): PublicKey {
    const algorithm = importAlgorithm(options);
    const handle = withInput(textArgument(pem, 'pem'), DEFAULT_BOUNDS, (bytes, length) =>
      native.publicKeyFromPem(bytes, length, algorithm),
    );
    return new PublicKey(TOKEN, unwrap(handle));
  }

  /**
   * The public key in an SPKI DER file (RFC 5280).
   *
   * @throws SamebyteError As {@link fromPem}.
   */
  static fromDer(der: Uint8Array, options?: KeyOptions): PublicKey {
    const algorithm = importAlgorithm(options);
    const handle = withInput(bytesArgument(der, 'der'), DEFAULT_BOUNDS, (bytes, length) =>
      native.publicKeyFromDer(bytes, length, algorithm),
    );
    return new PublicKey(TOKEN, unwrap(handle));
  }

  /**
   * The public key in lower-case hex: 64 digits for Ed25519, 66 (compressed point) for secp256k1. Other keys have none.
   *
   * @throws SamebyteError `algorithm_unsupported`, `key_malformed`, `key_weak`.
   */
  static fromHex(algorithm: Algorithm, hex: string | Uint8Array): PublicKey {
    const name = stringArgument(algorithm, 'algorithm');
    const handle = withInput(textArgument(hex, 'hex'), DEFAULT_BOUNDS, (bytes, length) =>
      native.publicKeyFromHex(name, bytes, length),
    );
    return new PublicKey(TOKEN, unwrap(handle));
  }

  /** The algorithm that this key verifies where none is named: for an RSA key that is bound to none, `RS256`. */
  get algorithm(): Algorithm {
    return native.publicKeyAlgorithm(this.#handle) as Algorithm;
  }

  /** The key id: the `kid` of the JWK that the key came from, else its thumbprint. */
  get kid(): string {
    return unwrap(native.publicKeyKid(this.#handle));
  }

  /** The RFC 7638 thumbprint: SHA-256 in base64url, 43 characters. */
  get thumbprint(): string {
    return unwrap(native.publicKeyThumbprint(this.#handle));
  }

  /** The key as a JWK with `kid`, and with `alg` where the key is for one algorithm. */
  toJwk(): Jwk {
    return JSON.parse(unwrap(native.publicKeyToJwk(this.#handle))) as Jwk;
  }

  /** The key as an SPKI PEM file. */
  toPem(): string {
    return unwrap(native.publicKeyToPem(this.#handle));
  }

  /** The key as an SPKI DER file. */
  toDer(): Buffer {
    return made((pool, offset) => native.publicKeyToDer(this.#handle, pool, offset));
  }

  /**
   * The key in lower-case hex, as {@link fromHex} reads it.
   *
   * @throws SamebyteError `key_unsupported` for a key that has no such form.
   */
  toHex(): string {
    return unwrap(native.publicKeyToHex(this.#handle));
  }

  /** The JWK, so that `JSON.stringify` writes one. */
  toJSON(): Jwk {
    return this.toJwk();
  }

  toString(): string {
    return `PublicKey(${this.algorithm}, kid=${this.kid})`;
  }

  /** @internal */
  [inspect](): string {
    return this.toString();
  }
}
