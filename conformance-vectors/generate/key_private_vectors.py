"""Private keys of Ed25519 and secp256k1: what an import takes and refuses."""

import json

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import x25519

from encoding import b64u, from_b64u, lax
from key_files import OID_P256, OID_RSA, OID_SECP256K1, ec_pkcs8, pem_file, pkcs8, pkcs8_v2, tlv
from key_forms import LAST, LEADING_ZERO, ONE, RFC_8032, RFC_8037, all_private
from signatures import SECP256K1_ORDER, SECP256K1_PRIME
from test_keys import ED1, ED2, SE1, SE2, TestKey


def valid(file):
    def ok(form, key, comment, *flags, kid=None):
        file.valid("key_import", {"key": form}, all_private(key, kid), comment, *flags)

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
    ok({"pem_utf8": pem_file("PRIVATE KEY", pkcs8_v2(ED1, ED1))}, ED1, "PKCS#8 version 2 with the public key", "pem")
    ok({"pem_utf8": pem_file("PRIVATE KEY", ec_pkcs8(SE1))}, SE1, "an EC private key without its public key", "pem")
    ok(
        {"pem_utf8": pem_file("PRIVATE KEY", ec_pkcs8(SE1, parameters=OID_SECP256K1))},
        SE1,
        "an EC private key that names its curve again",
        "pem",
    )
    ok(
        {"pem_utf8": pem_file("PRIVATE KEY", ec_pkcs8(SE1, point=SE1.public_bytes))},
        SE1,
        "an EC private key with a compressed public key",
        "pem",
    )


def refused(file):
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
            (lax(d), "trailing bits that are not zero"),
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
        jwk(key, "key_malformed", f"{name}: kty RSA", "kind", alg=None, kty="RSA")
        jwk(key, "key_use_forbidden", f"{name}: kty oct", "kind", alg=None, kty="oct", k=b64u(key.secret))
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
        (pkcs8(x25519.X25519PrivateKey.from_private_bytes(ED1.secret)), "key_unsupported", "a key of X25519"),
        (
            pem_file("PRIVATE KEY", tlv(0x30, b"\x02\x01\x00", OID_RSA, tlv(0x04, b"\x30\x00"))),
            "key_malformed",
            "an RSA key with nothing in it",
        ),
        (pem_file("ENCRYPTED PRIVATE KEY", bytes.fromhex("3000")), "key_unsupported", "an encrypted key"),
        ("", "key_malformed", "an empty file"),
        ("hello", "key_malformed", "no PEM"),
        (ED1.private_pem[:60], "key_malformed", "a file cut short"),
        (ED1.private_jwk(), "key_malformed", "a JWK"),
        (ED1.private_pem.replace("MC4C", "MC4*"), "key_malformed", "a character that is not base64"),
        (pem_file("PRIVATE KEY", bytes.fromhex("3000")), "key_malformed", "an empty sequence"),
        (pem_file("PRIVATE KEY", ED1.private_der[:-1] + b""), "key_malformed", "a DER text cut short"),
        (pem_file("PRIVATE KEY", ED1.private_der + b"\x00"), "key_malformed", "a byte behind the DER text"),
        (
            pem_file("PRIVATE KEY", ED1.private_der[:14] + b"\x04\x1f" + ED1.secret[:31]),
            "key_malformed",
            "lengths that do not agree",
        ),
    ):
        no({"pem_utf8": pem}, code, comment, "pem", "unsupported" if code == "key_unsupported" else "encoding")
    no(
        {"pem_utf8": pem_file("PRIVATE KEY", pkcs8_v2(ED1, ED2))},
        "key_mismatch",
        "PKCS#8 version 2 with the public key of another",
        "pem",
        "mismatch",
    )
    no(
        {"pem_utf8": pem_file("PRIVATE KEY", ec_pkcs8(SE1, point=SE2.public_bytes))},
        "key_mismatch",
        "an EC private key with the public key of another",
        "pem",
        "mismatch",
    )
    no(
        {"pem_utf8": pem_file("PRIVATE KEY", ec_pkcs8(SE1, parameters=OID_P256))},
        "key_malformed",
        "an EC private key that names another curve than its envelope",
        "pem",
        "mismatch",
    )
    no(
        {"pem_utf8": pem_file("PRIVATE KEY", ec_pkcs8(TestKey("n", "ES256K", SECP256K1_ORDER.to_bytes(32, "big"))))},
        "key_malformed",
        "the scalar n",
        "pem",
        "range",
    )
