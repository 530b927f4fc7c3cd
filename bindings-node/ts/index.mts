// The same module for `import`: one copy of the package, so that a key made by either kind of user serves the other.
export { canonicalize, CODES, document, job, PublicKey, receipt, SamebyteError, sha256, SigningKey, Verifier } from './index.js';
export type * from './index.js';
