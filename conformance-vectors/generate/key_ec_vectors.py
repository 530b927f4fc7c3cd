"""Keys of P-256, P-384 and P-521: what an import takes and refuses."""

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448

from encoding import b64u, from_b64u, lax
from jose_keys import ORDERS, P256, P256_2, P384, P521, EcKey
from key_files import OID_EC_PUBLIC_KEY, integer, pem_file, spki, tlv
from key_forms import all_private, all_public
from test_keys import ED1, SE1

#: The primes of the fields (SP 800-186 section 3.2.1).
PRIMES = {
    "ES256": 2**256 - 2**224 + 2**192 + 2**96 - 1,
    "ES384": 2**384 - 2**128 - 2**96 + 2**32 - 1,
    "ES512": 2**521 - 1,
}
_ALL = (P256, P256_2, P384, P521)

#: The key of RFC 7515 appendix A.3, and that of RFC 7520 section 3.2.
RFC_7515 = EcKey("rfc7515", "ES256", int.from_bytes(from_b64u("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"), "big"))
assert RFC_7515.required["x"] == "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
RFC_7520 = EcKey(
    "rfc7520",
    "ES512",
    int.from_bytes(
        from_b64u("AAhRON2r9cqXX1hg-RoI6R1tX5p2rUAYdmpHZoC1XNM56KtscrX6zbKipQrCW9CGZH3T4ubpnoTKLDYJ_fF3_rJt"), "big"
    ),
)
assert RFC_7520.required["x"].startswith("AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkT")


def _leading_zero(algorithm: str, member: str) -> EcKey:
    """The key of the smallest scalar whose coordinate starts with a zero byte that is not always there."""
    for scalar in range(1, 5000):
        key = EcKey(f"zero-{member}", algorithm, scalar)
        value = from_b64u(key.required[member])
        if value[0] == 0 and (algorithm != "ES512" or value[1] == 0):
            return key
    raise AssertionError(algorithm)


def valid(file):
    """Keys that an import takes."""

    def private(form, key, comment, *flags, kid=None):
        file.valid("key_import", {"key": form}, all_private(key, kid), comment, *flags)

    def public(form, key, comment, *flags, kid=None):
        file.valid("public_key_import", {"key": form}, all_public(key, kid), comment, *flags)

    for key in _ALL:
        private({"jwk_utf8": key.private_jwk()}, key, f"{key.name} as JWK", "jwk")
        private({"pem_utf8": key.private_pem}, key, f"{key.name} as PEM", "pem")
        private({"der_b64u": b64u(key.private_der)}, key, f"{key.name} as DER", "der")
        public({"jwk_utf8": key.public_jwk()}, key, f"{key.name} as JWK", "jwk")
        public({"pem_utf8": key.public_pem}, key, f"{key.name} as PEM", "pem")
        public({"der_b64u": b64u(key.public_der)}, key, f"{key.name} as DER", "der")
    for key in (P256, P521):
        bare = key.private_jwk(alg=None, kid=None)
        private({"jwk_utf8": bare}, key, f"{key.name} without alg and kid", "jwk", "kid")
        private({"jwk_utf8": key.private_jwk(kid="k")}, key, f"{key.name} with a kid", "jwk", "kid", kid="k")
        private({"jwk_utf8": bare, "algorithm": key.algorithm}, key, f"{key.name}, named", "jwk", "algorithm")
        public({"pem_utf8": key.public_pem, "algorithm": key.algorithm}, key, f"{key.name}, named", "pem", "algorithm")
    for key in (ED1, SE1):
        private({"der_b64u": b64u(key.private_der)}, key, f"{key.name} as DER", "der")
        public({"der_b64u": b64u(key.public_der)}, key, f"{key.name} as DER", "der")
        private(
            {"jwk_utf8": key.private_jwk(), "algorithm": key.algorithm}, key, f"{key.name}, named", "jwk", "algorithm"
        )
    public({"jwk_utf8": ED1.public_jwk(), "algorithm": "Ed25519"}, ED1, "the name of RFC 9864", "jwk", "algorithm")
    private({"jwk_utf8": RFC_7515.private_jwk(alg=None, kid=None)}, RFC_7515, "RFC 7515 appendix A.3", "jwk", "rfc")
    kid = "bilbo.baggins@hobbiton.example"
    private(
        {"jwk_utf8": RFC_7520.private_jwk(alg=None, kid=kid, use="sig")},
        RFC_7520,
        "RFC 7520 section 3.2",
        "jwk",
        "rfc",
        kid=kid,
    )
    for algorithm in ORDERS:
        name = algorithm
        for key, comment in (
            (EcKey("one", algorithm, 1), "the scalar 1"),
            (EcKey("last", algorithm, ORDERS[algorithm] - 1), "the scalar n−1"),
            (_leading_zero(algorithm, "x"), "x with a zero byte in front"),
            (_leading_zero(algorithm, "y"), "y with a zero byte in front"),
        ):
            private({"jwk_utf8": key.private_jwk()}, key, f"{name}: {comment}", "jwk", "range")


def refused(file):
    """Keys that an import refuses."""

    def no(op, form, code, comment, *flags, **detail):
        file.invalid(op, {"key": form}, code, comment, *flags, **detail)

    for key in (P256, P384, P521):
        _refused_members(key, no)
    for op, jwk in (("key_import", P256.private_jwk), ("public_key_import", P256.public_jwk)):
        for more, code, comment in (
            ({"alg": "ES384"}, "key_use_forbidden", "alg is that of another curve"),
            ({"alg": "RS256"}, "key_use_forbidden", "alg is that of another key type"),
            ({"alg": "HS256"}, "key_use_forbidden", "alg is that of a symmetric key"),
            ({"alg": "ECDH-ES"}, "key_use_forbidden", "alg is not one of signatures"),
            ({"alg": "none"}, "key_use_forbidden", "alg is none"),
            ({"use": "enc"}, "key_use_forbidden", "use is enc"),
            ({"key_ops": ["deriveBits"]}, "key_use_forbidden", "key_ops does not allow it"),
        ):
            no(op, {"jwk_utf8": jwk(**more)}, code, comment, "jwk", "use", "class-20")
        bare = jwk(alg=None, kid=None)
        for algorithm, code in (
            ("ES384", "algorithm_mismatch"),
            ("HS256", "algorithm_mismatch"),
            ("EdDSA", "algorithm_mismatch"),
            ("none", "algorithm_unsupported"),
            ("es256", "algorithm_unsupported"),
            ("", "algorithm_unsupported"),
        ):
            no(op, {"jwk_utf8": bare, "algorithm": algorithm}, code, f'named "{algorithm}"', "jwk", "algorithm")
    other = P256_2.required
    no(
        "key_import",
        {"jwk_utf8": P256.private_jwk(x=other["x"], y=other["y"])},
        "key_mismatch",
        "x and y of another key",
        "jwk",
        "mismatch",
    )
    no("key_import", {"jwk_utf8": P256.public_jwk()}, "key_malformed", "a public key", "jwk", "kind", "class-22")
    no(
        "public_key_import",
        {"jwk_utf8": P256.private_jwk()},
        "key_malformed",
        "a private key",
        "jwk",
        "kind",
        "class-22",
    )
    no(
        "public_key_import",
        {"jwk_utf8": SE1.public_jwk(crv="P-256", alg=None)},
        "key_malformed",
        "a point of secp256k1 named P-256",
        "jwk",
        "range",
        "class-20",
        "class-21",
    )
    no(
        "public_key_import",
        {"jwk_utf8": P256.public_jwk(crv="secp256k1", alg=None)},
        "key_malformed",
        "a point of P-256 named secp256k1",
        "jwk",
        "range",
        "class-20",
        "class-21",
    )
    no(
        "public_key_import",
        {"jwk_utf8": P256.public_jwk(crv="P-224", alg=None)},
        "key_unsupported",
        "P-224",
        "jwk",
        "unsupported",
    )
    no(
        "public_key_import",
        {"jwk_utf8": P256.public_jwk(kty="OKP", alg=None)},
        "key_unsupported",
        "P-256 named OKP",
        "jwk",
        "unsupported",
    )
    no(
        "key_import",
        {"alg": "PS512", "hex": "00" * 31 + "07"},
        "algorithm_unsupported",
        "hex of an RSA key",
        "hex",
        "algorithm",
    )
    _refused_files(no)


def _refused_members(key: EcKey, no):
    size, prime = key.size, PRIMES[key.algorithm]
    point = key.private.public_key().public_numbers()
    x, y = (from_b64u(key.required[name]) for name in "xy")

    def encoded(number):
        return b64u(number.to_bytes(size, "big"))

    flags = ("jwk", "range", "class-21")
    name = key.required["crv"]
    for more, comment in (
        ({"y": encoded(point.y ^ 1)}, "a point beside the curve"),
        ({"x": encoded(0), "y": encoded(0)}, "x and y are 0"),
        ({"y": encoded(0)}, "y is 0"),
        ({"x": encoded(prime)}, "x is the prime of the field"),
        ({"x": b64u(b"\xff" * size)}, "x is the largest number"),
        ({"x": b64u(b"\x00" + x)}, "x with a zero byte too many"),
        ({"x": b64u(x[1:])}, "x without its first byte"),
        ({"x": "", "y": ""}, "x and y are empty: the point at infinity"),
        ({"y": None}, "no y"),
        ({"x": b64u(b"\x04" + x + y)}, "x holds the point of SEC 1"),
    ):
        no("public_key_import", {"jwk_utf8": key.public_jwk(**more)}, "key_malformed", f"{name}: {comment}", *flags)
    for more, comment in (
        ({"x": key.required["x"] + "="}, "x with padding"),
        ({"x": 7}, "x is a number"),
        (
            {"x": lax(key.required["x"])} if len(key.required["x"]) % 4 else {"x": key.required["x"] + "\n"},
            "x with bits or bytes that do not belong to it",
        ),
    ):
        no(
            "public_key_import",
            {"jwk_utf8": key.public_jwk(**more)},
            "key_malformed",
            f"{name}: {comment}",
            "jwk",
            "encoding",
        )
    secret = key.scalar.to_bytes(size, "big")
    for d, comment in (
        (encoded(0), "the scalar is 0"),
        (encoded(ORDERS[key.algorithm]), "the scalar is n"),
        (b64u(b"\xff" * size), "the scalar is the largest number"),
        (b64u(b"\x00" + secret), "d with a zero byte too many"),
        (b64u(secret[1:]), "d without its first byte"),
    ):
        no("key_import", {"jwk_utf8": key.private_jwk(d=d)}, "key_malformed", f"{name}: {comment}", "jwk", "range")


def _refused_files(no):
    prime256v1 = bytes.fromhex("06082a8648ce3d030107")
    point = P256.private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )

    def public_file(body, curve=prime256v1):
        return {"der_b64u": b64u(tlv(0x30, tlv(0x30, OID_EC_PUBLIC_KEY, curve), tlv(0x03, b"\x00" + body)))}

    for body, comment in (
        (b"\x00", "the point at infinity"),
        (point[:-1] + bytes([point[-1] ^ 1]), "a point beside the curve"),
        (bytes([6 + point[-1] % 2]) + point[1:], "a hybrid point"),
        (point + b"\x00", "a byte behind the point"),
        (b"", "no point"),
    ):
        no(
            "public_key_import",
            public_file(body),
            "key_malformed",
            f"P-256 as DER: {comment}",
            "der",
            "range",
            "class-21",
        )
    field = tlv(0x30, bytes.fromhex("06072a8648ce3d0101"), integer(PRIMES["ES256"]))
    curve = tlv(
        0x30,
        tlv(0x04, (PRIMES["ES256"] - 3).to_bytes(32, "big")),
        tlv(0x04, bytes.fromhex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")),
    )
    # The generator is the public key itself: the private key of anyone's certificate is then 1 (CVE-2020-0601).
    explicit = tlv(0x30, integer(1), field, curve, tlv(0x04, point), integer(ORDERS["ES256"]), integer(1))
    no(
        "public_key_import",
        public_file(point, explicit),
        "key_unsupported",
        "P-256 as DER: a curve of its own, with a generator of the attacker's choice",
        "der",
        "unsupported",
        "class-21",
    )
    no(
        "public_key_import",
        {"der_b64u": b64u(P256.public_der + b"\x00")},
        "key_malformed",
        "a byte behind the DER text",
        "der",
        "encoding",
    )
    no(
        "public_key_import",
        {"der_b64u": b64u(P256.public_der[:-1])},
        "key_malformed",
        "a DER text cut short",
        "der",
        "encoding",
    )
    no("public_key_import", {"der_b64u": ""}, "key_malformed", "no bytes", "der", "encoding")
    no(
        "public_key_import",
        {"der_b64u": b64u(P256.public_pem.encode())},
        "key_malformed",
        "a PEM file as DER",
        "der",
        "encoding",
    )
    no(
        "public_key_import",
        {"der_b64u": b64u(P256.private_der)},
        "key_malformed",
        "a private key as DER",
        "der",
        "kind",
        "class-22",
    )
    no("key_import", {"der_b64u": b64u(P256.public_der)}, "key_malformed", "a public key as DER", "der", "kind")
    no(
        "key_import",
        {"der_b64u": b64u(P256.private_der[:-4])},
        "key_malformed",
        "a DER text cut short",
        "der",
        "encoding",
    )
    no(
        "key_import",
        {"der_b64u": b64u(P256.private_der + b"\x00")},
        "key_malformed",
        "a byte behind the DER text",
        "der",
        "encoding",
    )
    sec1 = P256.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()
    no("key_import", {"pem_utf8": sec1}, "key_unsupported", "a SEC 1 file", "pem", "unsupported")
    no("key_import", {"pem_utf8": P256.public_pem}, "key_unsupported", "a public key", "pem", "unsupported")
    no(
        "public_key_import",
        {"pem_utf8": P256.private_pem},
        "key_unsupported",
        "a private key",
        "pem",
        "unsupported",
        "class-22",
    )
    certificate = pem_file("CERTIFICATE", P256.public_der)
    no("public_key_import", {"pem_utf8": certificate}, "key_unsupported", "a certificate", "pem", "unsupported")
    no(
        "public_key_import",
        {"pem_utf8": spki(ec.derive_private_key(7, ec.SECP224R1()))},
        "key_unsupported",
        "a key of P-224",
        "pem",
        "unsupported",
    )
    no(
        "public_key_import",
        {"pem_utf8": spki(ec.derive_private_key(7, ec.BrainpoolP256R1()))},
        "key_unsupported",
        "a key of brainpoolP256r1",
        "pem",
        "unsupported",
    )
    no(
        "public_key_import",
        {"pem_utf8": spki(ed448.Ed448PrivateKey.from_private_bytes(bytes(57)))},
        "key_unsupported",
        "a key of Ed448",
        "pem",
        "unsupported",
    )
    parameters = tlv(0x30, integer(2**1024 + 643), integer(2**160 + 7), integer(2))
    dsa_key = tlv(0x30, tlv(0x30, bytes.fromhex("06072a8648ce380401"), parameters), tlv(0x03, b"\x00" + integer(5)))
    no("public_key_import", {"der_b64u": b64u(dsa_key)}, "key_unsupported", "a DSA key", "der", "unsupported")
