"""Agent Cards of the matrix."""

import json

from signing import Check, Signing, b64u, flip, from_b64u, public_jwk

_PORTABLE = {
    "name": "Echo \u20ac \U0001f600",
    "description": "Says what it hears.",
    "version": "1.0.0",
    "supportedInterfaces": [
        {"url": "https://echo.example/a2a", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
    ],
    "capabilities": {
        "streaming": False,
        "extensions": [{"uri": "https://ext.example/v1", "params": {"limit": 1e21, "small": 1e-7, "on": False}}],
    },
    "defaultInputModes": ["text/plain"],
    "skills": [{"id": "echo", "name": "Echo", "description": "Says it again.", "tags": ["a", "b"]}],
}
#: Its three forms are three texts.
_OTHER = {**_PORTABLE, "iconUrl": "", "provider": None, "url": "https://old.example"}

_FORMS = ("sdk", "spec", "raw")


def signings(keys):
    """A portable card with every key, and one whose forms differ."""
    signers = (("ed25519-1", True), ("secp256k1-1", True), ("p256-1", False), ("rsa2048-1", True))
    found = [_signing(keys, key, "portable", _PORTABLE, {}, deterministic) for key, deterministic in signers]
    for options in ({"portability": "each"}, {"portability": "strip"}, *({"form": form} for form in _FORMS)):
        name = next(iter(options.values()))
        found.append(_signing(keys, "ed25519-1", name, _OTHER, options, True))
    return found


def _signing(keys, key, name, card, options, deterministic):
    private, trusted = keys[key], {"jwk_utf8": public_jwk(keys[key])}
    args = {"card_utf8": json.dumps(card), "key": {"jwk_utf8": private}, "options": options}
    only = options.get("form")

    def check(name, signed, code=None, form=only or "sdk", key=trusted, **more):
        text = signed if isinstance(signed, str) else json.dumps(signed)
        return Check(name, "card_verify", {"card_utf8": text, "keys": [key], "form": form, **more}, code)

    def tampered(signed):
        value = json.loads(signed)
        entry = value["signatures"][0]
        bad = {**entry, "signature": b64u(flip(from_b64u(entry["signature"])))}
        none = {**entry, "protected": b64u(b'{"alg":"none","kid":"x"}'), "signature": ""}
        return [
            *(check(form, signed, "signature_invalid" if only and only != form else None, form) for form in _FORMS),
            check("another-spelling", json.dumps(dict(reversed(value.items())), indent=1)),
            check("unknown-member-more", {**value, "more": 1}, None if only in (None, "sdk") else "signature_invalid"),
            check("changed", {**value, "name": "Other"}, "signature_invalid"),
            check("another-type", {**value, "name": 1}, "signature_invalid" if only == "raw" else "card_malformed"),
            check("flipped", {**value, "signatures": [bad]}, "signature_invalid"),
            check("behind-others", {**value, "signatures": [None, {}, none, bad, *value["signatures"]]}),
            check("none", {**value, "signatures": [none]}, "signature_unknown"),
            check("another-key", signed, "signature_unknown", key={"jwk_utf8": public_jwk(keys["ed25519-2"])}),
            check("unsigned", {**value, "signatures": []}, "card_unsigned"),
            check("name-twice", signed.replace("{", '{"name":"x",', 1), "duplicate_member"),
            Check("diagnosed", "card_diagnose", {"card_utf8": signed, "keys": [trusted]}),
            Check("signed-again", "card_sign", {**args, "card_utf8": signed}, "duplicate_signer"),
        ]

    return Signing(
        "card",
        f"{key}/{name}",
        "card_sign",
        args,
        "card_utf8",
        lambda signed: check("untouched", signed),
        tampered,
        deterministic,
    )
