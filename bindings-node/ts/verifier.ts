import { SamebyteError, unwrap } from './error.js';
import { optionsArgument, optionsJson } from './input.js';
import { publicHandle, type PublicKey } from './keys.js';
import { native, type VerifierHandle } from './native.js';

/** Options of a {@link Verifier}. */
export interface VerifierOptions {
  /** How many distinct keys must have signed; 1 by default. */
  readonly threshold?: number | undefined;
}

/** Opens a verifier for the other modules of this package; refuses what is none. */
export let verifierHandle: (verifier: Verifier) => VerifierHandle;

/** Who is trusted: public keys, and how many of them must have signed. Immutable; make it once. */
export class Verifier {
  static {
    verifierHandle = (verifier) => {
      if (typeof verifier !== 'object' || verifier === null || !(#handle in verifier)) {
        throw new SamebyteError('invalid_argument', 'a Verifier is expected', { argument: 'verifier' });
      }
      return verifier.#handle;
    };
  }

  readonly #handle: VerifierHandle;

  /**
   * @throws SamebyteError `invalid_argument` for no key, one key twice, one `kid` for two keys, or a threshold that
   * cannot be met; `unknown_option`.
   */
  constructor(keys: readonly PublicKey[], options: VerifierOptions = {}) {
    if (!Array.isArray(keys)) {
      throw new SamebyteError('invalid_argument', 'keys are an array of PublicKey', { argument: 'keys' });
    }
    const handles = Array.from(keys as readonly PublicKey[], publicHandle);
    const json = optionsJson({ ...optionsArgument(options) }, { threshold: 'threshold' });
    this.#handle = unwrap(native.verifierNew(handles, json));
  }
}
