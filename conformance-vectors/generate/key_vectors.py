"""The vectors of noun `key`."""

import base64
import json

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519

from document_vectors import SMALL_ORDER
from encoding import b64u, from_b64u
from signatures import SECP256K1_ORDER
from test_keys import ED1, ED2, SE1, SE2, TestKey
from vectors import Noun

_CHECKED_BY = (
    "OpenSSL (cryptography) writes the files and computes the public keys; libsodium (PyNaCl) and libsecp256k1 (coincurve) agree on "
    "the latter; thumbprints by json and hashlib; the keys of RFC 8037 appendix A carry the thumbprint of the RFC; codes are by hand"
)

NOTES = {
    "jwk": "RFC 7517 with RFC 8037 (Ed25519) and RFC 8812 (secp256k1).",
    "pem": "PKCS#8 (RFC 5958, RFC 8410) and SPKI (RFC 5280) in PEM (RFC 7468).",
    "hex": "64 lower-case hex digits, or 66 of a compressed point.",
    "rfc": "A key that an RFC publishes.",
    "kid": "The kid is that of the JWK, else the RFC 7638 thumbprint.",
    "use": "`use`, `key_ops` and `alg` of a JWK are enforced.",
    "encoding": "A member has one spelling: base64url without padding of exactly 32 bytes.",
    "kind": "Private where public is due, or the reverse.",
    "mismatch": "The public part is not that of the private part.",
    "unsupported": "A key type, curve or file that is not supported.",
    "range": "A scalar outside of 1 to n−1, or a point that is not on the curve.",
    "small-order": "A public key of small order verifies signatures that nobody made.",
    "reader": "The rules of the JSON reader hold for JWKs, too.",
    "algorithm": "The algorithm is named by the caller.",
}


def build() -> Noun:
    """Every file of the noun."""
    noun = Noun("key")
    for name, make in (
        ("private", _private),
        ("private-refused", _private_refused),
        ("public", _public),
        ("public-refused", _public_refused),
    ):
        file = noun.file(name, _CHECKED_BY, {})
        make(file)
        file.notes = {flag: NOTES[flag] for case in file.cases for flag in case["flags"]}
    return noun


def _named(key: TestKey, kid):
    return {"kid": kid} if kid else {}


def _all_public(key: TestKey, kid=None) -> dict:
    return {
        "alg": key.algorithm,
        "kid": kid or key.thumbprint,
        "thumbprint": key.thumbprint,
        "public_hex": key.public_hex,
        "public_jwk_utf8": key.public_jwk(**_named(key, kid)),
        "public_pem_utf8": key.public_pem,
    }


def _all_private(key: TestKey, kid=None) -> dict:
    return {
        **_all_public(key, kid),
        "private_hex": key.private_hex,
        "private_jwk_utf8": key.private_jwk(**_named(key, kid)),
        "private_pem_utf8": key.private_pem,
    }


#: RFC 8037 appendix A.1; its thumbprint is in A.3.
RFC_8037 = TestKey(
    "rfc8037", "EdDSA", bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
assert RFC_8037.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
#: RFC 8032 section 7.1, test 3.
RFC_8032 = TestKey(
    "rfc8032", "EdDSA", bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
)
assert RFC_8032.public_hex == "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
ONE = TestKey("one", "ES256K", (1).to_bytes(32, "big"))
LAST = TestKey("last", "ES256K", (SECP256K1_ORDER - 1).to_bytes(32, "big"))
LEADING_ZERO = TestKey(
    "zero", "ES256K", bytes.fromhex("00000000000000000000000000000000000000000000000000000000deadbeef")
)


def _private(file):
    def ok(form, key, comment, *flags, kid=None):
        file.valid("key_import", {"key": form}, _all_private(key, kid), comment, *flags)

    for key in (ED1, ED2, SE1, SE2):
        ok({"jwk_utf8": key.private_jwk()}, key, f"{key.name} as JWK", "jwk")
        ok({"pem_utf8": key.private_pem}, key, f"{key.name} as PEM", "pem")
        ok({"alg": key.algorithm, "hex": key.private_hex}, key, f"{key.name} as hex", "hex")
    for key, comment in ((RFC_8037, "RFC 8037 appendix A.1"), (RFC_8032, "RFC 8032 section 7.1, test 3")):
        ok({"jwk_utf8": key.private_jwk(alg=None, kid=None)}, key, comment, "jwk", "rfc")
    for key, comment in (
        (ONE, "the scalar 1"),
        (LAST, "the scalar n−1"),
        (LEADING_ZERO, "a scalar with zeros in front"),
    ):
        ok({"alg": "ES256K", "hex": key.private_hex}, key, comment, "hex", "range")
        ok({"jwk_utf8": key.private_jwk()}, key, f"{comment}, as JWK", "jwk", "range")
    ok(
        {"alg": "EdDSA", "hex": "00" * 32},
        TestKey("zero", "EdDSA", bytes(32)),
        "any 32 bytes are an Ed25519 seed",
        "hex",
    )
    ok({"alg": "Ed25519", "hex": ED1.private_hex}, ED1, "the name of RFC 9864", "hex", "algorithm")
    for key in (ED1, SE1):
        ok({"jwk_utf8": key.private_jwk(alg=None, kid=None)}, key, f"{key.name} without alg and kid", "jwk", "kid")
        ok(
            {"jwk_utf8": key.private_jwk(kid='my key "1" é')},
            key,
            f"{key.name} with a kid of its own",
            "jwk",
            "kid",
            kid='my key "1" é',
        )
        shuffled = json.dumps(dict(reversed(json.loads(key.private_jwk()).items())), indent=2)
        ok({"jwk_utf8": shuffled}, key, f"{key.name} in another spelling", "jwk")
        ok(
            {"jwk_utf8": key.private_jwk(use="sig", key_ops=["sign", "verify"])},
            key,
            f"{key.name} for signatures",
            "jwk",
            "use",
        )
        ok({"jwk_utf8": key.private_jwk(key_ops=["sign"])}, key, f"{key.name} for signing", "jwk", "use")
        ok(
            {"jwk_utf8": key.private_jwk(x5t="ignored", ext=True, iat=1)},
            key,
            f"{key.name} with members that are ignored (RFC 7517 section 4)",
            "jwk",
        )
    ok({"jwk_utf8": ED1.private_jwk(alg="Ed25519")}, ED1, "alg of RFC 9864", "jwk", "algorithm")
    ok({"pem_utf8": _pem("PRIVATE KEY", _pkcs8_v2(ED1, ED1))}, ED1, "PKCS#8 version 2 with the public key", "pem")
    ok({"pem_utf8": _pem("PRIVATE KEY", _ec_pkcs8(SE1))}, SE1, "an EC private key without its public key", "pem")
    ok(
        {"pem_utf8": _pem("PRIVATE KEY", _ec_pkcs8(SE1, parameters=_SECP256K1))},
        SE1,
        "an EC private key that names its curve again",
        "pem",
    )
    ok(
        {"pem_utf8": _pem("PRIVATE KEY", _ec_pkcs8(SE1, point=SE1.public_bytes))},
        SE1,
        "an EC private key with a compressed public key",
        "pem",
    )


def _private_refused(file):
    def no(form, code, comment, *flags, **detail):
        file.invalid("key_import", {"key": form}, code, comment, *flags, **detail)

    def jwk(key, code, comment, *flags, **more):
        no({"jwk_utf8": key.private_jwk(**more)}, code, comment, "jwk", *flags)

    for key in (ED1, SE1):
        name = key.name
        no({"jwk_utf8": key.public_jwk()}, "key_malformed", f"{name}: a public key", "jwk", "kind")
        for member in ("kty", "x"):
            jwk(key, "key_malformed", f"{name}: no {member}", "kind", **{member: None})
        d = b64u(key.secret)
        for value, comment in (
            (d + "=", "padding"),
            (d[:-2], "31 bytes"),
            (d + "AA", "more than 32 bytes"),
            ("", "empty"),
            (d + "\n", "a line feed"),
            (" " + d, "a space"),
            (_lax(d), "trailing bits that are not zero"),
            (key.private_hex, "hex"),
            (1, "a number"),
            ([d], "an array"),
        ):
            jwk(
                key,
                "key_malformed",
                f"{name}: d with {comment}" if isinstance(value, str) else f"{name}: d is {comment}",
                "encoding",
                d=value,
            )
        x = from_b64u(json.loads(key.public_jwk())["x"])
        jwk(key, "key_malformed", f"{name}: x with 33 bytes", "encoding", x=b64u(b"\x00" + x))
        jwk(key, "key_malformed", f"{name}: x with padding", "encoding", x=b64u(x) + "=")
        for more, code, comment in (
            ({"use": "enc"}, "key_use_forbidden", "use is enc"),
            ({"key_ops": ["verify"]}, "key_use_forbidden", "key_ops has no sign"),
            ({"key_ops": []}, "key_use_forbidden", "key_ops is empty"),
            ({"alg": "ES256"}, "key_use_forbidden", "alg is ES256"),
            ({"alg": "HS256"}, "key_use_forbidden", "alg is HS256"),
            ({"key_ops": "sign"}, "key_malformed", "key_ops is a string"),
            ({"key_ops": ["sign", "sign"]}, "key_malformed", "key_ops names sign twice"),
            ({"key_ops": ["sign", 1]}, "key_malformed", "key_ops holds a number"),
            ({"use": 1}, "key_malformed", "use is a number"),
            ({"alg": 1}, "key_malformed", "alg is a number"),
        ):
            jwk(key, code, f"{name}: {comment}", "use", **more)
        jwk(key, "key_malformed", f"{name}: kid is a number", "kid", kid=7)
        for more, comment in (
            ({"crv": "P-224"}, "P-224"),
            ({"crv": "X25519"}, "X25519"),
            ({"crv": "Ed448"}, "Ed448"),
            ({"kty": "okp"}, "kty in lower case"),
            ({"crv": None}, "no crv"),
        ):
            jwk(key, "key_unsupported", f"{name}: {comment}", "unsupported", **more)
        jwk(key, "key_use_forbidden", f"{name}: kty oct", "use", kty="oct")
        jwk(key, "key_malformed", f"{name}: kty RSA", "kind", kty="RSA")
        no({"jwk_utf8": key.private_jwk()[:-1]}, "invalid_json", f"{name}: cut short", "jwk", "reader")
        no(
            {"jwk_utf8": key.private_jwk()[:-1] + f',"d":"{d}"' + "}"},
            "duplicate_member",
            f"{name}: d twice",
            "jwk",
            "reader",
        )
    jwk(ED1, "key_mismatch", "x of another key", "mismatch", x=b64u(ED2.public_bytes))
    other = json.loads(SE2.public_jwk())
    jwk(SE1, "key_mismatch", "x and y of another key", "mismatch", x=other["x"], y=other["y"])
    negative = SECP256K1_PRIME - SE1.private.public_key().public_numbers().y
    jwk(SE1, "key_mismatch", "y of the opposite sign", "mismatch", y=b64u(negative.to_bytes(32, "big")))
    jwk(SE1, "key_malformed", "y of another point", "range", y=other["y"])
    jwk(SE1, "key_malformed", "no y", "kind", y=None)
    for scalar, comment in (
        (0, "0"),
        (SECP256K1_ORDER, "n"),
        (SECP256K1_ORDER + 1, "n+1"),
        (2**256 - 1, "the largest number"),
    ):
        jwk(SE1, "key_malformed", f"the scalar is {comment}", "range", d=b64u(scalar.to_bytes(32, "big")))
        no({"alg": "ES256K", "hex": f"{scalar:064x}"}, "key_malformed", f"the scalar is {comment}", "hex", "range")
    jwk(ED1, "key_unsupported", "Ed25519 named EC", "unsupported", kty="EC")
    jwk(SE1, "key_unsupported", "secp256k1 named OKP", "unsupported", kty="OKP")
    for data, comment in (
        ("[]", "an array"),
        ('"d"', "a string"),
        ("{}", "an empty object"),
        ('{"keys":[' + ED1.private_jwk() + "]}", "a key set"),
    ):
        no({"jwk_utf8": data}, "key_malformed", comment, "jwk", "kind")
    no({"jwk_utf8": "\ufeff" + ED1.private_jwk()}, "byte_order_mark", "a byte order mark", "jwk", "reader")
    no({"jwk_utf8": ED1.private_jwk() + "x"}, "trailing_bytes", "a letter behind the JWK", "jwk", "reader")

    for key in (ED1, SE1):
        digits = key.private_hex
        for value, comment in (
            (digits.upper(), "upper case"),
            (digits[:-1], "63 digits"),
            (digits + "0", "65 digits"),
            (digits + "00", "66 digits"),
            ("0x" + digits, "0x in front"),
            (digits + "\n", "a line feed"),
            ("", "nothing"),
            (digits[:-1] + "g", "a letter that is no digit"),
            (digits[:-2] + "é", "a letter beyond ASCII"),
        ):
            no({"alg": key.algorithm, "hex": value}, "key_malformed", f"{key.name}: {comment}", "hex", "encoding")
    for alg in ("RS256", "ES256", "HS256", "none", "", "eddsa", "secp256k1"):
        no(
            {"alg": alg, "hex": ED1.private_hex},
            "algorithm_unsupported",
            f'the algorithm is "{alg}"',
            "hex",
            "algorithm",
        )

    for pem, code, comment in (
        (
            SE1.private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
            ).decode(),
            "key_unsupported",
            "a SEC 1 file",
        ),
        (ED1.public_pem, "key_unsupported", "a public key"),
        (_pkcs8(ec.derive_private_key(7, ec.SECP224R1())), "key_unsupported", "a key of P-224"),
        (_pkcs8(x25519.X25519PrivateKey.from_private_bytes(ED1.secret)), "key_unsupported", "a key of X25519"),
        (
            _pem("PRIVATE KEY", _tlv(0x30, b"\x02\x01\x00", _RSA, _tlv(0x04, b"\x30\x00"))),
            "key_malformed",
            "an empty RSA key",
        ),
        (_pem("ENCRYPTED PRIVATE KEY", bytes.fromhex("3000")), "key_unsupported", "an encrypted key"),
        ("", "key_malformed", "an empty file"),
        ("hello", "key_malformed", "no PEM"),
        (ED1.private_pem[:60], "key_malformed", "a file cut short"),
        (ED1.private_jwk(), "key_malformed", "a JWK"),
        (ED1.private_pem.replace("MC4C", "MC4*"), "key_malformed", "a character that is not base64"),
        (_pem("PRIVATE KEY", bytes.fromhex("3000")), "key_malformed", "an empty sequence"),
        (_pem("PRIVATE KEY", _der(ED1)[:-1] + b""), "key_malformed", "a DER text cut short"),
        (_pem("PRIVATE KEY", _der(ED1) + b"\x00"), "key_malformed", "a byte behind the DER text"),
        (
            _pem("PRIVATE KEY", _der(ED1)[:14] + b"\x04\x1f" + ED1.secret[:31]),
            "key_malformed",
            "lengths that do not agree",
        ),
    ):
        no({"pem_utf8": pem}, code, comment, "pem", "unsupported" if code == "key_unsupported" else "encoding")
    no(
        {"pem_utf8": _pem("PRIVATE KEY", _pkcs8_v2(ED1, ED2))},
        "key_mismatch",
        "PKCS#8 version 2 with the public key of another",
        "pem",
        "mismatch",
    )
    no(
        {"pem_utf8": _pem("PRIVATE KEY", _ec_pkcs8(SE1, point=SE2.public_bytes))},
        "key_mismatch",
        "an EC private key with the public key of another",
        "pem",
        "mismatch",
    )
    no(
        {"pem_utf8": _pem("PRIVATE KEY", _ec_pkcs8(SE1, parameters=_P256))},
        "key_malformed",
        "an EC private key that names another curve than its envelope",
        "pem",
        "mismatch",
    )
    no(
        {"pem_utf8": _pem("PRIVATE KEY", _ec_pkcs8(TestKey("n", "ES256K", SECP256K1_ORDER.to_bytes(32, "big"))))},
        "key_malformed",
        "the scalar n",
        "pem",
        "range",
    )


def _public(file):
    def ok(form, key, comment, *flags, kid=None):
        file.valid("public_key_import", {"key": form}, _all_public(key, kid), comment, *flags)

    for key in (ED1, ED2, SE1, SE2):
        ok({"jwk_utf8": key.public_jwk()}, key, f"{key.name} as JWK", "jwk")
        ok({"pem_utf8": key.public_pem}, key, f"{key.name} as PEM", "pem")
        ok({"alg": key.algorithm, "hex": key.public_hex}, key, f"{key.name} as hex", "hex")
    ok(
        {"jwk_utf8": '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'},
        RFC_8037,
        "RFC 8037 appendix A.2",
        "jwk",
        "rfc",
    )
    ok({"alg": "ES256K", "hex": ONE.public_hex}, ONE, "the base point of secp256k1 (SEC 2)", "hex", "rfc")
    ok({"alg": "ES256K", "hex": LAST.public_hex}, LAST, "the negative of the base point", "hex")
    ok({"alg": "Ed25519", "hex": ED1.public_hex}, ED1, "the name of RFC 9864", "hex", "algorithm")
    for key in (ED1, SE1):
        ok({"jwk_utf8": key.public_jwk(alg=None, kid=None)}, key, f"{key.name} without alg and kid", "jwk", "kid")
        ok({"jwk_utf8": key.public_jwk(kid="k")}, key, f"{key.name} with a kid of its own", "jwk", "kid", kid="k")
        ok(
            {"jwk_utf8": key.public_jwk(use="sig", key_ops=["verify"])},
            key,
            f"{key.name} for verification",
            "jwk",
            "use",
        )
        ok(
            {"jwk_utf8": json.dumps(dict(reversed(json.loads(key.public_jwk()).items())), indent=1)},
            key,
            f"{key.name} in another spelling",
            "jwk",
        )
    compressed = SE1.private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    ok({"pem_utf8": _pem("PUBLIC KEY", _spki_ec(compressed))}, SE1, "SPKI with a compressed point", "pem")


def _public_refused(file):
    def no(form, code, comment, *flags, **detail):
        file.invalid("public_key_import", {"key": form}, code, comment, *flags, **detail)

    for key in (ED1, SE1):
        no({"jwk_utf8": key.private_jwk()}, "key_malformed", f"{key.name}: a private key", "jwk", "kind")
        no({"jwk_utf8": key.public_jwk(x=None)}, "key_malformed", f"{key.name}: no x", "jwk", "kind")
        no(
            {"jwk_utf8": key.public_jwk(key_ops=["sign"])},
            "key_use_forbidden",
            f"{key.name}: key_ops has no verify",
            "jwk",
            "use",
        )
        no({"jwk_utf8": key.public_jwk(use="enc")}, "key_use_forbidden", f"{key.name}: use is enc", "jwk", "use")
        no({"jwk_utf8": key.public_jwk(alg="ES256")}, "key_use_forbidden", f"{key.name}: alg is ES256", "jwk", "use")
        no({"jwk_utf8": key.public_jwk(x=key.public_hex)}, "key_malformed", f"{key.name}: x is hex", "jwk", "encoding")
        no({"jwk_utf8": key.public_jwk(crv="P-224")}, "key_unsupported", f"{key.name}: P-224", "jwk", "unsupported")
        no({"pem_utf8": key.private_pem}, "key_unsupported", f"{key.name}: a private key as PEM", "pem", "kind")
        for value, comment in (
            (key.public_hex.upper(), "upper case"),
            (key.public_hex[:-1], "a digit less"),
            (key.public_hex + "00", "a byte more"),
            ("0x" + key.public_hex, "0x in front"),
            ("", "nothing"),
            (key.public_hex[:-1] + " ", "a space"),
        ):
            no({"alg": key.algorithm, "hex": value}, "key_malformed", f"{key.name}: {comment}", "hex", "encoding")
    no({"alg": "ES256K", "hex": ED1.public_hex}, "key_malformed", "an Ed25519 key named ES256K", "hex", "algorithm")
    no({"alg": "EdDSA", "hex": SE1.public_hex}, "key_malformed", "a secp256k1 key named EdDSA", "hex", "algorithm")
    for alg in ("RS256", "none", ""):
        no(
            {"alg": alg, "hex": ED1.public_hex},
            "algorithm_unsupported",
            f'the algorithm is "{alg}"',
            "hex",
            "algorithm",
        )

    for point in SMALL_ORDER:
        no({"alg": "EdDSA", "hex": point.hex()}, "key_weak", f"{point.hex()}", "hex", "small-order")
        no(
            {"jwk_utf8": json.dumps({"kty": "OKP", "crv": "Ed25519", "x": b64u(point)})},
            "key_weak",
            f"{point.hex()} as JWK",
            "jwk",
            "small-order",
        )
    no(
        {"pem_utf8": _pem("PUBLIC KEY", _spki_ed(SMALL_ORDER[0]))},
        "key_weak",
        "the neutral point as PEM",
        "pem",
        "small-order",
    )
    for text, comment in (
        ("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "y is p, another encoding of 0"),
        ("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "y is p+1, another encoding of 1"),
        ("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "y is p, with the sign bit"),
        (
            "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "y is p+3, another encoding of a point of large order",
        ),
        ("ff" * 32, "the largest number"),
        ("0200000000000000000000000000000000000000000000000000000000000000", "y of no point"),
        ("0700000000000000000000000000000000000000000000000000000000000080", "y of no point, with the sign bit"),
    ):
        no({"alg": "EdDSA", "hex": text}, "key_malformed", comment, "hex", "range")
    point = SE1.private.public_key().public_numbers()
    x, y = f"{point.x:064x}", f"{point.y:064x}"
    hybrid = ("07" if point.y % 2 else "06") + x + y
    for text, comment, flag in (
        ("04" + x + y, "uncompressed", "encoding"),
        (hybrid, "hybrid", "encoding"),
        (x, "the x coordinate alone, as of BIP 340", "encoding"),
        ("05" + x, "a wrong first byte", "encoding"),
        ("00" * 33, "all zeros", "range"),
        ("00", "the point at infinity in SEC 1", "range"),
        ("02" + f"{5:064x}", "x of no point", "range"),
        ("02" + f"{SECP256K1_PRIME:064x}", "x is the prime of the field", "range"),
        ("03" + f"{SECP256K1_PRIME + 1:064x}", "x is p+1, another encoding of 1", "range"),
        ("02" + "ff" * 32, "x is the largest number", "range"),
    ):
        no({"alg": "ES256K", "hex": text}, "key_malformed", comment, "hex", flag)
    for more, comment in (
        ({"y": b64u(bytes(32))}, "y is 0"),
        ({"x": b64u(bytes(32)), "y": b64u(bytes(32))}, "x and y are 0"),
        ({"y": b64u((point.y ^ 1).to_bytes(32, "big"))}, "a point beside the curve"),
        ({"y": json.loads(SE2.public_jwk())["y"]}, "y of another point"),
        ({"y": None}, "no y"),
        ({"y": b64u(point.y.to_bytes(33, "big"))}, "y with 33 bytes"),
    ):
        no({"jwk_utf8": SE1.public_jwk(**more)}, "key_malformed", comment, "jwk", "range")
    for pem, code, comment, flag in (
        (_spki(ec.derive_private_key(7, ec.SECP224R1())), "key_unsupported", "a key of P-224", "unsupported"),
        (
            _pem("PUBLIC KEY", _tlv(0x30, _RSA, _tlv(0x03, b"\x00\x30\x00"))),
            "key_malformed",
            "an empty RSA key",
            "encoding",
        ),
        (
            _spki(x25519.X25519PrivateKey.from_private_bytes(ED1.secret)),
            "key_unsupported",
            "a key of X25519",
            "unsupported",
        ),
        ("", "key_malformed", "an empty file", "encoding"),
        (ED1.public_jwk(), "key_malformed", "a JWK", "encoding"),
        (_pem("PUBLIC KEY", _spki_ed(ED1.public_bytes[:31])), "key_malformed", "31 bytes", "encoding"),
        (_pem("PUBLIC KEY", bytes.fromhex("3000")), "key_malformed", "an empty sequence", "encoding"),
        (_pem("PUBLIC KEY", _spki_ec(bytes.fromhex(hybrid))), "key_malformed", "a hybrid point", "encoding"),
        (_pem("PUBLIC KEY", _spki_ec(b"\x00")), "key_malformed", "the point at infinity", "range"),
        (
            _pem("PUBLIC KEY", _spki_ec(bytes.fromhex("04" + x + x))),
            "key_malformed",
            "a point beside the curve",
            "range",
        ),
    ):
        no({"pem_utf8": pem}, code, comment, "pem", flag)
    for data, code, comment, flag in (
        ("[]", "key_malformed", "an array", "kind"),
        ("{}", "key_malformed", "an empty object", "kind"),
        ('{"kty":"OKP"', "invalid_json", "cut short", "reader"),
        ('{"kty":"OKP","kty":"OKP"}', "duplicate_member", "kty twice", "reader"),
    ):
        no({"jwk_utf8": data}, code, comment, "jwk", flag)


SECP256K1_PRIME = 2**256 - 2**32 - 977

# id-Ed25519 (RFC 8410), id-ecPublicKey (RFC 5480), secp256k1 (SEC 2), P-256 (RFC 5480), each as DER.
_ED25519 = bytes.fromhex("06032b6570")
_EC_PUBLIC_KEY = bytes.fromhex("06072a8648ce3d0201")
_SECP256K1 = bytes.fromhex("06052b8104000a")
_P256 = bytes.fromhex("06082a8648ce3d030107")
# The algorithm identifier rsaEncryption (RFC 8017).
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")


def _tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    assert len(content) < 256
    length = bytes([len(content)]) if len(content) < 128 else bytes([0x81, len(content)])
    return bytes([tag]) + length + content


def _pem(label: str, der: bytes) -> str:
    text = base64.b64encode(der).decode()
    lines = "".join(text[start : start + 64] + "\n" for start in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}-----END {label}-----\n"


def _pkcs8_v2(key: TestKey, public: TestKey) -> bytes:
    """OneAsymmetricKey version 2 (RFC 5958): the public key stands behind the private one."""
    seed = _tlv(0x04, _tlv(0x04, key.secret))
    return _tlv(0x30, b"\x02\x01\x01", _tlv(0x30, _ED25519), seed, _tlv(0x81, b"\x00" + public.public_bytes))


def _ec_pkcs8(key: TestKey, parameters: bytes = b"", point: bytes = b"") -> bytes:
    """PKCS#8 with the ECPrivateKey of RFC 5915."""
    inner = [b"\x02\x01\x01", _tlv(0x04, key.secret)]
    inner += [_tlv(0xA0, parameters)] if parameters else []
    inner += [_tlv(0xA1, _tlv(0x03, b"\x00" + point))] if point else []
    return _tlv(0x30, b"\x02\x01\x00", _tlv(0x30, _EC_PUBLIC_KEY, _SECP256K1), _tlv(0x04, _tlv(0x30, *inner)))


def _spki_ec(point: bytes) -> bytes:
    return _tlv(0x30, _tlv(0x30, _EC_PUBLIC_KEY, _SECP256K1), _tlv(0x03, b"\x00" + point))


def _spki_ed(point: bytes) -> bytes:
    return _tlv(0x30, _tlv(0x30, _ED25519), _tlv(0x03, b"\x00" + point))


def _der(key: TestKey) -> bytes:
    return key.private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _pkcs8(private) -> str:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _spki(private) -> str:
    return (
        private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def _lax(text: str) -> str:
    """The same bytes to a lax decoder: the last character carries bits that are not zero."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]
