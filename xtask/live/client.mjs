// The clients of `cargo xtask demo`, honest and other: see README.md.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { Client, Keyset, SamebyteError, SigningKey } = createRequire(import.meta.url)("../../bindings-node");

const [origin, keyFile, strangerFile, documentFile] = process.argv.slice(2);
const url = `${origin}/rpc`;
const body = readFileSync(documentFile, "utf8");
const key = SigningKey.fromPem(readFileSync(keyFile));
const responses = Keyset.fromJwks(await (await fetch(`${origin}/.well-known/jwks.json`)).text());
const client = new Client(key, { responses });

const sign = (signer = client) => signer.sign({ method: "POST", url, headers: { "content-type": "application/json" }, body });

/** Sends a signed request, perhaps with another body than it was signed with. */
async function send(signed, changed = signed.body) {
  const headers = { "content-type": "application/json", [signed.name]: signed.value };
  const response = await fetch(url, { method: "POST", headers, body: changed });
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

const code = ({ status, headers }) => [status, headers.get("x-signature-error")].filter(Boolean).join(" ");
const calls = async () => (await fetch(`${origin}/calls`)).json();

/** What the client says of a response: that it is bound to its request, or the code of its refusal. */
function verdict(signed, response) {
  try {
    const { report } = signed.verify(response);
    return report.signed && report.bound ? "verified" : "not bound";
  } catch (error) {
    if (!(error instanceof SamebyteError)) throw error;
    return error.code;
  }
}

const outcomes = {};

const first = sign();
const answer = await send(first);
outcomes.accepted = `${code(answer)}, ${verdict(first, answer)}`;

const rewritten = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(body)).reverse()), null, 4);
outcomes.rewritten = code(await send(sign(), rewritten));
outcomes.tampered = code(await send(sign(), body.replace("20 t", "90 t")));

const once = sign();
outcomes.replayed = `${code(await send(once))}, then ${code(await send(once))}`;

const before = await calls();
const stranger = new Client(SigningKey.fromPem(readFileSync(strangerFile)));
outcomes.stranger = `${code(await send(sign(stranger)))}, handler called ${(await calls()) - before} times`;

const [left, right] = [sign(), sign()];
const [leftAnswer, rightAnswer] = [await send(left), await send(right)];
outcomes.swapped = verdict(left, rightAnswer);
const forged = Buffer.from(leftAnswer.body.toString().replace('"id":17', '"id":18'));
outcomes.forged = verdict(left, { ...leftAnswer, body: forged });

console.log(JSON.stringify(outcomes));
