import { SamebyteError, unwrap } from './error.js';
import { TOKEN } from './handle.js';
import { DEFAULT_BOUNDS, run, stringArgument, textArgument, withInput } from './input.js';
import { apart, type JsonObject } from './json.js';
import { native } from './native.js';
import { optionsJson } from './options.js';
import type { Algorithm } from './public-key.js';
import { signingHandle, type SigningKey } from './signing-key.js';
import { verifierHandle, type Trust } from './verifier.js';

/**
 * Which members of a card are signed, for the readings of A2A 1.0 differ: as the official SDKs read it (`sdk`), as the text
 * of the specification does (`spec`), or all that is there (`raw`).
 */
export type CardForm = 'sdk' | 'spec' | 'raw';

/** Options of {@link sign}: `portability` or `form`, not both. */
export interface CardOptions {
  /**
   * What becomes of a card that the readings disagree about: it is refused (the default), what they disagree about is
   * removed, or it gets a signature for each reading.
   */
  readonly portability?: 'refuse' | 'strip' | 'each' | undefined;
  /** The one reading to sign under, without a look at the others. */
  readonly form?: CardForm | undefined;
  /** Where the key set of the signer is. */
  readonly jku?: string | undefined;
  /** `JOSE` by default. */
  readonly typ?: string | undefined;
  /** The algorithm, where the key permits several. */
  readonly algorithm?: Algorithm | undefined;
}

const SIGN = { portability: 'portability', form: 'form', jku: 'jku', typ: 'typ', algorithm: 'alg' };

interface Report {
  readonly alg: Algorithm;
  readonly form: CardForm;
  readonly header: JsonObject;
  readonly index: number;
  readonly kid?: string | null;
  readonly thumbprint?: string | null;
  readonly unsigned_paths: readonly string[];
  readonly unsigned_paths_truncated: boolean;
}

/** A card with a signature of a trusted key. */
export class VerifiedCard {
  /** The canonical bytes of {@link card}, which are what was signed. */
  readonly canonical: Buffer;
  readonly #report: Buffer;
  #card: JsonObject | undefined;
  #parsed: Report | undefined;

  /** @internal */
  constructor(token: symbol, pair: Buffer) {
    if (token !== TOKEN) {
      throw new SamebyteError('invalid_argument', 'a VerifiedCard is made by verify');
    }
    [this.canonical, this.#report] = apart(pair);
  }

  /** What the signature covers. Go on with this, not with what was received. */
  get card(): JsonObject {
    this.#card ??= JSON.parse(this.canonical.toString()) as JsonObject;
    return this.#card;
  }

  /** The reading under which it was verified. */
  get form(): CardForm {
    return this.#details().form;
  }

  get algorithm(): Algorithm {
    return this.#details().alg;
  }

  /** The id of the key that verified it. */
  get kid(): string | undefined {
    return this.#details().kid ?? undefined;
  }

  /** The RFC 7638 thumbprint of that key; a symmetric key has none. */
  get thumbprint(): string | undefined {
    return this.#details().thumbprint ?? undefined;
  }

  /** The place of the signature among those of the card. */
  get index(): number {
    return this.#details().index;
  }

  /** The protected header. */
  get header(): JsonObject {
    return this.#details().header;
  }

  /** JSON pointers of what was received but is not covered by the signature; see {@link unsignedPathsTruncated}. */
  get unsignedPaths(): readonly string[] {
    return this.#details().unsigned_paths;
  }

  /** Whether there were more of them than are listed. */
  get unsignedPathsTruncated(): boolean {
    return this.#details().unsigned_paths_truncated;
  }

  #details(): Report {
    this.#parsed ??= JSON.parse(this.#report.toString()) as Report;
    return this.#parsed;
  }
}

/**
 * The bytes of an Agent Card that are signed under this reading. A card is JSON text, as it is served: the objects of an SDK
 * have members of their own.
 *
 * @throws SamebyteError The codes of the reader; `card_malformed`, `invalid_argument`.
 */
export function canonicalize(card: string | Uint8Array, form: CardForm): Buffer {
  const reading = stringArgument(form, 'form');
  return run(textArgument(card, 'card'), DEFAULT_BOUNDS, (bytes, length, _, pool, offset) =>
    native.cardCanonicalize(bytes, length, reading, pool, offset),
  );
}

/**
 * The whole card in canonical form with one more signature, or with one for each reading.
 *
 * @throws SamebyteError The codes of the reader; `card_malformed`, `card_not_portable` with `detail.pointers`,
 * `algorithm_mismatch`, `duplicate_signer`, `too_many_signatures`, `invalid_argument`, `unknown_option`.
 */
export function sign(card: string | Uint8Array, key: SigningKey, options?: CardOptions): string {
  const handle = signingHandle(key);
  const json = optionsJson(options, SIGN);
  const outcome = withInput(textArgument(card, 'card'), DEFAULT_BOUNDS, (bytes, length) =>
    native.cardSign(bytes, length, handle, json),
  );
  return unwrap(outcome);
}

/**
 * Verifies a card under one reading; throws unless a trusted key signed it. `jku` is never followed.
 *
 * @throws SamebyteError The codes of the reader; `card_malformed`, `card_unsigned`; `signature_invalid`, `signature_unknown`,
 * `signature_header_malformed` with what became of each signature in `detail.signatures`; `invalid_argument`.
 */
export function verify(card: string | Uint8Array, verifier: Trust, form: CardForm): VerifiedCard {
  const handle = verifierHandle(verifier);
  const reading = stringArgument(form, 'form');
  const pair = run(textArgument(card, 'card'), DEFAULT_BOUNDS, (bytes, length, _, pool, offset) =>
    native.cardVerify(bytes, length, handle, reading, pool, offset),
  );
  return new VerifiedCard(TOKEN, pair);
}

/**
 * Why the signatures of a card verify, or do not: under which readings, and what the readings disagree about. Trusts nothing.
 *
 * @throws SamebyteError The codes of the reader; `card_malformed`.
 */
export function diagnose(card: string | Uint8Array, verifier: Trust): JsonObject {
  const handle = verifierHandle(verifier);
  const outcome = withInput(textArgument(card, 'card'), DEFAULT_BOUNDS, (bytes, length) =>
    native.cardDiagnose(bytes, length, handle),
  );
  return JSON.parse(unwrap(outcome)) as JsonObject;
}
