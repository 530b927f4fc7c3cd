import { SamebyteError, unwrap } from './error.js';
import { isKeyset, Keyset, keysetHandle } from './keyset.js';
import { native, type VerifierHandle } from './native.js';
import { optionsJson } from './options.js';
import type { Algorithm, PublicKey } from './public-key.js';
import type { SigningKey } from './signing-key.js';

/** Options of a {@link Verifier}. `threshold`, `policy` and `kids` exclude each other. */
export interface VerifierOptions {
  /** How many distinct keys must have signed; 1 by default. */
  readonly threshold?: number | undefined;
  /** Which signatures of a JWS must verify. One with several needs this, `threshold` or `kids`. */
  readonly policy?: 'all' | 'any' | undefined;
  /** The keys that must all have signed. */
  readonly kids?: readonly string[] | undefined;
  /** The algorithms that are allowed; by default those that the keys permit. */
  readonly algorithms?: readonly Algorithm[] | undefined;
  /** Whether an ES256K signature with a high `s` is refused, as documents and jobs always have it. */
  readonly requireLowS?: boolean | undefined;
  /** The names in `crit` of a JWS that the caller understands and acts upon. */
  readonly crit?: readonly string[] | undefined;
  /** What `typ` of a JWS must be. */
  readonly typ?: string | undefined;
  /** The longest protected header of a JWS in bytes; 16 KiB by default. */
  readonly maxHeaderBytes?: number | undefined;
  /** The longest payload of a JWS in bytes. */
  readonly maxPayloadBytes?: number | undefined;
  /** How many signatures there may be; 64 by default. */
  readonly maxSignatures?: number | undefined;
}

/** Who is trusted: a {@link Verifier}, or keys under its defaults. */
export type Trust = Verifier | Keyset | PublicKey | SigningKey;

const NAMES = {
  threshold: 'threshold',
  policy: 'policy',
  kids: 'kids',
  algorithms: 'algorithms',
  requireLowS: 'require_low_s',
  crit: 'crit',
  typ: 'typ',
  maxHeaderBytes: 'max_header_bytes',
  maxPayloadBytes: 'max_payload_bytes',
  maxSignatures: 'max_signatures',
};

/** Opens what is trusted for the other modules of this package; refuses what is none. */
export let verifierHandle: (trust: Trust) => VerifierHandle;

/** Who is trusted: keys, and which of them must have signed. Immutable; make it once. */
export class Verifier {
  static {
    verifierHandle = (trust) => {
      if (typeof trust !== 'object' || trust === null) {
        throw new SamebyteError('invalid_argument', 'a Verifier, a Keyset or a key is expected', { argument: 'verifier' });
      }
      if (#handle in trust) {
        return trust.#handle;
      }
      const known = Verifier.#defaults.get(trust);
      if (known !== undefined) {
        return known;
      }
      const handle = new Verifier(isKeyset(trust) ? trust : [trust]).#handle;
      Verifier.#defaults.set(trust, handle);
      return handle;
    };
  }

  /** The verifiers of keys that were given in the place of one. */
  static readonly #defaults = new WeakMap<Trust, VerifierHandle>();

  readonly #handle: VerifierHandle;

  /**
   * @throws SamebyteError `invalid_argument` for no key or options that contradict each other or the keys; `duplicate_kid`;
   * `algorithm_unsupported`; `unknown_option`.
   */
  constructor(keys: Keyset | readonly (PublicKey | SigningKey)[], options?: VerifierOptions) {
    const set = keysetHandle(isKeyset(keys) ? keys : new Keyset(keys));
    this.#handle = unwrap(native.verifierNew(set, optionsJson(options, NAMES)));
  }
}
