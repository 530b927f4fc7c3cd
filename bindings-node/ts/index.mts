// The same module for `import`: one copy of the package, so that a key made by either kind of user serves the other.
export {
  canonicalize, card, Client, CODES, config, document, Gateway, job, jws, Keyset, PublicKey, receipt, result, SamebyteError, sha256,
  SignedRequest, SigningKey, sqooler, Verified, VerifiedFetchResponse, VerifiedResponse, Verifier,
} from './index.js';
export type * from './index.js';
