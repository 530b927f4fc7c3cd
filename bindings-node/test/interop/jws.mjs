// JWS of every algorithm and serialization against jose, and against node:crypto by hand.
import assert from 'node:assert/strict';

import { compactVerify, CompactSign, flattenedVerify, FlattenedSign, generalVerify, GeneralSign } from 'jose';
import { jws, Verifier } from 'samebyte';

import { refused } from '../support.mjs';
import { ALGORITHMS } from './algorithms.mjs';
import { proof } from './proof.mjs';

const TEXT = '{"name":"Grüße, 世界 😀","list":[1,2.5,null]}';
const PAYLOAD = Buffer.from(TEXT);
/** What may stand in a compact token as it is: no full stop, printable ASCII. */
const PLAIN = '$02 for all, and more';
const base64url = (value) => Buffer.from(value).toString('base64url');
const UNENCODED = { b64: false, crit: ['b64'] };
const understands = { crit: { b64: true } };

/** What ours verifies, and that it does not once a bit of the signature or the payload is another. */
function accepts({ trusted, algorithm }, token, payload, options) {
  const verifier = new Verifier([trusted], { algorithms: [algorithm] });
  const verified = jws.verify(token, verifier, options);
  assert.deepEqual(verified.payload, Buffer.from(payload));
  assert.equal(verified.algorithm, algorithm);
  const other = ALGORITHMS.find((entry) => entry.algorithm !== algorithm);
  refused('algorithm_not_allowed', () => jws.verify(token, new Verifier([other.trusted]), options));
}

for (const entry of ALGORITHMS) {
  const { algorithm, ours, privateKey, publicKey } = entry;
  const header = { alg: algorithm };

  proof({ what: 'jws', algorithm, form: 'compact', peer: 'node:crypto' }, {
    oursToTheirs() {
      const [head, payload, signature] = jws.sign(TEXT, ours).split('.');
      assert.equal(Buffer.from(payload, 'base64url').toString(), TEXT);
      assert.equal(JSON.parse(Buffer.from(head, 'base64url')).alg, algorithm);
      assert.ok(entry.verify(Buffer.from(`${head}.${payload}`), Buffer.from(signature, 'base64url')));
      assert.ok(!entry.verify(Buffer.from(`${head}.${payload}x`), Buffer.from(signature, 'base64url')));
    },
    theirsToOurs() {
      const input = `${base64url(JSON.stringify(header))}.${base64url(TEXT)}`;
      const signature = entry.sign(Buffer.from(input));
      accepts(entry, `${input}.${base64url(signature)}`, TEXT);
      signature[signature.length >> 1] ^= 1;
      refused('signature_invalid', () => jws.verify(`${input}.${base64url(signature)}`, entry.trusted));
    },
  });
  if (algorithm === 'ES256K') {
    continue; // jose does not have it
  }

  const jose = (form, directions) => proof({ what: 'jws', algorithm, form, peer: 'jose' }, directions);
  const theirFlattened = (payload, protectedHeader = header) =>
    new FlattenedSign(Buffer.from(payload)).setProtectedHeader(protectedHeader).sign(privateKey);
  const theirGeneral = (protectedHeader = header, payload = TEXT) =>
    new GeneralSign(Buffer.from(payload))
      .addSignature(privateKey).setProtectedHeader(protectedHeader)
      .addSignature(privateKey).setProtectedHeader({ ...protectedHeader, kid: 'unknown' })
      .sign();

  jose('compact', {
    async oursToTheirs() {
      const { payload, protectedHeader } = await compactVerify(jws.sign(PAYLOAD, ours, { typ: 'JWT' }), publicKey);
      assert.deepEqual(Buffer.from(payload), PAYLOAD);
      assert.deepEqual(protectedHeader, { alg: algorithm, kid: ours.kid, typ: 'JWT' });
    },
    async theirsToOurs() {
      accepts(entry, await new CompactSign(PAYLOAD).setProtectedHeader(header).sign(privateKey), PAYLOAD);
    },
  });

  jose('compact, detached', {
    async oursToTheirs() {
      const [head, payload, signature] = jws.sign(PAYLOAD, ours, { detached: true }).split('.');
      assert.equal(payload, '');
      await compactVerify(`${head}.${base64url(PAYLOAD)}.${signature}`, publicKey);
    },
    async theirsToOurs() {
      const token = await new CompactSign(PAYLOAD).setProtectedHeader(header).sign(privateKey);
      const [head, , signature] = token.split('.');
      accepts(entry, `${head}..${signature}`, PAYLOAD, { payload: PAYLOAD });
      refused('signature_invalid', () => jws.verify(`${head}..${signature}`, entry.trusted, { payload: `${TEXT} ` }));
    },
  });

  jose('compact, b64:false', {
    async oursToTheirs() {
      const token = jws.sign(PLAIN, ours, { b64: false });
      assert.equal(token.split('.')[1], PLAIN);
      assert.equal(Buffer.from((await compactVerify(token, publicKey, understands)).payload).toString(), PLAIN);
    },
    async theirsToOurs() {
      const made = await theirFlattened(PLAIN, { ...header, ...UNENCODED });
      accepts(entry, `${made.protected}.${PLAIN}.${made.signature}`, PLAIN);
    },
  });

  jose('compact, b64:false, detached', {
    async oursToTheirs() {
      const [head, payload, signature] = jws.sign(TEXT, ours, { b64: false, detached: true }).split('.');
      assert.equal(payload, '');
      await flattenedVerify({ protected: head, payload: PAYLOAD, signature }, publicKey, understands);
    },
    async theirsToOurs() {
      const made = await theirFlattened(TEXT, { ...header, ...UNENCODED });
      accepts(entry, `${made.protected}..${made.signature}`, TEXT, { payload: TEXT });
    },
  });

  jose('flattened', {
    async oursToTheirs() {
      const made = JSON.parse(jws.sign(TEXT, ours, { serialization: 'flattened', unprotected: { note: 'ü' } }));
      const { payload, unprotectedHeader } = await flattenedVerify(made, publicKey);
      assert.equal(Buffer.from(payload).toString(), TEXT);
      assert.deepEqual(unprotectedHeader, { note: 'ü' });
    },
    async theirsToOurs() {
      accepts(entry, JSON.stringify(await theirFlattened(TEXT)), TEXT);
    },
  });

  jose('flattened, detached', {
    async oursToTheirs() {
      const made = JSON.parse(jws.sign(TEXT, ours, { serialization: 'flattened', detached: true }));
      assert.ok(!('payload' in made));
      await flattenedVerify({ ...made, payload: base64url(TEXT) }, publicKey);
    },
    async theirsToOurs() {
      const { payload: _, ...made } = await theirFlattened(TEXT);
      accepts(entry, JSON.stringify(made), TEXT, { payload: TEXT });
      refused('payload_missing', () => jws.verify(JSON.stringify(made), entry.trusted));
    },
  });

  jose('flattened, b64:false', {
    async oursToTheirs() {
      const made = JSON.parse(jws.sign(TEXT, ours, { serialization: 'flattened', b64: false }));
      assert.equal(made.payload, TEXT);
      await flattenedVerify(made, publicKey, understands);
    },
    async theirsToOurs() {
      const made = await theirFlattened(TEXT, { ...header, ...UNENCODED });
      accepts(entry, JSON.stringify({ ...made, payload: TEXT }), TEXT);
    },
  });

  jose('general', {
    async oursToTheirs() {
      const other = ALGORITHMS.find((candidate) => candidate.algorithm === 'EdDSA' && candidate !== entry) ?? ALGORITHMS[2];
      const made = JSON.parse(jws.append(jws.sign(TEXT, ours, { serialization: 'general' }), other.ours));
      assert.equal(made.signatures.length, 2);
      for (const [index, key] of [publicKey, other.publicKey].entries()) {
        const { payload } = await generalVerify({ ...made, signatures: [made.signatures[index]] }, key);
        assert.equal(Buffer.from(payload).toString(), TEXT);
      }
      await generalVerify(made, publicKey);
    },
    async theirsToOurs() {
      const made = JSON.stringify(await theirGeneral());
      const verified = jws.verify(made, new Verifier([entry.trusted], { policy: 'any' }));
      assert.equal(verified.payload.toString(), TEXT);
      assert.deepEqual(verified.signatures.map((signature) => [signature.verified, signature.code]), [
        [true, undefined],
        [false, 'signature_unknown'],
      ]);
      refused('policy_required', () => jws.verify(made, entry.trusted));
      refused('signature_verification_failed', () => jws.verify(made, new Verifier([entry.trusted], { policy: 'all' })));
    },
  });

  jose('general, detached', {
    async oursToTheirs() {
      const made = JSON.parse(jws.sign(TEXT, ours, { serialization: 'general', detached: true }));
      await generalVerify({ ...made, payload: base64url(TEXT) }, publicKey);
    },
    async theirsToOurs() {
      const { payload: _, ...made } = await theirGeneral();
      const verifier = new Verifier([entry.trusted], { threshold: 1 });
      assert.equal(jws.verify(JSON.stringify(made), verifier, { payload: TEXT }).payload.toString(), TEXT);
    },
  });

  jose('general, b64:false', {
    async oursToTheirs() {
      const made = JSON.parse(jws.sign(TEXT, ours, { serialization: 'general', b64: false }));
      await generalVerify(made, publicKey, understands);
    },
    async theirsToOurs() {
      const made = await theirGeneral({ ...header, ...UNENCODED });
      const verifier = new Verifier([entry.trusted], { threshold: 1 });
      assert.equal(jws.verify(JSON.stringify({ ...made, payload: TEXT }), verifier).payload.toString(), TEXT);
    },
  });
}
