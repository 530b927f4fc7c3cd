"""JSON Web Signatures of the matrix."""

import json

from signing import Check, Signing, b64u, flip, from_b64u, high_s, public_jwk

_PAYLOAD = '{"exp":1300819380,"iss":"joe","\u20ac":"\U0001f600 with a dot."}'

#: Key, algorithm, and whether there is one right signature.
_SIGNERS = (
    ("ed25519-1", "EdDSA", True),
    ("secp256k1-1", "ES256K", True),
    ("p256-1", "ES256", False),
    ("p384-1", "ES384", False),
    ("p521-1", "ES512", False),
    ("rsa2048-1", "RS256", True),
    ("rsa2048-1", "PS256", False),
    ("rsa3072-1", "RS512", True),
    ("hs256-1", "HS256", True),
    ("hs512-1", "HS512", True),
)
_OTHER = {
    "ed25519-1": "ed25519-2",
    "secp256k1-1": "secp256k1-2",
    "p256-1": "p256-2",
    "p384-1": "p521-1",
    "p521-1": "p384-1",
    "rsa2048-1": "rsa2048-2",
    "rsa3072-1": "rsa2048-1",
    "hs256-1": "hs512-1",
    "hs512-1": "hs256-1",
}


def signings(keys):
    """Compact tokens of every key; the other forms of some."""
    found = [_signing(keys, *signer, {}, "compact") for signer in _SIGNERS]
    for signer in (_SIGNERS[0], _SIGNERS[2], _SIGNERS[5]):
        for form in ("flattened", "general"):
            found.append(_signing(keys, *signer, {"serialization": form}, form))
        found.append(_signing(keys, *signer, {"detached": True}, "detached"))
        found.append(_signing(keys, *signer, {"b64": False, "detached": True}, "unencoded"))
        found.append(_signing(keys, *signer, {"canonicalize": "exact", "typ": "JWT"}, "canonical"))
    return found


def _signing(keys, key, alg, deterministic, options, form):
    options = {**options, "alg": alg}
    args = {"payload_utf8": _PAYLOAD, "key": _private(keys[key]), "options": options}
    detached = {"payload_utf8": _PAYLOAD} if options.get("detached") else {}
    trusted = _trusted(keys[key])
    other = keys[_OTHER[key]]

    def verify(jws, **more):
        return {"jws_utf8": jws, "keys": [trusted], **detached, **more}

    def tampered(jws):
        make = _compact_checks if "serialization" not in options else _json_checks
        return [*_checks(jws, verify, other, alg, detached), *make(jws, verify, alg), *_appended(jws, other, options)]

    return Signing(
        "jws",
        f"{key}/{alg}/{form}",
        "jws_sign",
        args,
        "jws_utf8",
        lambda jws: Check("untouched", "jws_verify", verify(jws)),
        tampered,
        deterministic,
    )


def _private(jwk):
    return {"symmetric_jwk_utf8" if json.loads(jwk)["kty"] == "oct" else "jwk_utf8": jwk}


def _trusted(jwk):
    return _private(jwk) if json.loads(jwk)["kty"] == "oct" else {"jwk_utf8": public_jwk(jwk)}


def _checks(jws, verify, other, alg, detached):
    """What holds for every form."""
    foreign = "ES256" if alg != "ES256" else "EdDSA"
    unexpected = {"payload_utf8": "x"}
    return [
        Check("inspected", "jws_inspect", {"jws_utf8": jws}),
        Check("allowed", "jws_verify", verify(jws, verifier={"algorithms": [alg]})),
        Check("not-allowed", "jws_verify", verify(jws, verifier={"algorithms": [foreign]}), "algorithm_not_allowed"),
        Check(
            "another-key",
            "jws_verify",
            verify(jws, keys=[_trusted(other)], verifier={"algorithms": [alg]}),
            "signature_unknown",
        ),
        Check("typ", "jws_verify", verify(jws, verifier={"typ": "x"}), "typ_mismatch"),
        Check(
            "another-payload",
            "jws_verify",
            verify(jws, **unexpected),
            "signature_invalid" if detached else "payload_unexpected",
        ),
    ]


def _compact_checks(jws, verify, alg):
    header, payload, signature = jws.split(".")
    raw = from_b64u(signature)
    changed = b64u(json.dumps({**json.loads(from_b64u(header)), "x": 1}).encode())
    none = b64u(json.dumps({**json.loads(from_b64u(header)), "alg": "none"}).encode())

    def check(name, text, code, **more):
        return Check(name, "jws_verify", verify(text, **more), code)

    checks = [
        check("header-changed", f"{changed}.{payload}.{signature}", "signature_invalid"),
        check("none", f"{none}.{payload}.", "algorithm_not_allowed"),
        check("flipped", f"{header}.{payload}.{b64u(_flipped(raw, alg))}", "signature_invalid"),
        check("padded", f"{jws}=", "signature_malformed"),
        check("cut-short", f"{header}.{payload}.{b64u(raw[:-1])}", "signature_malformed"),
        check("two-segments", f"{header}.{signature}", "jws_malformed"),
        check("four-segments", f"{jws}.{signature}", "jws_malformed"),
    ]
    if payload:
        checks.append(check("payload-changed", f"{header}.{b64u(b'x')}.{signature}", "signature_invalid"))
    if alg == "ES256K":
        high = f"{header}.{payload}.{b64u(high_s(raw))}"
        checks += [
            check("high-s", high, None),
            check("high-s-refused", high, "signature_not_low_s", verifier={"require_low_s": True}),
        ]
    return checks


def _json_checks(jws, verify, alg):
    value = json.loads(jws)
    entry = value["signatures"][0] if "signatures" in value else value
    raw = from_b64u(entry["signature"])

    def changed(**members):
        if "signatures" in value:
            return json.dumps({**value, "signatures": [{**entry, **members}]})
        return json.dumps({**value, **members})

    def check(name, text, code, **more):
        return Check(name, "jws_verify", verify(text, **more), code)

    bad = {**{name: entry[name] for name in ("protected", "signature")}, "signature": b64u(_flipped(raw, alg))}
    good = {name: entry[name] for name in ("protected", "signature")}
    two = json.dumps({"payload": value["payload"], "signatures": [bad, good]})
    return [
        check("another-spelling", json.dumps(dict(reversed(value.items())), indent=1), None),
        check("payload-changed", json.dumps({**value, "payload": b64u(b"x")}), "signature_invalid"),
        check("flipped", changed(signature=b64u(_flipped(raw, alg))), "signature_invalid"),
        check("padded", changed(signature=entry["signature"] + "="), "signature_malformed"),
        check("alg-unprotected", changed(header={"alg": alg}), "signature_header_malformed"),
        check("unsigned", json.dumps({"payload": value["payload"], "signatures": []}), "jws_malformed"),
        check("payload-twice", jws.replace("{", '{"payload":"",', 1), "duplicate_member"),
        check("two-without-policy", two, "policy_required"),
        check("two-any", two, None, verifier={"policy": "any"}),
        check("two-all", two, "signature_verification_failed", verifier={"policy": "all"}),
    ]


def _appended(jws, other, options):
    """A second signature, where the form has room for it."""
    args = {"jws_utf8": jws, "key": _private(other)}
    if "serialization" not in options:
        return [Check("appended", "jws_append", args, "jws_malformed")]
    return [Check("appended", "jws_append", args)] if json.loads(other)["kty"] in ("OKP", "RSA") else []


def _flipped(raw, alg):
    """A signature of the same length that is none, all of whose integers stay in their ranges."""
    if alg[:2] in ("RS", "PS"):
        return raw[:-1] + bytes([raw[-1] ^ 1])
    if alg == "ES512":
        return raw[:40] + bytes([raw[40] ^ 1]) + raw[41:]
    return flip(raw)
