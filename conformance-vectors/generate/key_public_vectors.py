"""Public keys of Ed25519 and secp256k1: what an import takes and refuses."""

import json

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import x25519

from document_vectors import SMALL_ORDER
from encoding import b64u
from key_files import OID_RSA, pem_file, spki, spki_ec, spki_ed, tlv
from key_forms import LAST, ONE, RFC_8037, all_public
from signatures import SECP256K1_PRIME
from test_keys import ED1, ED2, SE1, SE2


def valid(file):
    def ok(form, key, comment, *flags, kid=None):
        file.valid("public_key_import", {"key": form}, all_public(key, kid), comment, *flags)

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
    ok({"pem_utf8": pem_file("PUBLIC KEY", spki_ec(compressed))}, SE1, "SPKI with a compressed point", "pem")


def refused(file):
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
        {"pem_utf8": pem_file("PUBLIC KEY", spki_ed(SMALL_ORDER[0]))},
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
        (
            pem_file("PUBLIC KEY", tlv(0x30, OID_RSA, tlv(0x03, b"\x00\x30\x00"))),
            "key_malformed",
            "an RSA key with nothing in it",
            "encoding",
        ),
        (
            spki(x25519.X25519PrivateKey.from_private_bytes(ED1.secret)),
            "key_unsupported",
            "a key of X25519",
            "unsupported",
        ),
        ("", "key_malformed", "an empty file", "encoding"),
        (ED1.public_jwk(), "key_malformed", "a JWK", "encoding"),
        (pem_file("PUBLIC KEY", spki_ed(ED1.public_bytes[:31])), "key_malformed", "31 bytes", "encoding"),
        (pem_file("PUBLIC KEY", bytes.fromhex("3000")), "key_malformed", "an empty sequence", "encoding"),
        (pem_file("PUBLIC KEY", spki_ec(bytes.fromhex(hybrid))), "key_malformed", "a hybrid point", "encoding"),
        (pem_file("PUBLIC KEY", spki_ec(b"\x00")), "key_malformed", "the point at infinity", "range"),
        (
            pem_file("PUBLIC KEY", spki_ec(bytes.fromhex("04" + x + x))),
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
