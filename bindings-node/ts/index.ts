/**
 * Canonicalize (RFC 8785), sign and verify JSON with identical bytes in every language.
 *
 * @packageDocumentation
 */

export { canonicalize, sha256 } from './canonicalize.js';
export type { CanonicalizeOptions, Numbers } from './canonicalize.js';
export { CODES } from './codes.js';
export type { Code, Kind } from './codes.js';
export * as document from './document.js';
export type { SignatureStatus, VerifiedDocument } from './document.js';
export { SamebyteError } from './error.js';
export type { Detail } from './error.js';
export type { JsonInput } from './input.js';
export * as job from './job.js';
export type { AuthorizedJob, AuthorizeOptions, VerifiedJob } from './job.js';
export { PublicKey, SigningKey } from './keys.js';
export type { Algorithm, Jwk } from './keys.js';
export * as receipt from './receipt.js';
export type { Receipt, VerifiedReceipt } from './receipt.js';
export type { JsonObject, JsonValue } from './result.js';
export { Verifier } from './verifier.js';
export type { VerifierOptions } from './verifier.js';
