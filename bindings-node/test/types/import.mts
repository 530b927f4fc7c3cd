// Compiled only: what the declarations say to a strict program that uses `import`.
import {
  canonicalize,
  card,
  CODES,
  config,
  document,
  job,
  jws,
  Keyset,
  PublicKey,
  receipt,
  result,
  SamebyteError,
  sha256,
  SigningKey,
  sqooler,
  Verifier,
  type Algorithm,
  type AuthorizedJob,
  type Code,
  type JsonObject,
  type JsonValue,
  type Jwk,
  type Jwks,
  type JwsSignature,
  type Kind,
  type Prepared,
  type Receipt,
  type Trust,
  type VerifiedCard,
  type VerifiedDocument,
  type VerifiedJws,
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

export const rsa: Promise<SigningKey> = SigningKey.generateAsync('RS256', { bits: 3072, kid: 'a' });
export const opened: SigningKey = SigningKey.fromPem('', { password: Buffer.from(''), algorithm: 'PS256' });
export const shared: SigningKey = SigningKey.symmetric('HS256', new Uint8Array(32), { kid: 'b' });
// @ts-expect-error A string says nothing of its encoding.
SigningKey.symmetric('HS256', 'secret');
export const kid: string | undefined = shared.kid;
// @ts-expect-error A symmetric key may have no id.
export const id: string = shared.kid;
export const keys = new Keyset([key.publicKey, shared]);
export const jwks: Jwks = Keyset.fromJwks('{"keys":[]}').toJwks();
export const trusted: Trust[] = [keys, key.publicKey, shared, new Verifier(keys, { policy: 'all', algorithms: ['EdDSA'] })];
// @ts-expect-error There are two policies, and numbers of keys.
new Verifier(keys, { policy: 'most' });

export const token: string = jws.sign({ a: 1 }, key, { canonicalize: 'exact', kid: null, header: { n: [1] } });
// @ts-expect-error The options have the names of JavaScript.
jws.sign('', key, { alg: 'EdDSA' });
export const proved: VerifiedJws = jws.verify(Buffer.from(token), keys, { payload: new Uint8Array() });
export const payload: Buffer = proved.payload;
export const value: JsonValue = proved.json();
export const later: Promise<VerifiedJws> = jws.verifyAsync(token, key.publicKey);
export const prepared: Prepared = jws.prepare('', key.publicKey);

export function explain(signature: JwsSignature): string {
  return signature.verified ? signature.alg : signature.code;
}

export const seen: VerifiedCard = card.verify(card.sign('{}', key, { portability: 'each' }), keys, 'sdk');
// @ts-expect-error A card is JSON text.
card.sign({ name: 'a' }, key);
// @ts-expect-error The reading has no default.
card.verify('{}', keys);
export const outcome: JsonObject = result.verify(result.sign({}, key), keys, { displayName: 'a', jobId: 'b' }).result;
export const settings: JsonObject = config.verify(config.sign({}, key), keys, { displayName: 'a' }).config;
// @ts-expect-error A result is that of a job.
result.verify('{}', keys, { displayName: 'a' });
export const text: string = sqooler.verifyResult(sqooler.sign('{}', key), key.publicKey, { displayName: 'a', jobId: 'b' }).text;

export function kindOf(error: unknown): Kind | undefined {
  if (!(error instanceof SamebyteError)) {
    return undefined;
  }
  const code: Code = error.code;
  return CODES[code].kind;
}
