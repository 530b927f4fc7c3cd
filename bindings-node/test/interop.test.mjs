// Proofs by implementations that are not ours, in both directions; build/interop/node.json says what was proved.
import './interop/keys.mjs';
import './interop/jws.mjs';
import './interop/cards.mjs';
import './interop/http.mjs';
