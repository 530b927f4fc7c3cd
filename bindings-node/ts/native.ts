import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { SamebyteError, type Failure } from './error.js';

declare const handle: unique symbol;
/** A private key inside the native module. */
export interface SigningKeyHandle { readonly [handle]: 'SigningKey' }
/** A public key inside the native module. */
export interface PublicKeyHandle { readonly [handle]: 'PublicKey' }
/** A verifier inside the native module. */
export interface VerifierHandle { readonly [handle]: 'Verifier' }

/** Bytes written to the pool, or a buffer of their own. */
export type Written = number | Buffer;

type Input = [bytes: Uint8Array, length: number, form: number];
type Output = [pool: Uint8Array, offset: number];
type Limits = [numbers?: string | undefined, options?: string | undefined];

/** The private native module; see `src/lib.rs`. A test compares these names with what the module exports. */
export interface Native {
  version(): string;
  jcsCanonicalize(...args: [...Input, ...Output, ...Limits]): Written | Failure;
  jcsSha256(...args: [...Input, ...Output, ...Limits]): Written | Failure;
  keyGenerate(algorithm: string): SigningKeyHandle | Failure;
  keyFromJwk(...args: Input): SigningKeyHandle | Failure;
  keyFromPem(...args: Input): SigningKeyHandle | Failure;
  keyFromHex(algorithm: string, ...args: Input): SigningKeyHandle | Failure;
  keyToJwk(key: SigningKeyHandle): string | Failure;
  keyToPem(key: SigningKeyHandle): string | Failure;
  keyToHex(key: SigningKeyHandle): string | Failure;
  keyPublic(key: SigningKeyHandle): PublicKeyHandle | Failure;
  publicKeyFromJwk(...args: Input): PublicKeyHandle | Failure;
  publicKeyFromPem(...args: Input): PublicKeyHandle | Failure;
  publicKeyFromHex(algorithm: string, ...args: Input): PublicKeyHandle | Failure;
  publicKeyToJwk(key: PublicKeyHandle): string | Failure;
  publicKeyToPem(key: PublicKeyHandle): string | Failure;
  publicKeyToHex(key: PublicKeyHandle): string | Failure;
  publicKeyAlgorithm(key: PublicKeyHandle): string;
  publicKeyKid(key: PublicKeyHandle): string | Failure;
  publicKeyThumbprint(key: PublicKeyHandle): string | Failure;
  verifierNew(keys: readonly PublicKeyHandle[], options: string | undefined): VerifierHandle | Failure;
  documentSign(...args: [...Input, key: SigningKeyHandle, type: string, ...Output]): Written | Failure;
  documentVerify(...args: [...Input, verifier: VerifierHandle, type: string, ...Output]): Written | Failure;
  documentSigningInput(...args: [...Input, type: string, ...Output]): Written | Failure;
  documentToDsse(...args: [...Input, type: string, ...Output]): Written | Failure;
  documentFromDsse(...args: [...Input, type: string, ...Output]): Written | Failure;
  jobSign(...args: [...Input, key: SigningKeyHandle, ...Output]): Written | Failure;
  jobVerifySignatures(...args: [...Input, ...Output]): Written | Failure;
  jobSignatories(...args: [...Input, ...Output]): Written | Failure;
  jobAuthorize(...args: [...Input, policy: Uint8Array, now: number, ...Output]): Written | Failure;
  jobCanonicalRepresentation(...args: [...Input, ...Output]): Written | Failure;
  receiptSign(...args: [...Input, key: SigningKeyHandle, ...Output]): Written | Failure;
  receiptVerify(...args: [...Input, key: PublicKeyHandle, ...Output]): Written | Failure;
  receiptCanonicalRepresentation(...args: [...Input, ...Output]): Written | Failure;
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
