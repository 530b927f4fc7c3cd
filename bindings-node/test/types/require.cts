// Compiled only: the same for a program that uses `require`.
import samebyte = require('samebyte');

export const bytes: Buffer = samebyte.canonicalize({ a: 1 });
export const key: samebyte.SigningKey = samebyte.SigningKey.generate('EdDSA');
export const signed: Buffer = samebyte.job.sign('{}', key);
export const result: samebyte.VerifiedJob = samebyte.job.verifySignatures(signed);
export const code: samebyte.Code = 'signature_unknown';
