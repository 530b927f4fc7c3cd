// The same module for `import`: one copy of the package, so that a key made by either kind of user serves the other.
export {
  canonicalize, card, CODES, config, document, job, jws, Keyset, PublicKey, receipt, result, SamebyteError, sha256, SigningKey, sqooler,
  Verifier,
} from './index.js';
export type * from './index.js';
