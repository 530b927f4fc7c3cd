// Compiled only: what the declarations say to a strict program that uses `import`.
import {
  canonicalize,
  CODES,
  document,
  job,
  PublicKey,
  receipt,
  SamebyteError,
  sha256,
  SigningKey,
  Verifier,
  type Algorithm,
  type AuthorizedJob,
  type Code,
  type JsonObject,
  type Jwk,
  type Kind,
  type Receipt,
  type VerifiedDocument,
} from 'samebyte';

export const bytes: Buffer = canonicalize({ a: [1, null] }, { numbers: 'exact', maxDepth: 8 });
export const digest: Buffer = sha256(bytes);
// @ts-expect-error There are two policies.
canonicalize('1', { numbers: 'double' });
// @ts-expect-error Unknown options are refused.
canonicalize('1', { depth: 1 });

export const algorithm: Algorithm = 'ES256K';
export const key: SigningKey = SigningKey.generate(algorithm);
// @ts-expect-error Other algorithms are not known.
SigningKey.generate('none');
// @ts-expect-error Handles are made by the package.
new SigningKey();
export const jwk: Jwk = key.publicKey.toJwk();
export const verifier = new Verifier([PublicKey.fromJwk(jwk)], { threshold: 1 });
export const verified: VerifiedDocument = document.verify(document.sign({}, key, 'a/b'), verifier, 'a/b');
export const title: JsonObject['title'] = verified.document['title'];
// @ts-expect-error The type of a document has no default.
document.verify('{}', verifier);
// @ts-expect-error A number is no document.
document.sign(5, key, 'a/b');
export const allowed: AuthorizedJob = job.authorize(job.sign('{}', key), {}, { now: new Date() });
export const signed: Receipt = receipt.verify(receipt.sign({}, key), key.publicKey).receipt;

export function kindOf(error: unknown): Kind | undefined {
  if (!(error instanceof SamebyteError)) {
    return undefined;
  }
  const code: Code = error.code;
  return CODES[code].kind;
}
