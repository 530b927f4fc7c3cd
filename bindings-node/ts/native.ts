import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { SamebyteError, type Failure } from './error.js';

declare const handle: unique symbol;
/** A private key inside the native module. */
export interface SigningKeyHandle { readonly [handle]: 'SigningKey' }
/** A public key inside the native module. */
export interface PublicKeyHandle { readonly [handle]: 'PublicKey' }
/** A key set inside the native module. */
export interface KeysetHandle { readonly [handle]: 'Keyset' }
/** A verifier inside the native module. */
export interface VerifierHandle { readonly [handle]: 'Verifier' }

/** A gateway inside the native module. */
export interface GatewayHandle { readonly [handle]: 'Gateway' }
/** One request and its response inside the native module. */
export interface ExchangeHandle { readonly [handle]: 'Exchange' }
/** A client inside the native module. */
export interface ClientHandle { readonly [handle]: 'Client' }
/** A signed request inside the native module. */
export interface CallHandle { readonly [handle]: 'Call' }
/** A lock on a file inside the native module. */
export interface LockHandle { readonly [handle]: 'Lock' }

/** Bytes written to the pool, or a buffer of their own. */
export type Written = number | Buffer;

type Json = [bytes: Uint8Array, length: number, form: number];
type Text = [bytes: Uint8Array, length: number];
type Output = [pool: Uint8Array, offset: number];
type Limits = [numbers?: string | undefined, options?: string | undefined];
type Encrypted = [...Text, password: Uint8Array, algorithm?: string | undefined];
type Detached = [payload?: Uint8Array | undefined, options?: string | undefined];

/** Names and values of a head in turn, with a line feed between, and how many of them. */
type Fields = [fields: string, count: number];

/** The private native module; see `src/lib.rs`. A test compares these names with what the module exports. */
export interface Native {
  version(): string;
  jcsCanonicalize(...args: [...Json, ...Output, ...Limits]): Written | Failure;
  jcsSha256(...args: [...Json, ...Output, ...Limits]): Written | Failure;
  keyGenerate(algorithm: string, options?: string | undefined): SigningKeyHandle | Failure;
  keyGenerateAsync(algorithm: string, options?: string | undefined): Promise<SigningKeyHandle | Failure>;
  keyFromJwk(...args: [...Json, algorithm?: string | undefined]): SigningKeyHandle | Failure;
  keyFromPem(...args: [...Text, algorithm?: string | undefined]): SigningKeyHandle | Failure;
  keyFromEncryptedPem(...args: Encrypted): SigningKeyHandle | Failure;
  keyFromEncryptedPemAsync(...args: Encrypted): Promise<SigningKeyHandle | Failure>;
  keyFromDer(...args: [...Text, algorithm?: string | undefined]): SigningKeyHandle | Failure;
  keyFromHex(algorithm: string, ...args: Text): SigningKeyHandle | Failure;
  keySymmetric(algorithm: string, secret: Uint8Array, kid?: string | undefined): SigningKeyHandle | Failure;
  keySymmetricFromJwk(...args: Json): SigningKeyHandle | Failure;
  keyToJwk(key: SigningKeyHandle): string | Failure;
  keyToPem(key: SigningKeyHandle): string | Failure;
  keyToEncryptedPem(key: SigningKeyHandle, password: Uint8Array): string | Failure;
  keyToEncryptedPemAsync(key: SigningKeyHandle, password: Uint8Array): Promise<string | Failure>;
  keyToDer(key: SigningKeyHandle): Buffer | Failure;
  keyToHex(key: SigningKeyHandle): string | Failure;
  keyAlgorithm(key: SigningKeyHandle): string;
  keyKid(key: SigningKeyHandle): string | null | Failure;
  keyThumbprint(key: SigningKeyHandle): string | Failure;
  keyPublic(key: SigningKeyHandle): PublicKeyHandle | Failure;
  publicKeyFromJwk(...args: [...Json, algorithm?: string | undefined]): PublicKeyHandle | Failure;
  publicKeyFromPem(...args: [...Text, algorithm?: string | undefined]): PublicKeyHandle | Failure;
  publicKeyFromDer(...args: [...Text, algorithm?: string | undefined]): PublicKeyHandle | Failure;
  publicKeyFromHex(algorithm: string, ...args: Text): PublicKeyHandle | Failure;
  publicKeyToJwk(key: PublicKeyHandle): string | Failure;
  publicKeyToPem(key: PublicKeyHandle): string | Failure;
  publicKeyToDer(key: PublicKeyHandle, ...args: Output): Written | Failure;
  publicKeyToHex(key: PublicKeyHandle): string | Failure;
  publicKeyAlgorithm(key: PublicKeyHandle): string;
  publicKeyKid(key: PublicKeyHandle): string | Failure;
  publicKeyThumbprint(key: PublicKeyHandle): string | Failure;
  keysetNew(publicKeys: readonly PublicKeyHandle[], symmetricKeys: readonly SigningKeyHandle[]): KeysetHandle | Failure;
  keysetFromJwks(...args: Json): KeysetHandle | Failure;
  keysetToJwks(keys: KeysetHandle): string | Failure;
  keysetFind(keys: KeysetHandle, kid: string): PublicKeyHandle | Failure;
  keysetLen(keys: KeysetHandle): number;
  keysetLint(...args: Json): string | Failure;
  verifierNew(keys: KeysetHandle, options?: string | undefined): VerifierHandle | Failure;
  jwsSign(...args: [...Text, key: SigningKeyHandle, options?: string | undefined]): string | Failure;
  jwsSignAsync(...args: [...Text, key: SigningKeyHandle, options?: string | undefined]): Promise<string | Failure>;
  jwsAppend(...args: [...Text, payload: Uint8Array | undefined, key: SigningKeyHandle, options?: string | undefined]): string | Failure;
  jwsVerify(...args: [...Text, verifier: VerifierHandle, ...Output, ...Detached]): Written | Failure;
  jwsVerifyAsync(...args: [...Text, verifier: VerifierHandle, ...Detached]): Promise<Buffer | Failure>;
  jwsVerifyMany(batch: Uint8Array, verifier: VerifierHandle): Promise<Buffer | Failure>;
  jwsPrepare(...args: [...Text, key: PublicKeyHandle, options?: string | undefined]): string | Failure;
  jwsFinish(...args: [...Text, key: PublicKeyHandle, options: string | undefined, signature: Uint8Array]): string | Failure;
  jwsInspect(...args: Text): string | Failure;
  cardCanonicalize(...args: [...Text, form: string, ...Output]): Written | Failure;
  cardSign(...args: [...Text, key: SigningKeyHandle, options?: string | undefined]): string | Failure;
  cardVerify(...args: [...Text, verifier: VerifierHandle, form: string, ...Output]): Written | Failure;
  cardDiagnose(...args: [...Text, verifier: VerifierHandle]): string | Failure;
  resultSign(...args: [...Json, key: SigningKeyHandle, ...Output]): Written | Failure;
  resultVerify(...args: [...Json, verifier: VerifierHandle, displayName: string, jobId: string, ...Output]): Written | Failure;
  configSign(...args: [...Json, key: SigningKeyHandle, ...Output]): Written | Failure;
  configVerify(...args: [...Json, verifier: VerifierHandle, displayName: string, ...Output]): Written | Failure;
  sqoolerSign(...args: [...Text, key: SigningKeyHandle]): string | Failure;
  sqoolerResultVerify(...args: [...Text, key: PublicKeyHandle, displayName: string, jobId: string]): string | Failure;
  sqoolerConfigVerify(...args: [...Text, key: PublicKeyHandle, displayName: string]): string | Failure;
  sqoolerKeyFromJwk(...args: Json): SigningKeyHandle | Failure;
  sqoolerKeyToJwk(key: SigningKeyHandle): string | Failure;
  sqoolerPublicKeyFromJwk(...args: Json): PublicKeyHandle | Failure;
  sqoolerPublicKeyToJwk(key: PublicKeyHandle): string | Failure;
  documentSign(...args: [...Json, key: SigningKeyHandle, type: string, ...Output]): Written | Failure;
  documentVerify(...args: [...Json, verifier: VerifierHandle, type: string, ...Output]): Written | Failure;
  documentVerifyMany(batch: Uint8Array, verifier: VerifierHandle, type: string): Promise<Buffer | Failure>;
  documentSigningInput(...args: [...Json, type: string, ...Output]): Written | Failure;
  documentToDsse(...args: [...Json, type: string, ...Output]): Written | Failure;
  documentFromDsse(...args: [...Json, type: string, ...Output]): Written | Failure;
  jobSign(...args: [...Json, key: SigningKeyHandle, ...Output]): Written | Failure;
  jobVerifySignatures(...args: [...Json, ...Output]): Written | Failure;
  jobSignatories(...args: [...Json, ...Output]): Written | Failure;
  jobAuthorize(...args: [...Json, policy: Uint8Array, now: number, ...Output]): Written | Failure;
  jobCanonicalRepresentation(...args: [...Json, ...Output]): Written | Failure;
  receiptSign(...args: [...Json, key: SigningKeyHandle, ...Output]): Written | Failure;
  receiptVerify(...args: [...Json, key: PublicKeyHandle, ...Output]): Written | Failure;
  receiptCanonicalRepresentation(...args: [...Json, ...Output]): Written | Failure;
  httpFields(...args: Text): string | Failure;
  httpTargetNormalize(url: string): string | Failure;
  httpAddressIsPublic(address: string): boolean;
  httpResponseIsStreamed(contentType: string, contentEncoding: string): boolean;
  httpSettings(...args: Text): string | Failure;
  replayKey(tenant: string, signer: string, nonce: string, observed: boolean): string;
  gatewayNew(...args: [...Text, key: SigningKeyHandle | undefined, now: number]): GatewayHandle | Failure;
  gatewayJwks(gateway: GatewayHandle): string | Failure;
  gatewayStats(gateway: GatewayHandle, now: number): string | Failure;
  gatewayKeysDue(gateway: GatewayHandle, source: number, now: number): string | null | Failure;
  gatewayKeysPut(gateway: GatewayHandle, source: number, jwks: Uint8Array | undefined, now: number): undefined | Failure;
  gatewayStateLost(gateway: GatewayHandle, now: number): undefined | Failure;
  gatewaySnapshot(gateway: GatewayHandle, now: number, ...args: Output): Written | Failure;
  gatewayRestore(gateway: GatewayHandle, snapshot: Uint8Array, now: number): undefined | Failure;
  gatewayBegin(
    gateway: GatewayHandle, method: string, target: string, ...args: [...Fields, authority: string | undefined, peer: string | undefined, now: number, state: Buffer]
  ): ExchangeHandle | Failure;
  exchangeBody(exchange: ExchangeHandle, body: Uint8Array, now: number, ...args: [...Output, state: Buffer]): Written | Failure;
  exchangesWork(
    exchanges: readonly ExchangeHandle[], statuses: readonly (number | undefined)[], contentTypes: readonly (string | undefined)[], bodies: readonly Uint8Array[], now: number
  ): Promise<Buffer | Failure>;
  exchangeReserved(exchange: ExchangeHandle, verdict: string, now: number, ...args: [...Output, state: Buffer]): Written | Failure;
  exchangeRefuse(exchange: ExchangeHandle, code: string, now: number, ...args: [...Output, state: Buffer]): Written | Failure;
  exchangeOutput(exchange: ExchangeHandle, ...args: Output): Written | Failure;
  exchangeRespond(
    exchange: ExchangeHandle, status: number, contentType: string | undefined, body: Uint8Array | undefined, now: number, ...args: Output
  ): Written | Failure;
  exchangeEvent(exchange: ExchangeHandle): string | Failure;
  fileLock(path: string): LockHandle | null | Failure;
  fileUnlock(lock: LockHandle): void;
  clientNew(key: SigningKeyHandle, responses: KeysetHandle | undefined, options: string | undefined): ClientHandle | Failure;
  clientSign(
    client: ClientHandle, method: string, url: string, ...args: [...Fields, body: Uint8Array | undefined, nonce: string | undefined, now: number]
  ): CallHandle | Failure;
  callHeader(call: CallHandle): string;
  callBody(call: CallHandle): Buffer | null;
  callVerify(call: CallHandle, status: number, ...args: [...Fields, body: Uint8Array, now: number, ...Output]): Written | Failure;
}

/**
 * The module for this platform out of this package, and from nowhere else: no environment variable and no search path
 * can put another file in its place.
 */
function load(): Native {
  const root = join(__dirname, '..');
  const file = join(root, 'native', `${process.platform}-${process.arch}.node`);
  if (!existsSync(file)) {
    const message = `this package holds no native module for ${process.platform}-${process.arch}`;
    throw new SamebyteError('library_unavailable', message);
  }
  let native: Native;
  try {
    native = require(file) as Native;
  } catch (cause) {
    throw new SamebyteError('library_unavailable', `the native module cannot be loaded: ${String(cause)}`);
  }
  const { version } = require(join(root, 'package.json')) as { version: string };
  if (native.version() !== version) {
    const message = `the native module is of version ${native.version()}, the package of ${version}`;
    throw new SamebyteError('abi_mismatch', message);
  }
  return native;
}

/** The native module, loaded once. */
export const native = load();
