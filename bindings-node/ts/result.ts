import type { SignatureStatus } from './document.js';
import { DEFAULT_BOUNDS, run, stringArgument, type JsonInput } from './input.js';
import { open, type JsonObject } from './json.js';
import { native } from './native.js';
import { optionsArgument } from './options.js';
import { signingHandle, type SigningKey } from './signing-key.js';
import { verifierHandle, type Trust } from './verifier.js';

/** Whose result is expected, and of which job. */
export interface ResultNames {
  /** The name of the backend. */
  readonly displayName: string;
  readonly jobId: string;
}

/** A result whose signatures satisfy the verifier. */
export interface VerifiedResult {
  /** What was verified: all members but `signatures`. */
  readonly result: JsonObject;
  /** The canonical bytes of {@link result}. */
  readonly canonical: Buffer;
  readonly signatures: readonly SignatureStatus[];
}

const NAMES = { displayName: 'display_name', jobId: 'job_id' };

/** The names of a result that is expected. */
export function resultNames(names: ResultNames): [displayName: string, jobId: string] {
  const { displayName, jobId } = optionsArgument(names, NAMES);
  return [stringArgument(displayName, 'displayName'), stringArgument(jobId, 'jobId')];
}

/**
 * The result (`display_name`, `job_id`, `payload`, and what else there is) in canonical form with one more signature.
 *
 * @throws SamebyteError The codes of the reader; `result_malformed`, `duplicate_signer`, `too_many_signatures`.
 */
export function sign(result: JsonInput, key: SigningKey): Buffer {
  const handle = signingHandle(key);
  return run(result, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.resultSign(bytes, length, form, handle, pool, offset),
  );
}

/**
 * Verifies a result; throws unless its signatures satisfy the verifier and it has the names that are expected.
 *
 * @throws SamebyteError The codes of the reader; `result_malformed`, `document_unsigned`, `duplicate_signer`,
 * `too_many_signatures`, `signature_verification_failed`, `signature_unknown`, `threshold_not_met`,
 * `display_name_mismatch`, `job_id_mismatch`, `invalid_argument`.
 */
export function verify(result: JsonInput, verifier: Trust, names: ResultNames): VerifiedResult {
  const handle = verifierHandle(verifier);
  const [displayName, jobId] = resultNames(names);
  const output = run(result, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.resultVerify(bytes, length, form, handle, displayName, jobId, pool, offset),
  );
  const { value, canonical } = open<Omit<VerifiedResult, 'canonical'>>(output, 'result');
  return { ...value, canonical };
}
