import { batch } from './batch.js';
import { SamebyteError } from './error.js';
import { TOKEN } from './handle.js';
import { DEFAULT_BOUNDS, run, stringArgument, type JsonInput } from './input.js';
import { open, type JsonObject } from './json.js';
import { native } from './native.js';
import { signingHandle, type SigningKey } from './signing-key.js';
import { verifierHandle, type Trust } from './verifier.js';

/** What became of one signature of a document. */
export interface SignatureStatus {
  /** Its place among the signatures of the document. */
  readonly index: number;
  readonly alg: string;
  readonly kid: string;
  /** Whether a trusted key made it; one of an unknown key is `false`. */
  readonly verified: boolean;
}

/** A document whose signatures satisfy the verifier. */
export class VerifiedDocument {
  readonly #result: Buffer;
  #parts: Parts | undefined;

  /** @internal */
  constructor(token: symbol, result: Buffer) {
    if (token !== TOKEN) {
      throw new SamebyteError('invalid_argument', 'a VerifiedDocument is made by verify');
    }
    this.#result = result;
  }

  /** What was verified: all members but `signatures`. */
  get document(): JsonObject {
    return this.#open().value.document;
  }

  /** The canonical bytes of {@link document}, which are what was signed. */
  get canonical(): Buffer {
    return this.#open().canonical;
  }

  get signatures(): readonly SignatureStatus[] {
    return this.#open().value.signatures;
  }

  #open(): Parts {
    this.#parts ??= open<Parts['value']>(this.#result, 'document');
    return this.#parts;
  }
}

interface Parts {
  readonly value: { readonly document: JsonObject; readonly signatures: readonly SignatureStatus[] };
  readonly canonical: Buffer;
}

/**
 * The JSON object in canonical form with one more signature. `type` is a media type, says what the document is, and is
 * part of what is signed.
 *
 * @throws SamebyteError The codes of the reader; `document_malformed`, `type_invalid`, `duplicate_signer`,
 * `too_many_signatures`.
 */
export function sign(document: JsonInput, key: SigningKey, type: string): Buffer {
  const handle = signingHandle(key);
  const mediaType = stringArgument(type, 'type');
  return run(document, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.documentSign(bytes, length, form, handle, mediaType, pool, offset),
  );
}

/**
 * Verifies a document; throws unless its signatures satisfy the verifier.
 *
 * @throws SamebyteError The codes of the reader; `document_malformed`, `type_invalid`, `document_unsigned`,
 * `duplicate_signer`, `too_many_signatures`, `signature_verification_failed`, `signature_unknown`, `threshold_not_met`.
 */
export function verify(document: JsonInput, verifier: Trust, type: string): VerifiedDocument {
  const handle = verifierHandle(verifier);
  const mediaType = stringArgument(type, 'type');
  const result = run(document, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.documentVerify(bytes, length, form, handle, mediaType, pool, offset),
  );
  return new VerifiedDocument(TOKEN, result);
}

/**
 * Verifies many documents, JSON text each, as {@link verify} does, on all processors. The result of one that is refused is its
 * error.
 *
 * @throws SamebyteError `invalid_argument`, `lone_surrogate`.
 */
export async function verifyMany(
  documents: readonly (string | Uint8Array)[],
  verifier: Trust,
  type: string,
): Promise<(VerifiedDocument | SamebyteError)[]> {
  const handle = verifierHandle(verifier);
  const mediaType = stringArgument(type, 'type');
  const call = (texts: Uint8Array) => native.documentVerifyMany(texts, handle, mediaType);
  return batch(documents, 'documents', call, (result) => new VerifiedDocument(TOKEN, result));
}

/**
 * The bytes that every signer of the document signs: the DSSE pre-authentication encoding of its type and its canonical
 * text without `signatures`.
 *
 * @throws SamebyteError The codes of the reader; `document_malformed`, `type_invalid`.
 */
export function signingInput(document: JsonInput, type: string): Buffer {
  const mediaType = stringArgument(type, 'type');
  return run(document, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.documentSigningInput(bytes, length, form, mediaType, pool, offset),
  );
}

/**
 * The signed document as a DSSE envelope with the same signatures.
 *
 * @throws SamebyteError The codes of the reader; `document_malformed`, `type_invalid`, `document_unsigned`.
 */
export function toDsse(document: JsonInput, type: string): Buffer {
  const mediaType = stringArgument(type, 'type');
  return run(document, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.documentToDsse(bytes, length, form, mediaType, pool, offset),
  );
}

/**
 * The DSSE envelope as a signed document. Converting verifies nothing.
 *
 * @throws SamebyteError The codes of the reader; `document_malformed`, `type_invalid`.
 */
export function fromDsse(envelope: JsonInput, type: string): Buffer {
  const mediaType = stringArgument(type, 'type');
  return run(envelope, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.documentFromDsse(bytes, length, form, mediaType, pool, offset),
  );
}
