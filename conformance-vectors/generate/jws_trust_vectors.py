"""Which key verifies a signature: only one that the caller trusts, for an algorithm that it permits, chosen by kid."""

import json

from encoding import b64u, from_b64u
from jose_keys import HS256, HS384, HS512, P256, P256_2, P384, RSA, RSA_2, OctKey
from jose_signatures import mac, sign
from jws_text import PAYLOAD, compact, entry, flattened, general, header_of, trusted
from key_rsa_vectors import SHORT
from test_keys import ED1, ED2, SE1, SE2

_SIGNERS = (ED1, SE1, P256, RSA, HS256)


def refused(file):
    """Signatures by keys that do not count here."""

    def no(jws, code, comment, *flags, keys=(ED1,), **args):
        file.invalid("jws_verify", {"jws": jws, "keys": trusted(*keys), **args}, code, comment, *flags)

    _confusion(no)
    _embedded(no)
    _kid(no)
    _allowed(no)
    _metadata(file)
    _verifier(no)


def _forged(secret: bytes, alg: str, **members) -> str:
    """A token whose MAC is keyed with what everybody knows."""
    header = b64u(json.dumps({"alg": alg, **members}, separators=(",", ":")).encode())
    signed = f"{header}.{b64u(PAYLOAD)}"
    return f"{signed}.{b64u(mac(secret, signed.encode(), alg))}"


def _confusion(no):
    """Class 2: the MAC is good for whoever takes the public key for a secret."""
    numbers = RSA.private.public_key().public_numbers()
    point = P256.private.public_key().public_numbers()
    modulus = numbers.n.to_bytes(256, "big")
    for key, texts in (
        (
            RSA,
            (
                (RSA.public_pem, "PEM"),
                (RSA.public_pem.rstrip(), "PEM without its last line feed"),
                (" " + RSA.public_pem, "PEM behind a space"),
                ("\n" + RSA.public_pem + "\n", "PEM between line feeds"),
                (RSA.public_der, "DER"),
                (modulus, "the modulus"),
                (RSA.required["n"], "the modulus in base64url"),
                (RSA.public_jwk(), "JWK"),
                (b"", "no byte"),
            ),
        ),
        (
            P256,
            (
                (P256.public_pem, "PEM"),
                (P256.public_der, "DER"),
                (b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big"), "the point"),
                (P256.public_jwk(), "JWK"),
                (b"", "no byte"),
            ),
        ),
        (
            ED1,
            ((ED1.public_pem, "PEM"), (ED1.public_bytes, "the 32 bytes"), (ED1.public_jwk(), "JWK"), (b"", "no byte")),
        ),
        (SE1, ((SE1.public_bytes, "the point"), (SE1.public_pem, "PEM"))),
    ):
        for text, comment in texts:
            secret = text.encode() if isinstance(text, str) else text
            # HS256 is outside of the default allow-list; where the caller allows it, the key does not permit it.
            no(
                _forged(secret, "HS256", kid=key.thumbprint),
                "algorithm_not_allowed",
                f"HS256 with {key.name}: {comment}",
                "confusion",
                "class-02",
                keys=(key,),
            )
            no(
                _forged(secret, "HS256", kid=key.thumbprint),
                "algorithm_mismatch",
                f"HS256 with {key.name}, allowed: {comment}",
                "confusion",
                "class-02",
                keys=(key,),
                verifier={"algorithms": [key.algorithm, "HS256"]},
            )
    for alg in ("HS384", "HS512"):
        no(
            _forged(RSA.public_pem.encode(), alg, kid=RSA.thumbprint),
            "algorithm_mismatch",
            f"{alg} with the PEM of an RSA key",
            "confusion",
            "class-02",
            keys=(RSA, HS512),
            verifier={"algorithms": ["RS256", alg]},
        )
    no(
        _forged(RSA.public_pem.encode(), "HS256"),
        "signature_unknown",
        "HS256 with the PEM of an RSA key, allowed, no kid",
        "confusion",
        "class-02",
        keys=(RSA,),
        verifier={"algorithms": ["RS256", "HS256"]},
    )
    no(
        _forged(RSA.public_pem.encode(), "HS256"),
        "signature_invalid",
        "HS256 with the PEM of an RSA key beside a symmetric key",
        "confusion",
        "class-02",
        keys=(RSA, HS256),
    )


def _embedded(no):
    """Classes 5 and 6: the signature is good under the key in the header."""
    for key, trusted_key in ((ED2, ED1), (P256_2, P256), (RSA_2, RSA)):
        jwk = json.loads(key.public_jwk())
        for header, comment in (
            ({"alg": key.algorithm, "jwk": jwk}, "no kid"),
            ({"alg": key.algorithm, "jwk": jwk, "kid": trusted_key.thumbprint}, "the kid of the trusted key"),
        ):
            no(
                compact(key, header=header),
                "signature_invalid",
                f"{key.name} in the header, {comment}",
                "embedded",
                "class-05",
                keys=(trusted_key,),
            )
        header = {"alg": key.algorithm, "jwk": jwk, "kid": key.thumbprint}
        no(
            compact(key, header=header),
            "signature_unknown",
            f"{key.name} in the header, with its own kid",
            "embedded",
            "class-05",
            keys=(trusted_key,),
        )
    jwk = json.loads(ED2.public_jwk())
    no(
        flattened(ED2, header={"alg": "EdDSA"}, unprotected={"jwk": jwk}),
        "signature_invalid",
        "a key in the unprotected header",
        "embedded",
        "class-05",
    )
    secret = OctKey("", bytes(range(32)), "HS256", "evil")
    no(
        compact(secret, header={"alg": "HS256", "jwk": json.loads(secret.jwk())}),
        "algorithm_not_allowed",
        "a secret in the header",
        "embedded",
        "class-05",
        keys=(RSA,),
    )
    no(compact(ED2), "invalid_argument", "no trusted key at all", "embedded", "class-05", keys=())
    for name, value in (
        ("jku", "https://127.0.0.1:1/jwks.json"),
        ("jku", "file:///etc/passwd"),
        ("x5u", "https://127.0.0.1:1/cert.pem"),
        ("x5c", ["MIIB"]),
        ("x5t", "AAAA"),
        ("x5t#S256", "AAAA"),
    ):
        header = {"alg": "EdDSA", name: value, "kid": ED2.thumbprint}
        no(
            compact(ED2, header=header),
            "signature_unknown",
            f"{name} {value} never brings a key",
            "embedded",
            "class-06",
        )


def _kid(no):
    """Class 7: a kid is compared, and never looked up anywhere else."""
    for kid in (
        "",
        "x",
        "../../../../etc/passwd",
        "/dev/null",
        "' OR 1=1 --",
        "a\u0000b",
        "http://127.0.0.1:1/",
        "$(id)",
        ED1.thumbprint.upper(),
        ED1.thumbprint + "=",
        ED1.thumbprint[:-1],
        " " + ED1.thumbprint,
        "k" * 10_000,
    ):
        shown = repr(kid) if len(kid) < 100 else "ten thousand letters"
        no(compact(ED1, header={"alg": "EdDSA", "kid": kid}), "signature_unknown", f"kid is {shown}", "kid", "class-07")
    no(compact(ED1), "signature_unknown", "another key", "kid", keys=(ED2,))
    no(
        compact(ED1, header=header_of(ED2)),
        "signature_invalid",
        "the kid of another trusted key",
        "kid",
        keys=(ED1, ED2),
    )
    no(
        compact(ED1, header={"alg": "EdDSA"}),
        "kid_missing",
        "no kid, and two keys that may be meant",
        "kid",
        keys=(ED1, ED2),
    )
    no(
        compact(P256, header={"alg": "ES256"}),
        "kid_missing",
        "no kid, and two keys of a curve",
        "kid",
        keys=(P256_2, P256),
    )
    no(
        compact(RSA, header={"alg": "PS256"}, alg="PS256"),
        "kid_missing",
        "no kid, and two RSA keys that permit PS256",
        "kid",
        keys=(RSA, RSA_2.bound("PS256")),
    )
    no(
        compact(HS256, header={"alg": "HS256"}),
        "kid_missing",
        "no kid, and two symmetric keys",
        "kid",
        keys=(HS256, OctKey("", HS256.secret[::-1], "HS256")),
    )
    no(
        compact(ED1, header={"alg": "EdDSA"}),
        "signature_unknown",
        "no kid, and no key that permits the algorithm",
        "kid",
        keys=(P256, RSA),
        verifier={"algorithms": ["EdDSA", "ES256"]},
    )
    no(
        flattened(ED1, header={"alg": "EdDSA"}, unprotected={"kid": "x"}),
        "signature_unknown",
        "an unknown kid in the unprotected header",
        "kid",
        "class-07",
    )
    no(
        flattened(ED1, header={"alg": "EdDSA"}, unprotected={"kid": ED2.thumbprint}),
        "signature_invalid",
        "the kid of another trusted key in the unprotected header",
        "kid",
        keys=(ED1, ED2),
    )
    named = OctKey("", HS256.secret, "HS256")
    no(compact(HS256), "signature_unknown", "a kid, and the symmetric key has none", "kid", keys=(named,))


def _allowed(no):
    """The allow-list, and the algorithm of the key."""
    for key in _SIGNERS:
        other = "ES384" if key is not P384 else "ES256"
        no(
            compact(key),
            "algorithm_not_allowed",
            f"{key.name}: another algorithm is allowed",
            "algorithm",
            keys=(key,),
            verifier={"algorithms": [other]},
        )
        no(
            compact(key),
            "algorithm_not_allowed",
            f"{key.name}: keys of another type are trusted",
            "algorithm",
            keys=(P384,),
        )
    no(compact(ED1), "invalid_argument", "no algorithm is allowed", "algorithm", verifier={"algorithms": []})
    for alg in ("RS384", "RS512", "PS256", "PS384", "PS512"):
        no(
            compact(RSA, alg=alg),
            "algorithm_mismatch",
            f"{alg} with a key bound to RS256",
            "algorithm",
            "class-20",
            keys=(RSA.bound("RS256"),),
            verifier={"algorithms": ["RS256", alg]},
        )
    no(
        compact(RSA),
        "algorithm_mismatch",
        "RS256 with a key bound to PS256",
        "algorithm",
        "class-20",
        keys=(RSA.bound("PS256"),),
        verifier={"algorithms": ["RS256", "PS256"]},
    )
    no(
        compact(RSA),
        "algorithm_not_allowed",
        "RS256 with a key bound to PS256, default allow-list",
        "algorithm",
        "class-20",
        keys=(RSA.bound("PS256"),),
    )
    long = OctKey("", HS512.secret, "HS512", "long")
    no(
        compact(long, alg="HS256"),
        "algorithm_mismatch",
        "HS256 with a key bound to HS512",
        "algorithm",
        "class-20",
        keys=(long, HS256),
    )
    no(
        compact(OctKey("", HS384.secret, None, "k"), alg="HS512"),
        "algorithm_mismatch",
        "HS512 with a secret of 48 bytes",
        "algorithm",
        "class-03",
        keys=(OctKey("", HS384.secret, "HS384", "k"), HS512),
    )
    # A header with the algorithm of another curve or type over a signature that is good for the key.
    everything = {"algorithms": ["EdDSA", "ES256K", "ES256", "ES384", "ES512", "RS256", "PS256", "HS256"]}
    for key, alg in (
        (SE1, "ES256"),
        (P256, "ES256K"),
        (P256, "ES384"),
        (P384, "ES256"),
        (ED1, "ES256"),
        (P256, "EdDSA"),
        (RSA, "ES256"),
        (ED1, "RS256"),
        (HS256, "RS256"),
        (HS256, "EdDSA"),
    ):
        header = header_of(key) | {"alg": alg}
        signature = sign(key, f"{b64u(json.dumps(header, separators=(',', ':')).encode())}.{b64u(PAYLOAD)}".encode())
        token = compact(key, header=json.dumps(header, separators=(",", ":")), signature=signature)
        no(
            token,
            "algorithm_mismatch",
            f"{alg} with {key.name}",
            "algorithm",
            "class-20",
            keys=(key,),
            verifier=everything,
        )


def _metadata(file):
    """Classes 17, 20, 21 and 22, by the keys that a caller hands over: their import refuses them, or the set skips them."""

    def no(jws, code, comment, *flags, **args):
        file.invalid("jws_verify", {"jws": jws, **args}, code, comment, "metadata", *flags)

    for key in (ED1, P256, RSA):
        for more, comment in (({"use": "enc"}, "use is enc"), ({"key_ops": ["sign"]}, "key_ops has no verify")):
            jwk = key.public_jwk(**more)
            no(compact(key), "key_use_forbidden", f"{key.name}: {comment}", "class-20", keys=[{"jwk_utf8": jwk}])
            set_ = '{"keys":[' + jwk + "," + SE2.public_jwk() + "]}"
            no(compact(key), "algorithm_not_allowed", f"{key.name} in a JWK Set: {comment}", "class-20", jwks=set_)
            no(
                compact(key),
                "signature_unknown",
                f"{key.name} in a JWK Set, allowed: {comment}",
                "class-20",
                jwks=set_,
                verifier={"algorithms": [key.algorithm]},
            )
    no(
        compact(HS256),
        "key_use_forbidden",
        "a symmetric key with use enc",
        "class-20",
        keys=[{"symmetric_jwk_utf8": HS256.jwk(use="enc")}],
    )
    no(
        compact(HS256),
        "key_use_forbidden",
        "a symmetric key given as a public one",
        "class-02",
        keys=[{"jwk_utf8": HS256.jwk()}],
    )
    no(
        compact(ED1),
        "key_malformed",
        "a private key given as a public one",
        "class-22",
        keys=[{"jwk_utf8": ED1.private_jwk()}],
    )
    no(
        compact(ED1),
        "key_malformed",
        "a private key in a JWK Set",
        "class-22",
        jwks='{"keys":[' + ED1.private_jwk() + "]}",
    )
    no(
        compact(ED1),
        "duplicate_kid",
        "two keys with one kid",
        "class-07",
        keys=[{"jwk_utf8": ED1.public_jwk(kid="k")}, {"jwk_utf8": ED2.public_jwk(kid="k")}],
    )
    x = from_b64u(P256.required["x"])
    no(
        compact(P256),
        "key_malformed",
        "a coordinate of 33 bytes",
        "class-21",
        keys=[{"jwk_utf8": P256.public_jwk(x=b64u(b"\x00" + x))}],
    )
    no(compact(SHORT), "key_weak", "an RSA key of 1024 bits", "class-17", keys=[{"jwk_utf8": SHORT.public_jwk()}])
    short = OctKey("", b"k", "HS256", "k")
    no(compact(short), "key_weak", "a secret of one byte", "class-03", keys=[short.form])
    empty = OctKey("", b"", "HS256", "k")
    no(compact(empty), "key_malformed", "an empty secret", "class-03", keys=[empty.form])


def _verifier(no):
    """Verifiers that cannot be made."""
    pair = general([entry(ED1), entry(SE1)])
    for options, comment in (
        ({"threshold": 0}, "a threshold of 0"),
        ({"threshold": 3}, "a threshold above the number of keys"),
        ({"policy": "most"}, "an unknown policy"),
        ({"policy": "all", "threshold": 1}, "a policy and a threshold"),
        ({"policy": "any", "kids": [ED1.thumbprint]}, "a policy and kids"),
        ({"threshold": 1, "kids": [ED1.thumbprint]}, "a threshold and kids"),
        ({"kids": []}, "no kid"),
        ({"kids": ["x"]}, "a kid of no trusted key"),
        ({"kids": [ED1.thumbprint, ED1.thumbprint]}, "a kid twice"),
    ):
        no(pair, "invalid_argument", comment, "verifier", keys=(ED1, SE1), verifier=options)
