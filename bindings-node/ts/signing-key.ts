import { SamebyteError, unwrap } from './error.js';
import { inspect, TOKEN } from './handle.js';
import { bytesArgument, passwordArgument, stringArgument, textArgument, withSecret, type JsonInput } from './input.js';
import { native, type SigningKeyHandle } from './native.js';
import { optionsArgument, optionsJson } from './options.js';
import { importAlgorithm, PublicKey, type Algorithm, type Jwk, type KeyOptions } from './public-key.js';

/** Options of {@link SigningKey.generate}. */
export interface GenerateOptions {
  /** The length of the modulus of an RSA key; 2048 by default. */
  readonly bits?: number | undefined;
  /** The key id; the thumbprint by default, and none for a symmetric key. */
  readonly kid?: string | undefined;
}

/** Options of {@link SigningKey.fromPem}. */
export interface PemOptions extends KeyOptions {
  /** Opens an encrypted file. */
  readonly password?: string | Uint8Array | undefined;
}

const GENERATE = { bits: 'bits', kid: 'kid' };
const PEM = { algorithm: 'algorithm', password: 'password' };

/** Opens a key for the other modules of this package; refuses what is none. */
export let signingHandle: (key: SigningKey) => SigningKeyHandle;
/** Whether the value is a {@link SigningKey}. */
export let isSigningKey: (value: unknown) => value is SigningKey;

/** A private key, or a symmetric one. Immutable; zeroed when it is collected; prints as `[secret]`. */
export class SigningKey {
  static {
    isSigningKey = (value): value is SigningKey => typeof value === 'object' && value !== null && #handle in value;
    signingHandle = (key) => {
      if (!isSigningKey(key)) {
        throw new SamebyteError('invalid_argument', 'a SigningKey is expected', { argument: 'key' });
      }
      return key.#handle;
    };
  }

  readonly #handle: SigningKeyHandle;
  #publicKey: PublicKey | undefined;

  /** @internal */
  constructor(token: symbol, handle: SigningKeyHandle) {
    if (token !== TOKEN) {
      throw new SamebyteError('invalid_argument', 'a SigningKey is made by one of its functions');
    }
    this.#handle = handle;
  }

  /**
   * A new key from the randomness of the operating system.
   *
   * @throws SamebyteError `algorithm_unsupported`, `key_weak`, `key_unsupported`, `invalid_argument`, `random_unavailable`.
   */
  static generate(algorithm: Algorithm, options?: GenerateOptions): SigningKey {
    const name = stringArgument(algorithm, 'algorithm');
    return new SigningKey(TOKEN, unwrap(native.keyGenerate(name, optionsJson(options, GENERATE))));
  }

  /**
   * As {@link generate}, on the thread pool: an RSA key takes long.
   *
   * @throws SamebyteError As {@link generate}.
   */
  static async generateAsync(algorithm: Algorithm, options?: GenerateOptions): Promise<SigningKey> {
    const name = stringArgument(algorithm, 'algorithm');
    return new SigningKey(TOKEN, unwrap(await native.keyGenerateAsync(name, optionsJson(options, GENERATE))));
  }

  /**
   * The private key in a JWK (RFC 7517, RFC 7518, RFC 8037, RFC 8812): an object, or JSON text.
   *
   * @throws SamebyteError The codes of the reader; `key_malformed`, `key_unsupported`, `key_mismatch`, `key_weak`,
   * `key_use_forbidden` (also for a symmetric key: see {@link symmetricFromJwk}), `algorithm_unsupported`,
   * `algorithm_mismatch`.
   */
  static fromJwk(jwk: JsonInput, options?: KeyOptions): SigningKey {
    const algorithm = importAlgorithm(options);
    const handle = withSecret(jwk, (bytes, length, form) => native.keyFromJwk(bytes, length, form, algorithm));
    return new SigningKey(TOKEN, unwrap(handle));
  }

  /**
   * The private key in a PKCS#8 PEM file (RFC 5958, RFC 7468), encrypted where a password is given.
   *
   * @throws SamebyteError `key_malformed`, `key_unsupported`, `key_mismatch`, `key_weak`, `algorithm_unsupported`,
   * `algorithm_mismatch`; with a password `password_wrong`, `key_derivation_too_costly`.
   */
  static fromPem(pem: string | Uint8Array, options: PemOptions = {}): SigningKey {
    const { password, algorithm } = pemOptions(options);
    const handle = withSecret(textArgument(pem, 'pem'), (bytes, length) =>
      password === undefined
        ? native.keyFromPem(bytes, length, algorithm)
        : native.keyFromEncryptedPem(bytes, length, password, algorithm),
    );
    return new SigningKey(TOKEN, unwrap(handle));
  }

  /**
   * As {@link fromPem} for an encrypted file, on the thread pool: deriving the key from the password is slow by design.
   *
   * @throws SamebyteError As {@link fromPem}.
   */
  static async fromPemAsync(pem: string | Uint8Array, options: PemOptions): Promise<SigningKey> {
    const { password, algorithm } = pemOptions(options);
    if (password === undefined) {
      return SigningKey.fromPem(pem, options);
    }
    const handle = withSecret(textArgument(pem, 'pem'), (bytes, length) =>
      native.keyFromEncryptedPemAsync(bytes, length, password, algorithm),
    );
    return new SigningKey(TOKEN, unwrap(await handle));
  }

  /**
   * The private key in an unencrypted PKCS#8 DER file (RFC 5958).
   *
   * @throws SamebyteError As {@link fromPem}.
   */
  static fromDer(der: Uint8Array, options?: KeyOptions): SigningKey {
    const algorithm = importAlgorithm(options);
    const handle = withSecret(bytesArgument(der, 'der'), (bytes, length) => native.keyFromDer(bytes, length, algorithm));
    return new SigningKey(TOKEN, unwrap(handle));
  }

  /**
   * The private key whose 32 bytes (Ed25519 seed, secp256k1 scalar) are given as 64 lower-case hex digits.
   *
   * @throws SamebyteError `algorithm_unsupported`, `key_malformed`.
   */
  static fromHex(algorithm: Algorithm, hex: string | Uint8Array): SigningKey {
    const name = stringArgument(algorithm, 'algorithm');
    const handle = withSecret(textArgument(hex, 'hex'), (bytes, length) => native.keyFromHex(name, bytes, length));
    return new SigningKey(TOKEN, unwrap(handle));
  }

  /**
   * A symmetric key for `HS256`, `HS384` or `HS512`: a secret of at least as many bytes as the hash has. What looks like a
   * key of another kind (PEM, DER, JWK, SSH) is refused.
   *
   * @throws SamebyteError `algorithm_unsupported`, `key_weak`, `key_malformed`, `key_use_forbidden`.
   */
  static symmetric(algorithm: Algorithm, secret: Uint8Array, options: { readonly kid?: string | undefined } = {}): SigningKey {
    const name = stringArgument(algorithm, 'algorithm');
    const { kid } = optionsArgument(options, { kid: 'kid' });
    const id = kid === undefined ? undefined : stringArgument(kid, 'kid');
    return new SigningKey(TOKEN, unwrap(native.keySymmetric(name, bytesArgument(secret, 'secret'), id)));
  }

  /**
   * The symmetric key in a JWK with `"kty":"oct"`: an object, or JSON text.
   *
   * @throws SamebyteError The codes of the reader; `key_malformed`, `key_weak`, `key_use_forbidden`.
   */
  static symmetricFromJwk(jwk: JsonInput): SigningKey {
    const handle = withSecret(jwk, (bytes, length, form) => native.keySymmetricFromJwk(bytes, length, form));
    return new SigningKey(TOKEN, unwrap(handle));
  }

  /** The algorithm that this key signs with where none is named. */
  get algorithm(): Algorithm {
    return native.keyAlgorithm(this.#handle) as Algorithm;
  }

  /** The key id: the `kid` of the JWK that the key came from, else its thumbprint; a symmetric key may have none. */
  get kid(): string | undefined {
    return unwrap(native.keyKid(this.#handle)) ?? undefined;
  }

  /**
   * The RFC 7638 thumbprint of the public key.
   *
   * @throws SamebyteError `key_unsupported` for a symmetric key: a hash of a secret is not for publication.
   */
  get thumbprint(): string {
    return unwrap(native.keyThumbprint(this.#handle));
  }

  /**
   * The public half.
   *
   * @throws SamebyteError `key_unsupported` for a symmetric key.
   */
  get publicKey(): PublicKey {
    this.#publicKey ??= new PublicKey(TOKEN, unwrap(native.keyPublic(this.#handle)));
    return this.#publicKey;
  }

  /** The private key as a JWK. A secret, which JavaScript cannot zero. */
  toJwk(): Jwk {
    return JSON.parse(unwrap(native.keyToJwk(this.#handle))) as Jwk;
  }

  /**
   * The private key as a PKCS#8 version 1 PEM file, encrypted (PBES2, PBKDF2-HMAC-SHA256, AES-256-CBC) where a password is
   * given. Without one it is a secret, which JavaScript cannot zero.
   *
   * @throws SamebyteError `key_unsupported` for a symmetric key.
   */
  toPem(options: { readonly password?: string | Uint8Array | undefined } = {}): string {
    const { password } = optionsArgument(options, { password: 'password' });
    return unwrap(
      password === undefined
        ? native.keyToPem(this.#handle)
        : native.keyToEncryptedPem(this.#handle, passwordArgument(password)),
    );
  }

  /**
   * As {@link toPem} with a password, on the thread pool.
   *
   * @throws SamebyteError As {@link toPem}.
   */
  async toPemAsync(options: { readonly password: string | Uint8Array }): Promise<string> {
    const { password } = optionsArgument(options, { password: 'password' });
    return unwrap(await native.keyToEncryptedPemAsync(this.#handle, passwordArgument(password)));
  }

  /**
   * The private key as a PKCS#8 version 1 DER file. A secret: overwrite it after use.
   *
   * @throws SamebyteError `key_unsupported` for a symmetric key.
   */
  toDer(): Buffer {
    return unwrap(native.keyToDer(this.#handle));
  }

  /**
   * The private key as 64 lower-case hex digits. A secret, which JavaScript cannot zero.
   *
   * @throws SamebyteError `key_unsupported` for a key that has no such form.
   */
  toHex(): string {
    return unwrap(native.keyToHex(this.#handle));
  }

  /** The key without its secret: `JSON.stringify` never writes one. */
  toJSON(): string {
    return this.toString();
  }

  toString(): string {
    const { kid } = this;
    return `SigningKey(${this.algorithm}, ${kid === undefined ? '' : `kid=${kid}, `}[secret])`;
  }

  /** @internal */
  [inspect](): string {
    return this.toString();
  }
}

interface Pem {
  readonly password: Uint8Array | undefined;
  readonly algorithm: string | undefined;
}

function pemOptions(options: PemOptions): Pem {
  const { password, ...rest } = optionsArgument(options, PEM);
  return {
    password: password === undefined ? undefined : passwordArgument(password),
    algorithm: importAlgorithm(rest),
  };
}
