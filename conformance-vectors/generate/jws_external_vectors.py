"""External signers (HSM, KMS, air gap): what they are given, and what becomes of their signature."""

from encoding import b64u, from_b64u
from jose_keys import ORDERS, P256, P256_2, P384, P521, RSA, EcKey
from jose_signatures import digest, ec_der, ec_join, ec_split, hash_of
from jws_text import PAYLOAD, compact, entry, flattened, general, header_of
from jws_verify_vectors import SIGNERS, TEXT
from signatures import SECP256K1_ORDER, der, high_s, join, split
from test_keys import ED1, ED2, SE1, SE2

_ASYMMETRIC = [(key, alg) for key, alg in SIGNERS if not alg.startswith("HS")]


def _public(key) -> dict:
    return {"jwk_utf8": key.public_jwk()}


def _prepared(key, alg, payload=PAYLOAD, header=None, encoded=True) -> dict:
    made = entry(key, payload, header or header_of(key, alg), alg=alg, encoded=encoded)
    message = f"{made.protected}.".encode() + (b64u(payload).encode() if encoded else payload)
    hashed = {} if alg == "EdDSA" else {"digest_b64u": b64u(digest(alg, message))}
    # The kid is that of the key that must sign, whatever the header calls it.
    return {"alg": alg, "kid": key.thumbprint, "message_b64u": b64u(message), **hashed}


def prepared(file):
    """What the signer is given."""
    for key, alg in _ASYMMETRIC:
        options = {} if alg == key.algorithm else {"options": {"alg": alg}}
        file.valid(
            "jws_prepare",
            {"payload": PAYLOAD, "key": _public(key), **options},
            _prepared(key, alg),
            f"{alg} with {key.name}, SHA-{hash_of(alg) if alg != 'EdDSA' else '512 inside'}",
            "prepare",
        )
    for options, header, comment in (
        ({"kid": "k", "typ": "JWT"}, header_of(P256, kid="k", typ="JWT"), "kid and typ"),
        (
            {"header": {"cty": "x"}, "serialization": "general", "detached": True},
            header_of(P256, cty="x"),
            "serialization and detachment do not change it",
        ),
    ):
        file.valid(
            "jws_prepare",
            {"payload": PAYLOAD, "key": _public(P256), "options": options},
            _prepared(P256, "ES256", header=header),
            comment,
            "prepare",
            "options",
        )
    plain = header_of(P256, b64=False, crit=["b64"])
    file.valid(
        "jws_prepare",
        {"payload": TEXT, "key": _public(P256), "options": {"b64": False}},
        _prepared(P256, "ES256", TEXT, plain, False),
        "an unencoded payload",
        "prepare",
        "b64",
    )
    file.valid(
        "jws_prepare",
        {"payload": '{"b":1, "a":2}', "key": _public(ED1), "options": {"canonicalize": "exact"}},
        _prepared(ED1, "EdDSA", b'{"a":2,"b":1}'),
        "a canonicalized payload",
        "prepare",
        "canonicalize",
    )
    for options, code, comment in (
        ({"alg": "none"}, "algorithm_unsupported", "none"),
        ({"alg": "ES384"}, "algorithm_mismatch", "the algorithm of another curve"),
        ({"header": {"alg": "none"}}, "signature_header_malformed", "alg among the further members"),
        ({"serialization": "x"}, "invalid_argument", "an unknown serialization"),
    ):
        file.invalid(
            "jws_prepare",
            {"payload": PAYLOAD, "key": _public(P256), "options": options},
            code,
            comment,
            "prepare",
            "options",
        )
    file.invalid(
        "jws_prepare",
        {"payload": b"a.b", "key": _public(P256), "options": {"b64": False}},
        "payload_unencodable",
        "an unencoded payload with a dot",
        "prepare",
        "b64",
        "class-09",
    )


def finished(file):
    """What becomes of the signature."""

    def ok(key, signature, jws, comment, *flags, payload=PAYLOAD, options=None):
        named = {"options": options} if options else {}
        file.valid(
            "jws_finish",
            {"payload": payload, "key": _public(key), **named, "signature": signature},
            {"jws_utf8": jws},
            comment,
            "finish",
            *flags,
        )

    for key, alg in _ASYMMETRIC:
        options = {} if alg == key.algorithm else {"alg": alg}
        signature = from_b64u(entry(key, alg=alg).signature)
        for form, make in (("compact", compact), ("flattened", flattened)):
            named = {**options, **({"serialization": form} if form != "compact" else {})}
            ok(
                key,
                signature,
                make(key, header=header_of(key, alg), alg=alg),
                f"{alg} with {key.name}",
                form,
                options=named,
            )
        if isinstance(key, EcKey):
            ok(key, ec_der(key, signature), compact(key), f"{alg}: DER", "der", "class-15")
    twin = _twin(P256)
    ok(P256, twin, compact(P256, signature=twin), "ES256: the twin stays as it is", "der", "class-15")
    ok(P256, ec_der(P256, twin), compact(P256, signature=twin), "ES256: the twin in DER", "der", "class-15")
    low = from_b64u(entry(SE1).signature)
    ok(SE1, der(low), compact(SE1), "ES256K: DER", "der", "class-15")
    ok(SE1, high_s(low), compact(SE1), "ES256K: a high s becomes low", "der", "class-15")
    ok(SE1, der(high_s(low)), compact(SE1), "ES256K: a high s in DER becomes low", "der", "class-15")
    ok(
        ED1,
        from_b64u(entry(ED1).signature),
        general([entry(ED1)]),
        "general",
        "general",
        options={"serialization": "general"},
    )
    ok(
        ED1,
        from_b64u(entry(ED1).signature),
        compact(ED1, detached=True),
        "detached",
        "detached",
        options={"detached": True},
    )
    plain = header_of(ED1, b64=False, crit=["b64"])
    made = entry(ED1, TEXT, plain, encoded=False)
    ok(
        ED1,
        from_b64u(made.signature),
        compact(ED1, TEXT, plain, encoded=False),
        "unencoded",
        "b64",
        payload=TEXT,
        options={"b64": False},
    )


def unfinished(file):
    """Signatures that do not become a JWS: nothing leaves that does not verify."""

    def no(key, signature, code, comment, *flags, payload=PAYLOAD, options=None):
        named = {"options": options} if options else {}
        file.invalid(
            "jws_finish",
            {"payload": payload, "key": _public(key), **named, "signature": signature},
            code,
            comment,
            "finish",
            *flags,
        )

    for key, alg in _ASYMMETRIC:
        options = {} if alg == key.algorithm else {"alg": alg}
        signature = from_b64u(entry(key, alg=alg).signature)
        no(key, signature, "signature_invalid", f"{alg}: another payload", payload=PAYLOAD + b" ", options=options)
        no(key, b"", "signature_malformed", f"{alg}: no byte", options=options)
        no(key, signature + b"\x00", "signature_malformed", f"{alg}: a byte more", options=options)
    no(ED2, from_b64u(entry(ED1).signature), "signature_invalid", "EdDSA: another key")
    no(SE2, from_b64u(entry(SE1, header=header_of(SE2)).signature), "signature_invalid", "ES256K: another key")
    no(
        P256_2,
        ec_der(P256, from_b64u(entry(P256, header=header_of(P256_2)).signature)),
        "signature_invalid",
        "ES256: DER of another key",
        "der",
    )
    no(
        RSA,
        from_b64u(entry(RSA).signature),
        "signature_invalid",
        "the signature of RS256 where PS256 is due",
        options={"alg": "PS256"},
    )
    no(
        P256,
        from_b64u(entry(P256).signature),
        "signature_invalid",
        "another kid than the one that was signed",
        options={"kid": "x"},
    )
    for key, n in ((P256, ORDERS["ES256"]), (P384, ORDERS["ES384"]), (P521, ORDERS["ES512"])):
        signature = from_b64u(entry(key).signature)
        _, s = ec_split(key, signature)
        good = ec_der(key, signature)
        for changed, comment in (
            (ec_der(key, ec_join(key, 0, s)), "r is 0"),
            (ec_der(key, ec_join(key, n, s)), "r is n"),
            (good + b"\x00", "a byte behind it"),
            (good[:-1], "cut short"),
            (b"\x30\x00", "an empty sequence"),
            (_indefinite(good), "of indefinite length"),
            (_padded(good), "r with a zero byte too many"),
        ):
            no(key, changed, "signature_malformed", f"{key.algorithm}: DER, {comment}", "der", "class-04")
    signature = from_b64u(entry(SE1).signature)
    r, s = split(signature)
    for changed, comment in (
        (der(join(0, s)), "r is 0"),
        (der(join(r, SECP256K1_ORDER)), "s is n"),
        (der(signature) + b"\x00", "a byte behind it"),
        (_padded(der(signature)), "r with a zero byte too many"),
    ):
        no(SE1, changed, "signature_malformed", f"ES256K: DER, {comment}", "der", "class-04")


def _twin(key: EcKey) -> bytes:
    r, s = ec_split(key, from_b64u(entry(key).signature))
    return ec_join(key, r, ORDERS[key.algorithm] - s)


def _indefinite(signature: bytes) -> bytes:
    """BER that is not DER."""
    body = signature[3:] if signature[1] == 0x81 else signature[2:]
    return b"\x30\x80" + body + b"\x00\x00"


def _padded(signature: bytes) -> bytes:
    """DER whose first INTEGER has a zero byte too many."""
    start = 3 if signature[1] == 0x81 else 2
    body = signature[start:]
    body = body[:1] + bytes([body[1] + 1]) + b"\x00" + body[2:]
    length = bytes([len(body)]) if len(body) < 128 else b"\x81" + bytes([len(body)])
    return b"\x30" + length + body
