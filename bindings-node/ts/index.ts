/**
 * Canonicalize (RFC 8785), sign and verify JSON with identical bytes in every language.
 *
 * @packageDocumentation
 */

export { canonicalize, sha256 } from './canonicalize.js';
export type { CanonicalizeOptions, Numbers } from './canonicalize.js';
export * as card from './card.js';
export type { CardForm, CardOptions, VerifiedCard } from './card.js';
export { CODES } from './codes.js';
export type { Code, Kind } from './codes.js';
export * as config from './config.js';
export type { ConfigNames, VerifiedConfig } from './config.js';
export * as document from './document.js';
export type { SignatureStatus, VerifiedDocument } from './document.js';
export { SamebyteError } from './error.js';
export type { Detail } from './error.js';
export type { JsonInput } from './input.js';
export { Client, SignedRequest, VerifiedFetchResponse, VerifiedResponse } from './http/client.js';
export type { ClientOptions, FieldLines, ResponseReport, UnsignedRequest } from './http/client.js';
export { Gateway } from './http/gateway.js';
export type { GatewayEvent, GatewayOptions, GatewayStats } from './http/gateway.js';
export type { Environment } from './http/environment.js';
export type { FetchLimits } from './http/jwks.js';
export type { ReplayStore, Verdict } from './http/replay.js';
export type { Mode, Route, Settings, TrustSource } from './http/settings.js';
export { Verified } from './http/verified.js';
export type { Identity } from './http/verified.js';
export * as job from './job.js';
export type { AuthorizedJob, AuthorizeOptions, VerifiedJob } from './job.js';
export type { JsonObject, JsonValue } from './json.js';
export * as jws from './jws.js';
export type { AppendOptions, Payload, Prepared, SignOptions, VerifyOptions } from './jws.js';
export { Keyset } from './keyset.js';
export type { Jwks } from './keyset.js';
export { PublicKey } from './public-key.js';
export type { Algorithm, Jwk, KeyOptions } from './public-key.js';
export * as receipt from './receipt.js';
export type { Receipt, VerifiedReceipt } from './receipt.js';
export * as result from './result.js';
export type { ResultNames, VerifiedResult } from './result.js';
export { SigningKey } from './signing-key.js';
export type { GenerateOptions, PemOptions } from './signing-key.js';
export * as sqooler from './sqooler.js';
export type { VerifiedPayload } from './sqooler.js';
export type { JwsSignature, VerifiedJws } from './verified-jws.js';
export { Verifier } from './verifier.js';
export type { Trust, VerifierOptions } from './verifier.js';
