// Every algorithm as node:crypto has it.
import {
  constants, createHmac, createSecretKey, generateKeyPairSync, sign as cryptoSign, timingSafeEqual, verify as cryptoVerify,
} from 'node:crypto';

import { SigningKey } from 'samebyte';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = (namedCurve) => generateKeyPairSync('ec', { namedCurve });
const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
const ecdsa = { dsaEncoding: 'ieee-p1363' };

/** Name, key pair, digest, and how node:crypto signs with it. */
const ASYMMETRIC = [
  ['EdDSA', generateKeyPairSync('ed25519'), null, {}],
  ['ES256K', ec('secp256k1'), 'sha256', ecdsa],
  ['ES256', ec('P-256'), 'sha256', ecdsa],
  ['ES384', ec('P-384'), 'sha384', ecdsa],
  ['ES512', ec('P-521'), 'sha512', ecdsa],
  ...[256, 384, 512].map((bits) => [`RS${bits}`, rsa, `sha${bits}`, {}]),
  ...[256, 384, 512].map((bits) => [`PS${bits}`, rsa, `sha${bits}`, { padding, saltLength }]),
];

/** An algorithm with one key: as samebyte has it (`ours`, `trusted`), and as node:crypto and jose do. */
export const ALGORITHMS = [
  ...ASYMMETRIC.map(([algorithm, { privateKey, publicKey }, digest, parameters]) => {
    const ours = SigningKey.fromPem(privateKey.export({ type: 'pkcs8', format: 'pem' }), { algorithm });
    return {
      algorithm,
      ours,
      trusted: ours.publicKey,
      privateKey,
      publicKey,
      sign: (message) => cryptoSign(digest, message, { key: privateKey, ...parameters }),
      verify: (message, signature) => cryptoVerify(digest, message, { key: publicKey, ...parameters }, signature),
    };
  }),
  ...[256, 384, 512].map((bits) => {
    const algorithm = `HS${bits}`;
    const secret = Buffer.from(`${algorithm} `.padEnd(bits / 8, '0123456789'));
    const ours = SigningKey.symmetric(algorithm, secret, { kid: 'shared' });
    const key = createSecretKey(secret);
    const sign = (message) => createHmac(`sha${bits}`, key).update(message).digest();
    const verify = (message, signature) => timingSafeEqual(sign(message), signature);
    return { algorithm, ours, trusted: ours, privateKey: key, publicKey: key, sign, verify };
  }),
];
