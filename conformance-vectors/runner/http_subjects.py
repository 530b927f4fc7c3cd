"""Signed requests and responses of the matrix: each language is the client of every other, and its gateway."""

import json
from pathlib import Path

from signing import Check, Signing, b64u, flip, from_b64u, public_jwk

_NOW = 1_800_000_000_000
_ORIGIN = "https://gw.example"
_BODY = '{"amount": 12.50, "to": "\u20ac", "from": [1e2, null]}'
#: The same value as another writer would write it.
_REWRITTEN = '{"from":[100,null],"to":"\\u20ac","amount":12.5}'
_TYPED = "Content-Type: application/json\r\n"

#: Key, and whether there is one right signature.
_SIGNERS = (("ed25519-1", True), ("p256-1", False), ("p384-1", False), ("hs256-1", True))
_OTHER = {"ed25519-1": "ed25519-2", "p256-1": "p256-2", "p384-1": "p256-1", "hs256-1": "ed25519-1"}


def signings(keys):
    """Requests of every kind of key, and responses of two."""
    found = [_request(keys, key, deterministic, options) for key, deterministic in _SIGNERS for options in _OPTIONS]
    return found + [
        _response(keys, key, deterministic) for key, deterministic in (("ed25519-2", True), ("p256-1", False))
    ]


#: The name of a subject, options of the client, and field lines beside the media type.
_OPTIONS = (
    ("plain", {}, ""),
    (
        "bound",
        {"aud": "urn:gateway:1", "iss": "acme", "hdr": ["mcp-session-id"], "ttl": 300},
        "Mcp-Session-Id: s 1\r\nAuthorization: Bearer abc\r\n",
    ),
)


def _request(keys, key, deterministic, kind):
    name, options, more = kind
    args = {
        "key": _private(keys[key]),
        "method": "POST",
        "url": f"{_ORIGIN}/rpc?x=%7e",
        "fields_utf8": _TYPED + more,
        "body_utf8": _BODY,
        "nonce": "n-0123456789",
        "now": _NOW,
        **({"options": options} if options else {}),
    }

    def verify(line, fields=_TYPED + more, **changes):
        received = {
            "settings_utf8": _settings(keys[key]),
            "method": "POST",
            "target": "/rpc?x=~",
            "fields_utf8": f"Host: gw.example\r\n{fields}X-Signature: {line}\r\n",
            "body_utf8": _REWRITTEN,
            "now": _NOW + 1000,
        }
        return {**received, **changes}

    def tampered(line):
        header, _, signature = line.partition("..")
        changed = b64u(json.dumps({**json.loads(from_b64u(header)), "x": 1}).encode())
        flipped = f"{header}..{b64u(flip(from_b64u(signature)))}"

        def check(name, code, line=line, **changes):
            return Check(name, "http_request_verify", verify(line, **changes), code)

        checks = [
            check("original", None, settings_utf8=_settings(keys[key], forward_body="original")),
            check("observed", None, settings_utf8=_settings(keys[key], mode="observe")),
            check("header-changed", "signature_invalid", f"{changed}..{signature}"),
            check("flipped", "signature_invalid", flipped),
            check("padded", "signature_malformed", line + "="),
            check("no-signature", "signature_malformed", header + ".."),
            check("two-lines", "signature_malformed", f"{line}\r\nX-Signature: {line}"),
            check("body-changed", "signature_invalid", body_utf8=_REWRITTEN.replace("12.5", "12.6")),
            check("member-twice", "body_not_canonicalizable", body_utf8='{"amount":1,"amount":2}'),
            check("another-method", "signature_binding_mismatch", method="PUT"),
            check("another-path", "signature_binding_mismatch", target="/rpc2?x=~"),
            check("another-query", "signature_binding_mismatch", target="/rpc?x=a"),
            check("another-type", "signature_binding_mismatch", fields=more + _TYPED.replace("json", "xml")),
            check(
                "another-audience", "signature_binding_mismatch", settings_utf8=_settings(keys[key], audiences=["x"])
            ),
            check("another-key", "signature_unknown", settings_utf8=_settings(keys[_OTHER[key]])),
            check("too-early", "signature_not_yet_valid", now=_NOW - 5_001),
            check("too-late", "signature_expired", now=_NOW + 3_600_000),
            check("slow-body", "signature_expired", later=_NOW + 3_600_000),
            check("clock", "clock_stepped_back", later=_NOW - 60_000),
            check("replayed", "replay_detected", replay="replay"),
            check("store-full", "replay_store_full", replay="full"),
            check("store-cold", "replay_state_cold", replay="cold"),
            check("store-down", "replay_store_unavailable", replay="unavailable"),
        ]
        if more:
            checks.append(
                check("another-field", "signature_binding_mismatch", fields=_TYPED + more.replace("s 1", "s 2"))
            )
            checks.append(check("credential", "signature_binding_mismatch", fields=_TYPED + more.replace("abc", "abd")))
        return checks

    def untouched(line):
        return Check("untouched", "http_request_verify", verify(line))

    return Signing(
        "http", f"request/{key}/{name}", "http_request_sign", args, "value", untouched, tampered, deterministic
    )


def _response(keys, key, deterministic):
    request = _known_request()
    received = {
        "settings_utf8": _settings(keys["ed25519-1"], sign_responses="on"),
        "signing_key": {"jwk_utf8": keys[key]},
        "method": "POST",
        "target": "/rpc",
        "fields_utf8": f"Host: gw.example\r\n{_TYPED}X-Signature: {request['expected']['value']}\r\n",
        "body_utf8": request["args"]["body_utf8"],
        "now": _NOW,
    }
    args = {**received, "status": 200, "content_type": "application/json", "response_utf8": _BODY}
    jwks = '{"keys":[' + public_jwk(keys[key]) + "]}"

    def verify(line, **changes):
        answer = {
            "jwks_utf8": jwks,
            "status": 200,
            "response_fields_utf8": f"{_TYPED}X-Signature: {line}\r\n",
            "response_utf8": _REWRITTEN,
            "received": _NOW + 1000,
        }
        return {**request["args"], **answer, **changes}

    def tampered(line):
        def check(name, code, line=line, **changes):
            return Check(name, "http_response_verify", verify(line, **changes), code)

        header, _, signature = line.partition("..")
        other = '{"keys":[' + public_jwk(keys["ed25519-1"]) + "]}"
        return [
            check("unsigned", "signature_missing", response_fields_utf8=_TYPED),
            check("flipped", "signature_invalid", f"{header}..{b64u(flip(from_b64u(signature)))}"),
            check("body-changed", "signature_invalid", response_utf8=_REWRITTEN.replace("12.5", "12.6")),
            check("status-changed", "signature_binding_mismatch", status=201),
            check("another-request", "signature_binding_mismatch", nonce="other"),
            check("another-body", "signature_binding_mismatch", body_utf8="{}"),
            check("request-reflected", "signature_malformed", request["expected"]["value"]),
            check("another-key", "signature_unknown", jwks_utf8=other),
            check("too-late", "signature_expired", received=_NOW + 3_600_000),
        ]

    def untouched(line):
        return Check("untouched", "http_response_verify", verify(line))

    return Signing("http", f"response/{key}", "http_response_sign", args, "value", untouched, tampered, deterministic)


def _known_request():
    """A request with its signature line, from the vectors: Ed25519 has one right signature."""
    path = Path(__file__).resolve().parent.parent / "vectors" / "http" / "signing.json"
    return next(case for case in json.loads(path.read_text("ascii"))["cases"] if "expected" in case)


def _settings(jwk, **changes):
    key = json.loads(jwk)
    if key["kty"] == "oct":
        entry = {"tenant": "acme", "secrets": [{"alg": "HS256", "kid": key["kid"], "secret": key["k"]}]}
    else:
        entry = {"tenant": "acme", "jwks": {"keys": [json.loads(public_jwk(jwk))]}}
    settings = {
        "allowed_algs": ["EdDSA", "ES256", "ES384", "HS256"],
        "audiences": [_ORIGIN, "urn:gateway:1"],
        "public_origins": [_ORIGIN],
        "replay": "external",
        "trust": [entry],
    }
    return json.dumps({**settings, **changes})


def _private(jwk):
    return {"symmetric_jwk_utf8" if json.loads(jwk)["kty"] == "oct" else "jwk_utf8": jwk}
