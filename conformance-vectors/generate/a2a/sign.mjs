// Signs the cards with the JavaScript SDK: `node sign.mjs SDK_FOLDER > js-VERSION.json`, where the SDK and jose are
// installed in SDK_FOLDER. The signatures of ES256 are not deterministic; those of EdDSA and RS256 are.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';

const require = createRequire(pathToFileURL(`${process.argv[2]}/package.json`));
const load = async (name) => import(pathToFileURL(require.resolve(name)));
const {canonicalizeAgentCard, generateAgentCardSignature} = await load('@a2a-js/sdk');
const jose = await load('jose');
const version = JSON.parse(readFileSync(`${process.argv[2]}/node_modules/@a2a-js/sdk/package.json`)).version;

const here = new URL('.', import.meta.url);
const cards = JSON.parse(readFileSync(new URL('cards.json', here)));
const keys = Object.entries({EdDSA: 'ed25519-1', ES256: 'p256-1', RS256: 'rsa2048-1'});

const made = {};
for (const [name, card] of Object.entries(cards)) {
  const signatures = {};
  for (const [alg, file] of keys) {
    const jwk = JSON.parse(readFileSync(new URL(`../../keys/${file}.jwk`, here)));
    const key = await jose.importJWK(jwk, alg);
    const sign = generateAgentCardSignature(key, {alg, kid: jwk.kid, typ: 'JOSE'}, {'made by': `@a2a-js/sdk ${version}`});
    signatures[alg] = (await sign(card)).signatures[0];
  }
  made[name] = {canonical: canonicalizeAgentCard(card), signatures};
}
console.log(JSON.stringify({version, cards: made}, null, 1));
