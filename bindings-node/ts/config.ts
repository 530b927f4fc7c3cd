import type { SignatureStatus } from './document.js';
import { DEFAULT_BOUNDS, run, stringArgument, type JsonInput } from './input.js';
import { open, type JsonObject } from './json.js';
import { native } from './native.js';
import { optionsArgument } from './options.js';
import { signingHandle, type SigningKey } from './signing-key.js';
import { verifierHandle, type Trust } from './verifier.js';

/** Whose configuration is expected. */
export interface ConfigNames {
  /** The name of the backend. */
  readonly displayName: string;
}

/** A configuration whose signatures satisfy the verifier. */
export interface VerifiedConfig {
  /** What was verified: all members but `signatures`. */
  readonly config: JsonObject;
  /** The canonical bytes of {@link config}. */
  readonly canonical: Buffer;
  readonly signatures: readonly SignatureStatus[];
}

/** The name of a configuration that is expected. */
export function configName(names: ConfigNames): string {
  return stringArgument(optionsArgument(names, { displayName: 'display_name' }).displayName, 'displayName');
}

/**
 * The configuration (`display_name`, `payload`, and what else there is) in canonical form with one more signature.
 *
 * @throws SamebyteError The codes of the reader; `result_malformed`, `duplicate_signer`, `too_many_signatures`.
 */
export function sign(config: JsonInput, key: SigningKey): Buffer {
  const handle = signingHandle(key);
  return run(config, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.configSign(bytes, length, form, handle, pool, offset),
  );
}

/**
 * Verifies a configuration; throws unless its signatures satisfy the verifier and it has the name that is expected.
 *
 * @throws SamebyteError The codes of the reader; `result_malformed`, `document_unsigned`, `duplicate_signer`,
 * `too_many_signatures`, `signature_verification_failed`, `signature_unknown`, `threshold_not_met`,
 * `display_name_mismatch`, `invalid_argument`.
 */
export function verify(config: JsonInput, verifier: Trust, names: ConfigNames): VerifiedConfig {
  const handle = verifierHandle(verifier);
  const displayName = configName(names);
  const output = run(config, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.configVerify(bytes, length, form, handle, displayName, pool, offset),
  );
  const { value, canonical } = open<Omit<VerifiedConfig, 'canonical'>>(output, 'config');
  return { ...value, canonical };
}
