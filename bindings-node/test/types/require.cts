// Compiled only: the same for a program that uses `require`.
import samebyte = require('samebyte');

export const bytes: Buffer = samebyte.canonicalize({ a: 1 });
export const key: samebyte.SigningKey = samebyte.SigningKey.generate('EdDSA');
export const signed: Buffer = samebyte.job.sign('{}', key);
export const result: samebyte.VerifiedJob = samebyte.job.verifySignatures(signed);
export const code: samebyte.Code = 'signature_unknown';
export const token: samebyte.VerifiedJws = samebyte.jws.verify(samebyte.jws.sign('a', key), key.publicKey);
export const card: samebyte.VerifiedCard = samebyte.card.verify('{}', new samebyte.Keyset([key.publicKey]), 'spec');
