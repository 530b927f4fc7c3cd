"""Algorithms and signatures: rows 3 and 11 of the table of checks."""

import json

from encoding import b64u, from_b64u
from http_cases import no, ok
from http_profile import BODY, ORIGIN, request_header, settings, trusting
from jose_keys import HS256, P256, P384, P521, RSA, OctKey, text_of
from test_keys import ED1, SE1

NOTES = {
    "alg": "The algorithm is allowed by the settings and is that of the key.",
    "signature": "The signature itself.",
}
_M = "signature_malformed"


def algorithms(file):
    """Row 3, and the algorithm of the key."""
    every = settings([trusting(ED1, P256, P384, HS256)], allowed_algs=["EdDSA", "ES256", "ES384", "HS256"])
    for key in (ED1, P256, P384, HS256):
        ok(file, f"{key.algorithm}", "alg", key=key, settings=every)
    for key in (ED1, P256, P384):
        ok(file, f"{key.algorithm}, allowed by default", "alg", key=key, settings=settings([trusting(ED1, P256, P384)]))
    ok(file, "the name of RFC 9864", "alg", header={"alg": "Ed25519"})
    ok(file, "the only algorithm that is allowed", "alg", settings=settings(allowed_algs=["EdDSA"]))
    not_allowed = "signature_alg_not_allowed"
    for alg in (
        "none",
        "None",
        "NONE",
        "eddsa",
        "EDDSA",
        "HS1",
        "A128KW",
        "dir",
        "RSA-OAEP",
        "ES256K",
        "ES512",
        "RS256",
        "PS256",
        "HS384",
        "HS512",
    ):
        no(file, not_allowed, f"alg is {alg}", "alg", header={"alg": alg})
    no(file, not_allowed, "EdDSA is not allowed by the settings", "alg", settings=settings(allowed_algs=["ES256"]))
    no(
        file,
        not_allowed,
        "Ed25519 is not allowed where EdDSA is not",
        "alg",
        header={"alg": "Ed25519"},
        settings=settings(allowed_algs=["ES256"]),
    )
    no(
        file,
        "settings_invalid",
        "a secret, and HS256 is not allowed: the gateway does not start",
        "alg",
        key=HS256,
        settings=settings([trusting(ED1, HS256)]),
    )
    wrong = "signature_key_not_allowed"
    public = OctKey("", from_b64u(json.loads(ED1.public_jwk())["x"]), "HS256", ED1.thumbprint)
    no(file, wrong, "HS256 with the bytes of a public key for its secret", "alg", key=public, settings=every)
    pem = OctKey("", P256.public_pem.encode(), "HS256", P256.thumbprint)
    no(file, wrong, "HS256 with the PEM file of a public key for its secret", "alg", key=pem, settings=every)
    for key, alg in (
        (ED1, "ES256"),
        (ED1, "ES384"),
        (P256, "EdDSA"),
        (P256, "ES384"),
        (P384, "ES256"),
        (HS256, "EdDSA"),
        (HS256, "ES256"),
    ):
        no(
            file,
            wrong,
            f"alg is {alg}, the key is one for {key.algorithm}",
            "alg",
            key=key,
            header={"alg": alg},
            settings=every,
        )
    no(
        file,
        wrong,
        "an entry of the trusted keys allows less than the settings",
        "alg",
        settings=settings([trusting(ED1, P256, algs=["ES256"])]),
    )
    for key, name in ((SE1, "secp256k1"), (P521, "P-521"), (RSA, "RSA")):
        alg = key.algorithm
        no(
            file,
            not_allowed,
            f"{alg} with a trusted key of {name}",
            "alg",
            key=key,
            header={"alg": alg},
            settings=settings([trusting(ED1)]),
        )


def signatures(file):
    """Row 11."""
    invalid = "signature_invalid"
    every = settings([trusting(ED1, P256, P384, HS256)], allowed_algs=["EdDSA", "ES256", "ES384", "HS256"])
    for key, size in ((ED1, 64), (P256, 64), (P384, 96), (HS256, 32)):
        for signature, comment in (
            (bytes(size), "zeros"),
            (b"\xff" * size, "ones"),
            (b"\x01" * (size - 1), "a byte too few"),
            (b"\x01" * (size + 1), "a byte too many"),
            (b"\x01", "one byte"),
        ):
            no(
                file,
                invalid,
                f"{key.algorithm}: {comment}",
                "signature",
                key=key,
                how={"signature": signature},
                settings=every,
            )
        no(file, invalid, f"{key.algorithm}: another body", "signature", key=key, payload=b'{"id":2}', settings=every)
    no(
        file,
        invalid,
        "the text of the body is signed as it is, not in its canonical form",
        "signature",
        body=b'{"b":1, "a":2}',
        payload=b'{"b":1, "a":2}',
    )
    no(file, invalid, "signed with b64 false in mind", "signature", edit=_unencoded)
    for name, value in (("aud", ORIGIN), ("nonce", "another")):
        changed = text_of(request_header(**{name: value, "x": "added"}))
        no(
            file,
            invalid,
            f"the header was changed after it was signed: {name}",
            "signature",
            edit=lambda line, changed=changed: (
                ("X-Signature", b64u(changed.encode()) + ".." + line.partition("..")[2]),
            ),
        )


def _unencoded(line: str) -> tuple:
    from jose_signatures import sign

    protected = line.partition("..")[0]
    return (("X-Signature", f"{protected}..{b64u(sign(ED1, protected.encode() + b'.' + BODY.encode()))}"),)
