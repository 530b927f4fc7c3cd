// Agent Cards against the official JavaScript SDK, in the form that it signs.
import assert from 'node:assert/strict';
import { mock } from 'node:test';

import { generateAgentCardSignature, verifyAgentCardSignature } from '@a2a-js/sdk';
import { card, SigningKey } from 'samebyte';

import { read, refused } from '../support.mjs';
import { ALGORITHMS } from './algorithms.mjs';
import { proof } from './proof.mjs';

// The SDK prints each signature that it refuses.
mock.method(console, 'debug', () => {});

const CARDS = JSON.parse(read('bindings-node/test/interop/cards.json'));

/** Changes to a signed card that no signature survives. */
const TAMPERED = {
  'another name': (signed) => { signed.name += ' '; },
  'a name in another normal form': (signed) => { signed.description = `${signed.description}e\u0301`; },
  'another URL': (signed) => { signed.supportedInterfaces[0].url = 'https://evil.example/a2a'; },
  'another order': (signed) => { signed.defaultInputModes = ['application/x', ...signed.defaultInputModes]; },
  'a flipped false': (signed) => { signed.capabilities.streaming = !signed.capabilities.streaming; },
  'a removed value': (signed) => { delete signed.version; },
  'a removed skill': (signed) => { signed.skills.pop(); },
  'a bit of the signature': ({ signatures: [entry] }) => {
    const bytes = Buffer.from(entry.signature, 'base64url');
    bytes[bytes.length >> 1] ^= 1;
    entry.signature = bytes.toString('base64url');
  },
  'no signature': (signed) => { signed.signatures = []; },
  'alg none': ({ signatures: [entry] }) => {
    const header = JSON.parse(Buffer.from(entry.protected, 'base64url'));
    entry.protected = Buffer.from(JSON.stringify({ ...header, alg: 'none' })).toString('base64url');
  },
  'alg HS256': ({ signatures: [entry] }) => {
    const header = JSON.parse(Buffer.from(entry.protected, 'base64url'));
    entry.protected = Buffer.from(JSON.stringify({ ...header, alg: 'HS256' })).toString('base64url');
  },
  'a protected header that is the unprotected one': ({ signatures: [entry] }) => {
    entry.header = JSON.parse(Buffer.from(entry.protected, 'base64url'));
    entry.protected = Buffer.from('{}').toString('base64url');
  },
};

/** Both accept the card, and both refuse it with any change, or under another key. */
async function agreed(signed, { ours, publicKey }) {
  const theirs = verifyAgentCardSignature((kid) => {
    assert.equal(kid, ours.kid);
    return Promise.resolve(publicKey);
  });
  await theirs(structuredClone(signed));
  const verified = card.verify(JSON.stringify(signed), ours.publicKey, 'sdk');
  const { signatures: _, ...content } = signed;
  assert.deepEqual(verified.card, content);
  assert.deepEqual([verified.kid, verified.algorithm, verified.index, verified.unsignedPaths], [ours.kid, ours.algorithm, 0, []]);
  for (const [change, apply] of Object.entries(TAMPERED)) {
    const tampered = structuredClone(signed);
    apply(tampered);
    await assert.rejects(theirs(structuredClone(tampered)), undefined, change);
    assert.throws(() => card.verify(JSON.stringify(tampered), ours.publicKey, 'sdk'), { name: 'SamebyteError' }, change);
  }
  const other = SigningKey.generate('EdDSA');
  refused('signature_unknown', () => card.verify(JSON.stringify(signed), other.publicKey, 'sdk'));
}

for (const entry of ALGORITHMS) {
  const { algorithm, ours, privateKey } = entry;
  if (algorithm === 'ES256K' || algorithm.startsWith('HS')) {
    continue; // the SDK does not have the first, and the others are no signatures
  }
  for (const [name, made] of Object.entries(CARDS)) {
    proof({ what: 'card', algorithm, form: name, peer: '@a2a-js/sdk' }, {
      async oursToTheirs() {
        await agreed(JSON.parse(card.sign(JSON.stringify(made), ours, { form: 'sdk' })), entry);
      },
      async theirsToOurs() {
        const sign = generateAgentCardSignature(privateKey, { alg: algorithm, kid: ours.kid, typ: 'JOSE' });
        await agreed(await sign(structuredClone(made)), entry);
      },
    });
  }
}
