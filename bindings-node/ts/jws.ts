import { isUint8Array } from 'node:util/types';

import { batch } from './batch.js';
import type { Numbers } from './canonicalize.js';
import { SamebyteError, unwrap } from './error.js';
import { TOKEN } from './handle.js';
import { bytesArgument, DEFAULT_BOUNDS, run, textArgument, utf8, withInput } from './input.js';
import type { JsonObject } from './json.js';
import { native } from './native.js';
import { optionsArgument, optionsJson } from './options.js';
import { publicHandle, type Algorithm, type PublicKey } from './public-key.js';
import { signingHandle, type SigningKey } from './signing-key.js';
import { VerifiedJws } from './verified-jws.js';
import { verifierHandle, type Trust } from './verifier.js';

/** Bytes, text (its UTF-8 bytes), or with the option `canonicalize` a plain object. */
export type Payload = string | Uint8Array | object;

/** Options of {@link prepare} and {@link finish}, and of {@link sign}. */
export interface SignOptions {
  /** `compact` (the default), or a JSON serialization. */
  readonly serialization?: 'compact' | 'flattened' | 'general' | undefined;
  /** Whether the payload stays out of the JWS. */
  readonly detached?: boolean | undefined;
  /** `false` signs the payload as it is, without base64url (RFC 7797). */
  readonly b64?: boolean | undefined;
  /** The payload is JSON text, or a plain object, and is made canonical (RFC 8785) first; what its numbers mean. */
  readonly canonicalize?: Numbers | undefined;
  /** The algorithm, where the key permits several. */
  readonly algorithm?: Algorithm | undefined;
  /** Another key id than that of the key; `null` for none. */
  readonly kid?: string | null | undefined;
  readonly typ?: string | undefined;
  /** More members of the protected header. */
  readonly header?: JsonObject | undefined;
  /** The unprotected header, which nothing protects. JSON serializations only. */
  readonly unprotected?: JsonObject | undefined;
}

/** Options of {@link append}. */
export interface AppendOptions extends Omit<SignOptions, 'serialization' | 'detached'> {
  /** The payload of a JWS that holds none. */
  readonly payload?: Payload | undefined;
}

/** Options of {@link verify}. */
export interface VerifyOptions {
  /** The payload of a JWS that holds none. */
  readonly payload?: Payload | undefined;
  /** The payload given was made canonical before it was signed; what its numbers mean. */
  readonly canonicalize?: Numbers | undefined;
}

/** What an external signer signs. */
export interface Prepared {
  readonly algorithm: Algorithm;
  readonly kid: string | undefined;
  /** The message: the signing input of the JWS. */
  readonly message: Buffer;
  /** The hash of the message, for a signer that takes hashes; none for EdDSA. */
  readonly digest: Buffer | undefined;
}

const APPEND = {
  b64: 'b64',
  canonicalize: 'canonicalize',
  algorithm: 'alg',
  kid: 'kid',
  typ: 'typ',
  header: 'header',
  unprotected: 'unprotected',
  payload: 'payload',
};
const { payload: _, ...COMMON } = APPEND;
const SIGN = { ...COMMON, serialization: 'serialization', detached: 'detached' };
const VERIFY = { canonicalize: 'canonicalize', payload: 'payload' };

/**
 * Signs a payload: a compact JWS (RFC 7515), or what the options say, as text.
 *
 * @throws SamebyteError `algorithm_mismatch`, `invalid_argument`, `payload_unencodable`, `too_large`, `unknown_option`;
 * the codes of the reader for a payload that is made canonical.
 */
export function sign(payload: Payload, key: SigningKey, options?: SignOptions): string {
  const handle = signingHandle(key);
  const { text, json } = given(payload, options, SIGN);
  return unwrap(withInput(text, DEFAULT_BOUNDS, (bytes, length) => native.jwsSign(bytes, length, handle, json)));
}

/**
 * As {@link sign}, on the thread pool: for RSA keys and large payloads. A signature of a small payload by another key takes
 * less time than the way to the pool.
 *
 * @throws SamebyteError As {@link sign}.
 */
export async function signAsync(payload: Payload, key: SigningKey, options?: SignOptions): Promise<string> {
  const handle = signingHandle(key);
  const { text, json } = given(payload, options, SIGN);
  return unwrap(
    await withInput(text, DEFAULT_BOUNDS, (bytes, length) => native.jwsSignAsync(bytes, length, handle, json)),
  );
}

/**
 * The JWS in general JSON serialization with one more signature over its payload.
 *
 * @throws SamebyteError `jws_malformed`, `signature_header_malformed`, `payload_missing`, `payload_unexpected`,
 * `duplicate_signer`, `too_many_signatures`; as {@link sign}.
 */
export function append(jws: string | Uint8Array, key: SigningKey, options: AppendOptions = {}): string {
  const handle = signingHandle(key);
  const { payload, ...rest } = optionsArgument(options, APPEND);
  const { detached, json } = beside(payload, rest, APPEND);
  const outcome = withInput(textArgument(jws, 'jws'), DEFAULT_BOUNDS, (bytes, length) =>
    native.jwsAppend(bytes, length, detached, handle, json),
  );
  return unwrap(outcome);
}

/**
 * Verifies a JWS in any serialization; throws unless its signatures satisfy the verifier. A key or a key set in the place of
 * a verifier stands for one with its defaults.
 *
 * @throws SamebyteError `jws_malformed`, `signature_header_malformed`, `critical_header_unsupported`, `typ_mismatch`,
 * `algorithm_not_allowed`, `algorithm_mismatch`, `signature_unknown`, `kid_missing`, `signature_malformed`,
 * `signature_not_low_s`, `signature_invalid`, `policy_required`, `signature_verification_failed`, `threshold_not_met`,
 * `payload_missing`, `payload_unexpected`, `too_many_signatures`, `too_large`; the codes of the reader.
 */
export function verify(jws: string | Uint8Array, verifier: Trust, options?: VerifyOptions): VerifiedJws {
  const handle = verifierHandle(verifier);
  const text = textArgument(jws, 'jws');
  if (options === undefined) {
    const pair = run(text, DEFAULT_BOUNDS, (bytes, length, _, pool, offset) =>
      native.jwsVerify(bytes, length, handle, pool, offset),
    );
    return new VerifiedJws(TOKEN, pair);
  }
  const { detached, json } = expected(options);
  const pair = run(text, DEFAULT_BOUNDS, (bytes, length, _, pool, offset) =>
    native.jwsVerify(bytes, length, handle, pool, offset, detached, json),
  );
  return new VerifiedJws(TOKEN, pair);
}

/**
 * As {@link verify}, on the thread pool: for large payloads and many signatures.
 *
 * @throws SamebyteError As {@link verify}.
 */
export async function verifyAsync(jws: string | Uint8Array, verifier: Trust, options: VerifyOptions = {}): Promise<VerifiedJws> {
  const handle = verifierHandle(verifier);
  const { detached, json } = expected(options);
  const pair = withInput(textArgument(jws, 'jws'), DEFAULT_BOUNDS, (bytes, length) =>
    native.jwsVerifyAsync(bytes, length, handle, detached, json),
  );
  return new VerifiedJws(TOKEN, unwrap(await pair));
}

/**
 * Verifies many JWS that hold their payload, each as {@link verify} does, on all processors. The result of one that is refused
 * is its error.
 *
 * @throws SamebyteError `invalid_argument`, `lone_surrogate`.
 */
export async function verifyMany(
  jws: readonly (string | Uint8Array)[],
  verifier: Trust,
): Promise<(VerifiedJws | SamebyteError)[]> {
  const handle = verifierHandle(verifier);
  return batch(jws, 'jws', (texts) => native.jwsVerifyMany(texts, handle), (pair) => new VerifiedJws(TOKEN, pair));
}

/**
 * What an external signer (an HSM, a key service) has to sign; {@link finish} takes its signature.
 *
 * @throws SamebyteError As {@link sign}.
 */
export function prepare(payload: Payload, key: PublicKey, options?: SignOptions): Prepared {
  const handle = publicHandle(key);
  const { text, json } = given(payload, options, SIGN);
  const outcome = withInput(text, DEFAULT_BOUNDS, (bytes, length) => native.jwsPrepare(bytes, length, handle, json));
  const { alg, kid, message, digest } = JSON.parse(unwrap(outcome)) as Record<string, string | null>;
  return {
    algorithm: alg as Algorithm,
    kid: kid ?? undefined,
    message: Buffer.from(message as string, 'base64url'),
    digest: typeof digest === 'string' ? Buffer.from(digest, 'base64url') : undefined,
  };
}

/**
 * The JWS with the signature of an external signer, in DER or of fixed width, which is verified. Payload, key and options are
 * those that {@link prepare} was given.
 *
 * @throws SamebyteError `signature_malformed`, `signature_invalid`; as {@link sign}.
 */
export function finish(payload: Payload, key: PublicKey, signature: Uint8Array, options?: SignOptions): string {
  const handle = publicHandle(key);
  const made = bytesArgument(signature, 'signature');
  const { text, json } = given(payload, options, SIGN);
  return unwrap(
    withInput(text, DEFAULT_BOUNDS, (bytes, length) => native.jwsFinish(bytes, length, handle, json, made)),
  );
}

/**
 * Explains a JWS without trusting it: nothing in the report is verified.
 *
 * @throws SamebyteError `jws_malformed`, `too_large`; the codes of the reader.
 */
export function inspect(jws: string | Uint8Array): JsonObject {
  const outcome = withInput(textArgument(jws, 'jws'), DEFAULT_BOUNDS, (bytes, length) => native.jwsInspect(bytes, length));
  return JSON.parse(unwrap(outcome)) as JsonObject;
}

interface Canonicalizing {
  readonly canonicalize?: Numbers | undefined;
}

/** The payload as text or bytes, and the options as JSON. An object is made canonical here, so that the door need not. */
function given<T extends Canonicalizing>(
  payload: Payload,
  options: T | undefined,
  names: Readonly<Record<string, string>>,
): { text: string | Uint8Array; json: string | undefined } {
  if (typeof payload === 'string' || isUint8Array(payload)) {
    return { text: payload, json: optionsJson(options, names) };
  }
  const { canonicalize: numbers, ...rest } = optionsArgument(options ?? ({} as T), names);
  if (typeof numbers !== 'string') {
    const message = 'a payload is a string or a Uint8Array, or with the option canonicalize a plain object';
    throw new SamebyteError('invalid_argument', message, { argument: 'payload' });
  }
  const text = run(payload, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.jcsCanonicalize(bytes, length, form, pool, offset, numbers),
  );
  return { text, json: optionsJson(rest, names) };
}

/** As {@link given} for a payload that may be absent and goes beside another input. */
function beside<T extends Canonicalizing>(
  payload: Payload | undefined,
  options: T,
  names: Readonly<Record<string, string>>,
): { detached: Uint8Array | undefined; json: string | undefined } {
  if (payload === undefined) {
    return { detached: undefined, json: optionsJson(options, names) };
  }
  const { text, json } = given(payload, options, names);
  return { detached: utf8(text), json };
}

function expected(options: VerifyOptions): { detached: Uint8Array | undefined; json: string | undefined } {
  const { payload, ...rest } = optionsArgument(options, VERIFY);
  return beside(payload, rest, VERIFY);
}
