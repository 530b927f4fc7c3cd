import { configName, type ConfigNames } from './config.js';
import { unwrap } from './error.js';
import { TOKEN } from './handle.js';
import { DEFAULT_BOUNDS, textArgument, withInput, withSecret, type JsonInput } from './input.js';
import type { JsonValue } from './json.js';
import { native } from './native.js';
import { PublicKey, publicHandle } from './public-key.js';
import { resultNames, type ResultNames } from './result.js';
import { signingHandle, SigningKey } from './signing-key.js';

/** The payload of a file of PyPI `sqooler` that the expected key signed. */
export interface VerifiedPayload {
  readonly payload: JsonValue;
  /** The text of the payload as the file has it: order of members and spelling of numbers are part of what is signed. */
  readonly text: string;
}

/**
 * The file that holds the payload and its signature: a result, or a configuration. The payload is JSON text, whose order of
 * members and spelling of numbers stay.
 *
 * @throws SamebyteError The codes of the reader; `result_malformed`, `algorithm_unsupported`.
 */
export function sign(payload: string | Uint8Array, key: SigningKey): string {
  const handle = signingHandle(key);
  const outcome = withInput(textArgument(payload, 'payload'), DEFAULT_BOUNDS, (bytes, length) =>
    native.sqoolerSign(bytes, length, handle),
  );
  return unwrap(outcome);
}

/**
 * Verifies the file of a result with the expected key; throws unless it has the names that are expected.
 *
 * @throws SamebyteError The codes of the reader; `result_malformed`, `document_unsigned`, `signature_header_malformed`,
 * `algorithm_not_allowed`, `typ_mismatch`, `signature_unknown`, `signature_malformed`, `signature_invalid`,
 * `display_name_mismatch`, `job_id_mismatch`, `algorithm_unsupported`, `invalid_argument`.
 */
export function verifyResult(file: string | Uint8Array, key: PublicKey, names: ResultNames): VerifiedPayload {
  const handle = publicHandle(key);
  const [displayName, jobId] = resultNames(names);
  const outcome = withInput(textArgument(file, 'file'), DEFAULT_BOUNDS, (bytes, length) =>
    native.sqoolerResultVerify(bytes, length, handle, displayName, jobId),
  );
  return verified(unwrap(outcome));
}

/**
 * Verifies the file of a configuration with the expected key; throws unless it has the name that is expected.
 *
 * @throws SamebyteError As {@link verifyResult}, but for `job_id_mismatch`.
 */
export function verifyConfig(file: string | Uint8Array, key: PublicKey, names: ConfigNames): VerifiedPayload {
  const handle = publicHandle(key);
  const displayName = configName(names);
  const outcome = withInput(textArgument(file, 'file'), DEFAULT_BOUNDS, (bytes, length) =>
    native.sqoolerConfigVerify(bytes, length, handle, displayName),
  );
  return verified(unwrap(outcome));
}

/**
 * The private key in a JWK as sqooler spells it: an object, or JSON text.
 *
 * @throws SamebyteError The codes of the reader; `key_malformed`, `key_unsupported`, `key_use_forbidden`, `key_mismatch`,
 * `key_weak`.
 */
export function signingKey(jwk: JsonInput): SigningKey {
  const handle = withSecret(jwk, (bytes, length, form) => native.sqoolerKeyFromJwk(bytes, length, form));
  return new SigningKey(TOKEN, unwrap(handle));
}

/**
 * The private key as a JWK that sqooler reads. A secret, which JavaScript cannot zero.
 *
 * @throws SamebyteError `algorithm_unsupported` for a key that is not Ed25519.
 */
export function signingKeyJwk(key: SigningKey): string {
  return unwrap(native.sqoolerKeyToJwk(signingHandle(key)));
}

/**
 * The public key in a JWK as sqooler spells it: an object, or JSON text.
 *
 * @throws SamebyteError As {@link signingKey}.
 */
export function publicKey(jwk: JsonInput): PublicKey {
  const handle = withInput(jwk, DEFAULT_BOUNDS, (bytes, length, form) =>
    native.sqoolerPublicKeyFromJwk(bytes, length, form),
  );
  return new PublicKey(TOKEN, unwrap(handle));
}

/**
 * The public key as a JWK that sqooler reads.
 *
 * @throws SamebyteError `algorithm_unsupported` for a key that is not Ed25519.
 */
export function publicKeyJwk(key: PublicKey): string {
  return unwrap(native.sqoolerPublicKeyToJwk(publicHandle(key)));
}

function verified(text: string): VerifiedPayload {
  return { payload: JSON.parse(text) as JsonValue, text };
}
