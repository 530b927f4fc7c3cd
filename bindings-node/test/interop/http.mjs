// Signed requests and responses: what another implementation of JWS needs is the header, the body in canonical form, and the
// names in `crit` that its documentation has the caller declare.
import assert from 'node:assert/strict';

import canonicalize from 'canonicalize';
import * as jose from 'jose';
import { Client, Gateway, Keyset, SigningKey } from 'samebyte';
import { samebyte } from 'samebyte/fetch';

import { refused } from '../support.mjs';
import { proof } from './proof.mjs';

const URL_ = 'https://gw.example/rpc?a=1';
const TEXT = '{"b": 1.50, "a": ["\\u00fc", 1e2]}';
const HEADERS = { 'content-type': 'application/json' };
/** What `crit` may name; the option of jose says whether a member has to be in the protected header. */
const CRIT = Object.fromEntries(
  ['ath', 'aud', 'can', 'exp', 'hdr', 'htm', 'htu', 'iat', 'iss', 'nonce', 'rqh', 'rsp', 'sts'].map((name) => [name, true]),
);
const canonical = (text) => Buffer.from(canonicalize(JSON.parse(text)));

/** The JWS of a signature line and a body, verified by jose. */
async function verified(line, body, jwk) {
  const [header, middle, signature] = line.split('.');
  assert.equal(middle, '');
  const jws = { protected: header, payload: body.toString('base64url'), signature };
  const key = await jose.importJWK(jwk, jwk.alg);
  await assert.rejects(jose.flattenedVerify(jws, key), { code: 'ERR_JOSE_NOT_SUPPORTED' }, 'without the names it refuses');
  const changed = { ...jws, payload: Buffer.from('{}').toString('base64url') };
  await assert.rejects(jose.flattenedVerify(changed, key, { crit: CRIT }), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
  return (await jose.flattenedVerify(jws, key, { crit: CRIT })).protectedHeader;
}

for (const algorithm of ['EdDSA', 'ES256', 'ES384']) {
  const [clientKey, gatewayKey] = [SigningKey.generate(algorithm), SigningKey.generate(algorithm)];
  const gateway = new Gateway(
    { publicOrigins: ['https://gw.example'], preset: 'dev', signResponses: 'on', trust: { keys: [clientKey.publicKey.toJwk()] } },
    { signingKey: gatewayKey },
  );
  const handler = samebyte(gateway, async (request) => Response.json({ z: 1, got: await request.json() }));
  const client = new Client(clientKey, { responses: Keyset.fromJwks(gateway.jwks()) });
  const signed = () => client.sign({ method: 'POST', url: URL_, headers: HEADERS, body: TEXT });
  const exchange = async (line, body) => {
    const response = await handler(new Request(URL_, { method: 'POST', headers: { ...HEADERS, 'x-signature': line }, body }));
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  };

  proof({ what: 'http', algorithm, form: 'signed request', peer: 'jose' }, {
    async oursToTheirs() {
      const { value, body } = signed();
      assert.deepEqual(body, canonical(TEXT));
      const header = await verified(value, body, clientKey.publicKey.toJwk());
      assert.deepEqual([header.typ, header.htm, header.htu, header.aud], ['samebyte-req+jws', 'POST', URL_, 'https://gw.example']);
    },
    async theirsToOurs() {
      const now = Math.floor(Date.now() / 1000);
      const header = {
        alg: algorithm, kid: clientKey.kid, typ: 'samebyte-req+jws', aud: 'https://gw.example', htm: 'POST', htu: URL_, cty: 'application/json',
        can: 'jcs', iat: now, exp: now + 60, nonce: jose.base64url.encode(crypto.getRandomValues(new Uint8Array(16))),
        crit: ['aud', 'can', 'exp', 'htm', 'htu', 'iat', 'nonce'],
      };
      const key = await jose.importJWK(clientKey.toJwk(), algorithm);
      const jws = await new jose.FlattenedSign(canonical(TEXT)).setProtectedHeader(header).sign(key, { crit: CRIT });
      const line = `${jws.protected}..${jws.signature}`;
      assert.equal((await exchange(line, TEXT)).status, 200);
      assert.equal((await exchange(line, TEXT)).status, 409);
    },
  });

  proof({ what: 'http', algorithm, form: 'signed response', peer: 'jose' }, {
    async oursToTheirs() {
      const { value, body } = signed();
      const response = await exchange(value, body);
      const header = await verified(response.headers.get('x-signature'), response.body, gatewayKey.publicKey.toJwk());
      const input = `${value.split('.')[0]}.${body.toString('base64url')}`;
      const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(input))).toString('base64url');
      assert.deepEqual([header.typ, header.sts, header.rqh, header.aud], ['samebyte-res+jws', 200, hash, clientKey.kid]);
    },
    async theirsToOurs() {
      const call = signed();
      const payload = canonical('{"ok":true}');
      const now = Math.floor(Date.now() / 1000);
      const input = Buffer.from(`${call.value.split('.')[0]}.${call.body.toString('base64url')}`);
      const rqh = Buffer.from(await crypto.subtle.digest('SHA-256', input)).toString('base64url');
      const { nonce } = jose.decodeProtectedHeader({ protected: call.value.split('.')[0] });
      const header = {
        alg: algorithm, kid: gatewayKey.kid, typ: 'samebyte-res+jws', aud: clientKey.kid, sts: 200, cty: 'application/json', can: 'jcs', iat: now,
        exp: now + 60, nonce, rqh, crit: ['aud', 'can', 'exp', 'iat', 'nonce', 'rqh', 'sts'],
      };
      const key = await jose.importJWK(gatewayKey.toJwk(), algorithm);
      const jws = await new jose.FlattenedSign(payload).setProtectedHeader(header).sign(key, { crit: CRIT });
      const headers = { ...HEADERS, 'x-signature': `${jws.protected}..${jws.signature}` };
      assert.equal(call.verify({ status: 200, headers, body: Buffer.from('{ "ok" : true }') }).report.bound, true);
      refused('signature_binding_mismatch', () => call.verify({ status: 201, headers, body: payload }));
      refused('signature_binding_mismatch', () => signed().verify({ status: 200, headers, body: payload }));
    },
  });
}
