import { SamebyteError, unwrap } from './error.js';
import { TOKEN } from './handle.js';
import { DEFAULT_BOUNDS, stringArgument, withInput, type JsonInput } from './input.js';
import type { JsonObject } from './json.js';
import { native, type KeysetHandle } from './native.js';
import { PublicKey, publicHandle, type Jwk } from './public-key.js';
import { isSigningKey, signingHandle, type SigningKey } from './signing-key.js';

/** A JWK Set (RFC 7517, section 5). */
export interface Jwks {
  readonly keys: readonly Jwk[];
}

/** Opens a key set for the other modules of this package; refuses what is none. */
export let keysetHandle: (keys: Keyset) => KeysetHandle;
/** Whether the value is a {@link Keyset}. */
export let isKeyset: (value: unknown) => value is Keyset;

/** Public and symmetric keys, found by their `kid`. Immutable. */
export class Keyset {
  static {
    isKeyset = (value): value is Keyset => typeof value === 'object' && value !== null && #handle in value;
    keysetHandle = (keys) => {
      if (!isKeyset(keys)) {
        throw new SamebyteError('invalid_argument', 'a Keyset is expected', { argument: 'keys' });
      }
      return keys.#handle;
    };
  }

  readonly #handle: KeysetHandle;

  /**
   * The set of these keys: public ones, and symmetric ones (a `SigningKey`).
   *
   * @throws SamebyteError `duplicate_kid` for one key twice or one `kid` for two keys; `invalid_argument`.
   */
  constructor(keys: readonly (PublicKey | SigningKey)[]);
  /** @internal */
  constructor(token: symbol, handle: KeysetHandle);
  constructor(keys: readonly (PublicKey | SigningKey)[] | symbol, handle?: KeysetHandle) {
    this.#handle = keys === TOKEN && handle !== undefined ? handle : unwrap(native.keysetNew(...sorted(keys)));
  }

  /**
   * The keys of a JWK Set: an object, or JSON text. Keys of types that are not supported, and those that are not for
   * signatures, are left out; a malformed, weak or private one refuses the set.
   *
   * @throws SamebyteError The codes of the reader; `key_malformed`, `key_weak`, `duplicate_kid`, with the place of the key
   * in `detail.pointer`.
   */
  static fromJwks(jwks: JsonInput): Keyset {
    const handle = withInput(jwks, DEFAULT_BOUNDS, (bytes, length, form) => native.keysetFromJwks(bytes, length, form));
    return new Keyset(TOKEN, unwrap(handle));
  }

  /**
   * What is wrong or unwise in a JWK Set.
   *
   * @throws SamebyteError The codes of the reader.
   */
  static lint(jwks: JsonInput): JsonObject[] {
    const findings = withInput(jwks, DEFAULT_BOUNDS, (bytes, length, form) => native.keysetLint(bytes, length, form));
    return JSON.parse(unwrap(findings)) as JsonObject[];
  }

  /** How many keys there are. */
  get size(): number {
    return native.keysetLen(this.#handle);
  }

  /**
   * The public key with this `kid`.
   *
   * @throws SamebyteError `key_unknown`.
   */
  get(kid: string): PublicKey {
    return new PublicKey(TOKEN, unwrap(native.keysetFind(this.#handle, stringArgument(kid, 'kid'))));
  }

  /** The public keys as a JWK Set. Symmetric keys are secrets and stay out of it. */
  toJwks(): Jwks {
    return JSON.parse(unwrap(native.keysetToJwks(this.#handle))) as Jwks;
  }

  /** The JWK Set, so that `JSON.stringify` writes one. */
  toJSON(): Jwks {
    return this.toJwks();
  }
}

/** Public and symmetric keys apart. */
function sorted(keys: unknown): Parameters<typeof native.keysetNew> {
  if (!Array.isArray(keys)) {
    throw new SamebyteError('invalid_argument', 'keys are an array of PublicKey and SigningKey', { argument: 'keys' });
  }
  const all = Array.from(keys as readonly (PublicKey | SigningKey)[]);
  return [
    all.filter((key): key is PublicKey => !isSigningKey(key)).map(publicHandle),
    all.filter(isSigningKey).map(signingHandle),
  ];
}
