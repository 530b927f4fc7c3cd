import { isUint8Array } from 'node:util/types';

import { SamebyteError, unwrap } from './error.js';
import { stringArgument, withInput, withSecret, DEFAULT_BOUNDS, type JsonInput } from './input.js';
import { native, type PublicKeyHandle, type SigningKeyHandle } from './native.js';

/** `EdDSA` is Ed25519 (RFC 8032, RFC 8037); `ES256K` is ECDSA over secp256k1 with SHA-256 (RFC 8812). */
export type Algorithm = 'EdDSA' | 'ES256K';

/** A JWK (RFC 7517) as samebyte writes it; a private one has `d`. */
export interface Jwk {
  readonly alg: string;
  readonly crv: string;
  readonly kid: string;
  readonly kty: string;
  readonly x: string;
  readonly y?: string;
  readonly d?: string;
}

// Handles are made by this module alone: constructors refuse anything but its own token.
const TOKEN = Symbol('samebyte');
const inspect = Symbol.for('nodejs.util.inspect.custom');

/** Opens a key for the other modules of this package; refuses what is none. */
export let signingHandle: (key: SigningKey) => SigningKeyHandle;
/** As {@link signingHandle} for a public key. */
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
      throw new SamebyteError('invalid_argument', 'a PublicKey is made by fromJwk, fromPem, fromHex or a SigningKey');
    }
    this.#handle = handle;
  }

  /**
   * The public key in a JWK: an object, or JSON text. One that holds a private part is refused.
   *
   * @throws SamebyteError The codes of the reader; `key_malformed`, `key_unsupported`, `key_weak`, `key_use_forbidden`.
   */
  static fromJwk(jwk: JsonInput): PublicKey {
    const handle = withInput(jwk, DEFAULT_BOUNDS, (bytes, length, form) => native.publicKeyFromJwk(bytes, length, form));
    return new PublicKey(TOKEN, unwrap(handle));
  }

  /**
   * The public key in an SPKI PEM file (RFC 5280, RFC 7468).
   *
   * @throws SamebyteError `key_malformed`, `key_unsupported`, `key_weak`.
   */
  static fromPem(pem: string | Uint8Array): PublicKey {
    const handle = withInput(text(pem, 'pem'), DEFAULT_BOUNDS, (bytes, length, form) =>
      native.publicKeyFromPem(bytes, length, form),
    );
    return new PublicKey(TOKEN, unwrap(handle));
  }

  /**
   * The public key in lower-case hex: 64 digits for Ed25519, 66 (compressed point) for secp256k1.
   *
   * @throws SamebyteError `algorithm_unsupported`, `key_malformed`, `key_weak`.
   */
  static fromHex(algorithm: Algorithm, hex: string | Uint8Array): PublicKey {
    const name = stringArgument(algorithm, 'algorithm');
    const handle = withInput(text(hex, 'hex'), DEFAULT_BOUNDS, (bytes, length, form) =>
      native.publicKeyFromHex(name, bytes, length, form),
    );
    return new PublicKey(TOKEN, unwrap(handle));
  }

  /** The algorithm that this key verifies. */
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

  /** The key as a JWK with `alg` and `kid`. */
  toJwk(): Jwk {
    return JSON.parse(unwrap(native.publicKeyToJwk(this.#handle))) as Jwk;
  }

  /** The key as an SPKI PEM file. */
  toPem(): string {
    return unwrap(native.publicKeyToPem(this.#handle));
  }

  /** The key in lower-case hex, as {@link fromHex} reads it. */
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

/** A private key. Immutable; zeroed when it is collected; prints as `[secret]`. */
export class SigningKey {
  static {
    signingHandle = (key) => {
      if (typeof key !== 'object' || key === null || !(#handle in key)) {
        throw new SamebyteError('invalid_argument', 'a SigningKey is expected', { argument: 'key' });
      }
      return key.#handle;
    };
  }

  readonly #handle: SigningKeyHandle;
  /** The public half. */
  readonly publicKey: PublicKey;

  /** @internal */
  constructor(token: symbol, handle: SigningKeyHandle) {
    if (token !== TOKEN) {
      throw new SamebyteError('invalid_argument', 'a SigningKey is made by generate, fromJwk, fromPem or fromHex');
    }
    this.#handle = handle;
    this.publicKey = new PublicKey(TOKEN, unwrap(native.keyPublic(handle)));
  }

  /**
   * A new key from the randomness of the operating system.
   *
   * @throws SamebyteError `algorithm_unsupported`, `random_unavailable`.
   */
  static generate(algorithm: Algorithm): SigningKey {
    return new SigningKey(TOKEN, unwrap(native.keyGenerate(stringArgument(algorithm, 'algorithm'))));
  }

  /**
   * The private key in a JWK (RFC 7517, RFC 8037, RFC 8812): an object, or JSON text.
   *
   * @throws SamebyteError The codes of the reader; `key_malformed`, `key_unsupported`, `key_mismatch`,
   * `key_use_forbidden`.
   */
  static fromJwk(jwk: JsonInput): SigningKey {
    const handle = withSecret(jwk, (bytes, length, form) => native.keyFromJwk(bytes, length, form));
    return new SigningKey(TOKEN, unwrap(handle));
  }

  /**
   * The private key in an unencrypted PKCS#8 PEM file (RFC 5958, RFC 7468).
   *
   * @throws SamebyteError `key_malformed`, `key_unsupported`, `key_mismatch`.
   */
  static fromPem(pem: string | Uint8Array): SigningKey {
    const handle = withSecret(text(pem, 'pem'), (bytes, length, form) => native.keyFromPem(bytes, length, form));
    return new SigningKey(TOKEN, unwrap(handle));
  }

  /**
   * The private key whose 32 bytes (Ed25519 seed, secp256k1 scalar) are given as 64 lower-case hex digits.
   *
   * @throws SamebyteError `algorithm_unsupported`, `key_malformed`.
   */
  static fromHex(algorithm: Algorithm, hex: string | Uint8Array): SigningKey {
    const name = stringArgument(algorithm, 'algorithm');
    const handle = withSecret(text(hex, 'hex'), (bytes, length, form) => native.keyFromHex(name, bytes, length, form));
    return new SigningKey(TOKEN, unwrap(handle));
  }

  /** The algorithm that this key signs with. */
  get algorithm(): Algorithm {
    return this.publicKey.algorithm;
  }

  /** The key id: the `kid` of the JWK that the key came from, else its thumbprint. */
  get kid(): string {
    return this.publicKey.kid;
  }

  /** The RFC 7638 thumbprint of the public key. */
  get thumbprint(): string {
    return this.publicKey.thumbprint;
  }

  /** The private key as a JWK. A secret, which JavaScript cannot zero. */
  toJwk(): Jwk {
    return JSON.parse(unwrap(native.keyToJwk(this.#handle))) as Jwk;
  }

  /** The private key as a PKCS#8 version 1 PEM file. A secret, which JavaScript cannot zero. */
  toPem(): string {
    return unwrap(native.keyToPem(this.#handle));
  }

  /** The private key as 64 lower-case hex digits. A secret, which JavaScript cannot zero. */
  toHex(): string {
    return unwrap(native.keyToHex(this.#handle));
  }

  /** The key without its secret: `JSON.stringify` never writes one. */
  toJSON(): string {
    return this.toString();
  }

  toString(): string {
    return `SigningKey(${this.algorithm}, kid=${this.kid}, [secret])`;
  }

  /** @internal */
  [inspect](): string {
    return this.toString();
  }
}

/** A text argument; an object is not walked where text is meant. */
function text(value: unknown, name: string): string | Uint8Array {
  return isUint8Array(value) ? value : stringArgument(value, name);
}
