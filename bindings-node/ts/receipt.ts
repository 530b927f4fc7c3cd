import { DEFAULT_BOUNDS, run, type JsonInput } from './input.js';
import { native } from './native.js';
import { publicHandle, type PublicKey } from './public-key.js';
import { signingHandle, type SigningKey } from './signing-key.js';

/** A signed receipt of version 0.1. */
export interface Receipt {
  readonly version: '0.1';
  /** SHA-256 of the module in lower-case hex, with or without `sha256:` before it. */
  readonly module_hash: string;
  readonly exit_code: number;
  readonly wall_time_ms: number;
  /** Unix seconds. */
  readonly timestamp: number;
  /** The Ed25519 key that signed, in lower-case hex. */
  readonly node_pubkey: string;
  /** The signature in lower-case hex. */
  readonly signature: string;
}

/** A receipt that the expected key signed. */
export interface VerifiedReceipt {
  readonly receipt: Receipt;
  /** The canonical bytes of {@link receipt}. */
  readonly canonical: Buffer;
}

/**
 * Signs a receipt of version 0.1 with an Ed25519 key; `node_pubkey` and `signature` are filled in.
 *
 * @throws SamebyteError The codes of the reader; `receipt_malformed`, `algorithm_unsupported`, `key_mismatch`.
 */
export function sign(receipt: JsonInput, key: SigningKey): Buffer {
  const handle = signingHandle(key);
  return run(receipt, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.receiptSign(bytes, length, form, handle, pool, offset),
  );
}

/**
 * Verifies a receipt of version 0.1 with the expected key; the one inside the receipt is never trusted.
 *
 * @throws SamebyteError The codes of the reader; `receipt_malformed`, `algorithm_unsupported`, `key_mismatch`,
 * `signature_invalid`.
 */
export function verify(receipt: JsonInput, publicKey: PublicKey): VerifiedReceipt {
  const handle = publicHandle(publicKey);
  const canonical = run(receipt, DEFAULT_BOUNDS, (input, length, form, pool, offset) =>
    native.receiptVerify(input, length, form, handle, pool, offset),
  );
  return { receipt: JSON.parse(canonical.toString()) as Receipt, canonical };
}

/**
 * The text `version|module_hash|exit_code|wall_time_ms|timestamp` whose SHA-256 a receipt signs.
 *
 * @throws SamebyteError The codes of the reader; `receipt_malformed`.
 */
export function canonicalRepresentation(receipt: JsonInput): Buffer {
  return run(receipt, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.receiptCanonicalRepresentation(bytes, length, form, pool, offset),
  );
}
