import { isUint8Array } from 'node:util/types';

import { canonicalize } from './canonicalize.js';
import { SamebyteError } from './error.js';
import { DEFAULT_BOUNDS, run, type JsonInput } from './input.js';
import { open, type JsonObject } from './json.js';
import { native } from './native.js';
import { optionsArgument } from './options.js';
import { signingHandle, type SigningKey } from './signing-key.js';

/** A job whose signatures are valid. */
export interface VerifiedJob {
  /** What was verified. */
  readonly job: JsonObject;
  /** The canonical bytes of {@link job}. */
  readonly canonical: Buffer;
  /** The distinct public keys that signed, in lower-case hex, in the order of their signatures. */
  readonly signatories: readonly string[];
}

/** A job that the policy allows. */
export interface AuthorizedJob {
  /** What was verified. */
  readonly job: JsonObject;
  /** The canonical bytes of {@link job}. */
  readonly canonical: Buffer;
  /** The names of the principals of the policy that signed. */
  readonly principals: readonly string[];
  /** The public keys that signed and that the policy does not know. */
  readonly ignored: readonly string[];
}

/** Options of {@link authorize}. */
export interface AuthorizeOptions {
  /** The time to judge at: a date, or Unix seconds. The clock by default. */
  readonly now?: Date | number | undefined;
}

/**
 * The job in canonical form with one more signature.
 *
 * @throws SamebyteError The codes of the reader; `job_malformed`, `duplicate_signer`, `too_many_signatures`.
 */
export function sign(job: JsonInput, key: SigningKey): Buffer {
  const handle = signingHandle(key);
  return run(job, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.jobSign(bytes, length, form, handle, pool, offset),
  );
}

/**
 * Verifies every signature of a job, of which there must be one. This proves that the holders of those keys signed, not
 * that they may: for that see {@link authorize}.
 *
 * @throws SamebyteError The codes of the reader; `job_malformed`, `document_unsigned`, `duplicate_signer`,
 * `too_many_signatures`, `signature_verification_failed`.
 */
export function verifySignatures(job: JsonInput): VerifiedJob {
  const result = run(job, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.jobVerifySignatures(bytes, length, form, pool, offset),
  );
  const { value, canonical } = open<Omit<VerifiedJob, 'canonical'>>(result, 'job');
  return { ...value, canonical };
}

/**
 * Verifies a job and lists its distinct public keys, in lower-case hex, in the order of their signatures. This proves
 * possession, not permission.
 *
 * @throws SamebyteError As {@link verifySignatures}.
 */
export function signatories(job: JsonInput): string[] {
  const result = run(job, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.jobSignatories(bytes, length, form, pool, offset),
  );
  return JSON.parse(result.toString()) as string[];
}

/**
 * Verifies a job and holds its signers and times against a policy; throws unless the policy allows it.
 *
 * @throws SamebyteError As {@link verifySignatures}; `policy_invalid`, `unauthorized`, `job_expired`,
 * `job_not_yet_valid`, `audience_mismatch`.
 */
export function authorize(job: JsonInput, policy: JsonInput, options: AuthorizeOptions = {}): AuthorizedJob {
  const now = seconds(options);
  const policyText = isUint8Array(policy) ? policy : jsonText(policy);
  const result = run(job, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.jobAuthorize(bytes, length, form, policyText, now, pool, offset),
  );
  const { value, canonical } = open<Omit<AuthorizedJob, 'canonical'>>(result, 'job');
  return { ...value, canonical };
}

/**
 * The bytes that every signer of the job signs: the DSSE pre-authentication encoding.
 *
 * @throws SamebyteError The codes of the reader; `job_malformed`.
 */
export function canonicalRepresentation(job: JsonInput): Buffer {
  return run(job, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.jobCanonicalRepresentation(bytes, length, form, pool, offset),
  );
}

/** A policy that is not bytes, as bytes: the native call takes one input in its short form, which the job has. */
function jsonText(policy: JsonInput): Uint8Array {
  return canonicalize(policy, { numbers: 'exact' });
}

function seconds(options: AuthorizeOptions): number {
  const { now } = optionsArgument(options, { now: 'now' });
  const time = now instanceof Date ? now.getTime() / 1000 : (now ?? Date.now() / 1000);
  if (typeof time !== 'number' || !Number.isSafeInteger(Math.floor(time))) {
    throw new SamebyteError('invalid_argument', 'now is a date or Unix seconds', { option: 'now' });
  }
  return Math.floor(time);
}
