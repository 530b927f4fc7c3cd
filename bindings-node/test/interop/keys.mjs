// Keys of every type against node:crypto, and as JWK and JWKS against jose.
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto';

import { calculateJwkThumbprint, compactVerify, createLocalJWKSet, exportJWK, importJWK, importPKCS8, importSPKI, CompactSign } from 'jose';
import { jws, Keyset, PublicKey, SigningKey } from 'samebyte';

import { refused } from '../support.mjs';
import { ALGORITHMS } from './algorithms.mjs';
import { proof } from './proof.mjs';

const PASSWORD = 'Pässwörd 😀';
const pem = { format: 'pem' };
const der = { format: 'der' };
const types = ALGORITHMS.filter(({ algorithm }) => /^(EdDSA|ES\d+K?|RS256)$/.test(algorithm));
const secrets = ALGORITHMS.filter(({ algorithm }) => algorithm.startsWith('HS'));

/** Both are the same private key: as JWK, member by member. */
function same(ours, theirs) {
  const { alg: _, kid: __, ...jwk } = ours.toJwk();
  assert.deepEqual(jwk, theirs.export({ format: 'jwk' }));
}

for (const { algorithm, ours, privateKey, publicKey } of types) {
  const bound = { algorithm };
  const type = algorithm === 'RS256' ? 'RSA' : algorithm;
  const crypto = (form, directions) => proof({ what: 'key', algorithm: type, form, peer: 'node:crypto' }, directions);

  crypto('PKCS#8 PEM', {
    oursToTheirs: () => same(ours, createPrivateKey(ours.toPem())),
    theirsToOurs: () => same(SigningKey.fromPem(privateKey.export({ type: 'pkcs8', ...pem }), bound), privateKey),
  });
  crypto('PKCS#8 DER', {
    oursToTheirs: () => same(ours, createPrivateKey({ key: ours.toDer(), type: 'pkcs8', ...der })),
    theirsToOurs: () => same(SigningKey.fromDer(privateKey.export({ type: 'pkcs8', ...der }), bound), privateKey),
  });
  crypto('encrypted PKCS#8 PEM', {
    oursToTheirs() {
      const file = ours.toPem({ password: PASSWORD });
      assert.match(file, /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
      same(ours, createPrivateKey({ key: file, passphrase: PASSWORD }));
      assert.throws(() => createPrivateKey({ key: file, passphrase: 'other' }));
    },
    async theirsToOurs() {
      for (const cipher of ['aes-128-cbc', 'aes-256-cbc', 'des-ede3-cbc']) {
        const file = privateKey.export({ type: 'pkcs8', ...pem, cipher, passphrase: PASSWORD });
        same(SigningKey.fromPem(file, { ...bound, password: PASSWORD }), privateKey);
        same(await SigningKey.fromPemAsync(file, { ...bound, password: Buffer.from(PASSWORD) }), privateKey);
        refused('password_wrong', () => SigningKey.fromPem(file, { password: 'other' }));
      }
    },
  });
  crypto('SPKI PEM', {
    oursToTheirs: () => assert.ok(createPublicKey(ours.publicKey.toPem()).equals(publicKey)),
    theirsToOurs() {
      const read = PublicKey.fromPem(publicKey.export({ type: 'spki', ...pem }), bound);
      assert.equal(read.thumbprint, ours.thumbprint);
    },
  });
  crypto('SPKI DER', {
    oursToTheirs: () => assert.deepEqual(ours.publicKey.toDer(), publicKey.export({ type: 'spki', ...der })),
    theirsToOurs() {
      const read = PublicKey.fromDer(publicKey.export({ type: 'spki', ...der }), bound);
      assert.equal(read.thumbprint, ours.thumbprint);
    },
  });
  crypto('JWK', {
    oursToTheirs() {
      assert.ok(createPrivateKey({ key: ours.toJwk(), format: 'jwk' }).equals(privateKey));
      assert.ok(createPublicKey({ key: ours.publicKey.toJwk(), format: 'jwk' }).equals(publicKey));
    },
    theirsToOurs() {
      same(SigningKey.fromJwk(privateKey.export({ format: 'jwk' }), bound), privateKey);
      const open = PublicKey.fromJwk(publicKey.export({ format: 'jwk' }), bound);
      assert.deepEqual(open.toJwk(), ours.publicKey.toJwk());
    },
  });

  if (algorithm === 'ES256K') {
    continue; // jose does not have it
  }
  const jose = (form, directions) => proof({ what: 'key', algorithm: type, form, peer: 'jose' }, directions);
  const message = 'message';
  const theirs = (key) => new CompactSign(Buffer.from(message)).setProtectedHeader({ alg: algorithm }).sign(key);

  jose('JWK', {
    async oursToTheirs() {
      assert.equal(await calculateJwkThumbprint(ours.publicKey.toJwk()), ours.thumbprint);
      jws.verify(await theirs(await importJWK(ours.toJwk(), algorithm)), ours.publicKey);
      await compactVerify(jws.sign(message, ours), await importJWK(ours.publicKey.toJwk(), algorithm));
    },
    async theirsToOurs() {
      same(SigningKey.fromJwk(await exportJWK(privateKey), bound), privateKey);
      assert.equal(PublicKey.fromJwk(await exportJWK(publicKey), bound).thumbprint, ours.thumbprint);
    },
  });
  jose('JWKS', {
    async oursToTheirs() {
      const keys = createLocalJWKSet(new Keyset(types.map((entry) => entry.ours.publicKey)).toJwks());
      const { protectedHeader } = await compactVerify(jws.sign(message, ours), keys);
      assert.deepEqual(protectedHeader, { alg: algorithm, kid: ours.kid });
    },
    async theirsToOurs() {
      const named = (entry) => ({ kid: `key of ${entry.algorithm}`, alg: entry.algorithm });
      const jwks = types.map(async (entry) => ({ ...(await exportJWK(entry.publicKey)), ...named(entry) }));
      const keys = Keyset.fromJwks({ keys: await Promise.all(jwks) });
      assert.equal(keys.size, types.length);
      const header = named({ algorithm });
      const token = await new CompactSign(Buffer.from(message)).setProtectedHeader(header).sign(privateKey);
      assert.equal(jws.verify(token, keys).kid, header.kid);
    },
  });
  jose('PKCS#8 PEM', {
    oursToTheirs: async () => jws.verify(await theirs(await importPKCS8(ours.toPem(), algorithm)), ours.publicKey),
  });
  jose('SPKI PEM', {
    oursToTheirs: async () => compactVerify(jws.sign(message, ours), await importSPKI(ours.publicKey.toPem(), algorithm)),
  });
}

for (const { algorithm, ours, privateKey } of secrets) {
  proof({ what: 'key', algorithm, form: 'JWK', peer: 'node:crypto' }, {
    oursToTheirs: () => assert.ok(createSecretKey(Buffer.from(ours.toJwk().k, 'base64url')).equals(privateKey)),
    theirsToOurs() {
      const read = SigningKey.symmetricFromJwk({ ...privateKey.export({ format: 'jwk' }), alg: algorithm });
      assert.equal(jws.verify(jws.sign('message', ours, { kid: null }), read).payload.toString(), 'message');
    },
  });
  proof({ what: 'key', algorithm, form: 'JWK', peer: 'jose' }, {
    oursToTheirs: async () => compactVerify(jws.sign('message', ours), await importJWK(ours.toJwk(), algorithm)),
    async theirsToOurs() {
      const read = SigningKey.symmetricFromJwk({ ...(await exportJWK(privateKey)), alg: algorithm });
      assert.deepEqual(read.toJwk().k, ours.toJwk().k);
    },
  });
}
