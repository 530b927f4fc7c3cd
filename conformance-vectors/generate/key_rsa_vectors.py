"""RSA keys: what an import takes and refuses."""

import json

from cryptography.hazmat.primitives import serialization

from encoding import b64u, from_b64u, lax
from jose_keys import RSA, RSA_2, RSA_3072, RSA_4096, RSA_ALGORITHMS, RsaKey, text_of, uint
from key_files import OID_RSA, integer, pem_file, tlv
from key_forms import all_private, all_public
from rsa_primes import roca_key, rsa_key, stream

_SENTENCE = "samebyte test-only key"
ROCA = RsaKey("roca", roca_key(f"{_SENTENCE} roca"))
SHORT = RsaKey("short", rsa_key(f"{_SENTENCE} short", 1024))
SMALL_E = RsaKey("e-3", rsa_key(f"{_SENTENCE} e-3", 2048, 3))
#: The key of RFC 7638 section 3.1, which carries alg and kid.
RFC_7638 = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}


def valid(file):
    """Keys that an import takes."""

    def private(form, key, comment, *flags, kid=None):
        file.valid("key_import", {"key": form}, all_private(key, kid), comment, *flags)

    def public(form, key, comment, *flags, kid=None):
        file.valid("public_key_import", {"key": form}, all_public(key, kid), comment, *flags)

    for key in (RSA, RSA_3072, RSA_4096):
        private({"jwk_utf8": key.private_jwk()}, key, f"{key.name} as JWK", "jwk")
        public({"jwk_utf8": key.public_jwk()}, key, f"{key.name} as JWK", "jwk")
    for key in (RSA, RSA_3072):
        public({"pem_utf8": key.public_pem}, key, f"{key.name} as PEM", "pem")
    private({"pem_utf8": RSA.private_pem}, RSA, "as PEM", "pem")
    private({"der_b64u": b64u(RSA.private_der)}, RSA, "as DER", "der")
    public({"der_b64u": b64u(RSA.public_der)}, RSA, "as DER", "der")
    private({"jwk_utf8": RSA.private_jwk(kid=None)}, RSA, "without kid", "jwk", "kid")
    public({"jwk_utf8": RSA.public_jwk(kid="k", use="sig")}, RSA, "with a kid", "jwk", "kid", kid="k")
    for algorithm in RSA_ALGORITHMS:
        bound = RSA.bound(algorithm)
        public({"jwk_utf8": bound.public_jwk()}, bound, f"bound to {algorithm} by its JWK", "jwk", "use")
        public({"pem_utf8": RSA.public_pem, "algorithm": algorithm}, bound, f"bound to {algorithm}", "pem", "algorithm")
    private(
        {"jwk_utf8": RSA.bound("PS384").private_jwk()}, RSA.bound("PS384"), "bound to PS384 by its JWK", "jwk", "use"
    )
    private(
        {"der_b64u": b64u(RSA.private_der), "algorithm": "RS512"},
        RSA.bound("RS512"),
        "bound to RS512",
        "der",
        "algorithm",
    )
    public(
        {"jwk_utf8": RSA.bound("PS256").public_jwk(), "algorithm": "PS256"},
        RSA.bound("PS256"),
        "bound to PS256 twice",
        "jwk",
        "algorithm",
    )
    private({"jwk_utf8": SMALL_E.private_jwk()}, SMALL_E, "the public exponent 3", "jwk", "range", "class-17")
    jwk = text_of(RFC_7638)
    spki = serialization.load_der_public_key(_spki(_number(RFC_7638["n"]), 65537))
    file.valid(
        "public_key_import",
        {"key": {"jwk_utf8": json.dumps(RFC_7638)}},
        {
            "alg": "RS256",
            "kid": "2011-04-29",
            "thumbprint": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
            "public_jwk_utf8": jwk,
            "public_pem_utf8": pem_file("PUBLIC KEY", _spki(_number(RFC_7638["n"]), 65537)),
            "public_der_b64u": b64u(
                spki.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            ),
        },
        "RFC 7638 section 3.1",
        "jwk",
        "rfc",
    )


def refused(file):
    """Keys that an import refuses."""

    def public(form, code, comment, *flags):
        file.invalid("public_key_import", {"key": form}, code, comment, *flags)

    def private(form, code, comment, *flags):
        file.invalid("key_import", {"key": form}, code, comment, *flags)

    n = _number(RSA.required["n"])
    long = int.from_bytes(stream(f"{_SENTENCE} long", 1125), "big") | 1 << 8999 | 1
    weak = ("range", "class-17")
    for modulus, e, code, comment in (
        (_modulus(512), 65537, "key_weak", "512 bits"),
        (_modulus(1024), 65537, "key_weak", "1024 bits"),
        (_modulus(2046), 65537, "key_weak", "2046 bits"),
        (n >> 1 | 1, 65537, "key_weak", "2047 bits"),
        (long >> 807 | 1, 65537, "key_unsupported", "8193 bits"),
        (long, 65537, "key_unsupported", "9000 bits"),
        (n - 1, 65537, "key_malformed", "an even modulus"),
        (0, 65537, "key_malformed", "the modulus 0"),
        (n, 0, "key_malformed", "the public exponent 0"),
        (n, 1, "key_malformed", "the public exponent 1"),
        (n, 2, "key_malformed", "the public exponent 2"),
        (n, 65536, "key_malformed", "an even public exponent"),
        (_number(ROCA.required["n"]), 65537, "key_weak", "a modulus of the chips of CVE-2017-15361 (ROCA)"),
    ):
        jwk = text_of({"e": uint(e), "kty": "RSA", "n": uint(modulus)})
        public({"jwk_utf8": jwk}, code, comment, "jwk", *weak)
        if comment in ("1024 bits", "9000 bits", "the public exponent 1") or modulus == _number(ROCA.required["n"]):
            public({"der_b64u": b64u(_spki(modulus, e))}, code, f"{comment}, as DER", "der", *weak)
    for key, comment in ((SHORT, "1024 bits"), (ROCA, "ROCA")):
        private({"jwk_utf8": key.private_jwk()}, "key_weak", comment, "jwk", *weak)
        private({"pem_utf8": key.private_pem}, "key_weak", f"{comment}, as PEM", "pem", *weak)
    for member in ("n", "e"):
        value = RSA.required[member]
        for changed, comment in (
            (None, "missing"),
            ("", "empty"),
            (b64u(b"\x00" + from_b64u(value)), "with a zero byte in front"),
            (value + "=", "with padding"),
            (lax(RSA.required["n"]) if member == "n" else "AQAB\n", "in a lax spelling"),
            (65537, "a number"),
        ):
            flag = "kind" if changed is None else "encoding"
            public(
                {"jwk_utf8": RSA.public_jwk(**{member: changed})},
                "key_malformed",
                f"{member} is {comment}",
                "jwk",
                flag,
            )
    for member in ("p", "q", "dp", "dq", "qi"):
        private(
            {"jwk_utf8": RSA.private_jwk(**{member: None})}, "key_unsupported", f"no {member}", "jwk", "unsupported"
        )
    private(
        {"jwk_utf8": RSA.private_jwk(**dict.fromkeys(("p", "q", "dp", "dq", "qi")))},
        "key_unsupported",
        "n, e and d alone",
        "jwk",
        "unsupported",
    )
    third = {"d": "Aw", "r": "Bw", "t": "AQ"}
    private({"jwk_utf8": RSA.private_jwk(oth=[third])}, "key_unsupported", "more than two primes", "jwk", "unsupported")
    private({"jwk_utf8": RSA.public_jwk()}, "key_malformed", "a public key", "jwk", "kind", "class-22")
    public({"jwk_utf8": RSA.private_jwk()}, "key_malformed", "a private key", "jwk", "kind", "class-22")
    for member in RSA.secrets:
        public(
            {"jwk_utf8": RSA.public_jwk(**{member: RSA.secrets[member]})},
            "key_malformed",
            f"a public key with {member}",
            "jwk",
            "kind",
            "class-22",
        )
    _refused_use(private, public)
    _refused_files(private, public)
    _refused_mismatch(private)


def _refused_use(private, public):
    for refuse, jwk in ((private, RSA.private_jwk), (public, RSA.public_jwk)):
        for more, code, comment in (
            ({"alg": "RSA-OAEP"}, "key_use_forbidden", "alg is not one of signatures"),
            ({"alg": "ES256"}, "key_use_forbidden", "alg is that of another key type"),
            ({"alg": "HS256"}, "key_use_forbidden", "alg is that of a symmetric key"),
            ({"alg": "none"}, "key_use_forbidden", "alg is none"),
            ({"alg": "rs256"}, "key_use_forbidden", "alg in lower case"),
            ({"use": "enc"}, "key_use_forbidden", "use is enc"),
            ({"key_ops": ["encrypt", "decrypt"]}, "key_use_forbidden", "key_ops does not allow it"),
        ):
            refuse({"jwk_utf8": jwk(**more)}, code, comment, "jwk", "use", "class-20")
        refuse(
            {"jwk_utf8": jwk(alg="RS256"), "algorithm": "PS256"},
            "algorithm_mismatch",
            "bound to RS256, named PS256",
            "jwk",
            "algorithm",
        )
        refuse({"jwk_utf8": jwk(), "algorithm": "ES256"}, "algorithm_mismatch", "named ES256", "jwk", "algorithm")
        refuse(
            {"jwk_utf8": jwk(), "algorithm": "HS256"},
            "algorithm_mismatch",
            "named HS256",
            "jwk",
            "algorithm",
            "class-02",
        )
        refuse({"jwk_utf8": jwk(), "algorithm": "RS1"}, "algorithm_unsupported", "named RS1", "jwk", "algorithm")


def _refused_files(private, public):
    numbers = RSA.private.private_numbers()
    pkcs1 = tlv(
        0x30,
        *(
            integer(number)
            for number in (
                0,
                numbers.public_numbers.n,
                numbers.public_numbers.e,
                numbers.d,
                numbers.p,
                numbers.q,
                numbers.dmp1,
                numbers.dmq1,
                numbers.iqmp,
            )
        ),
    )
    assert RSA.private_der == tlv(0x30, integer(0), OID_RSA, tlv(0x04, pkcs1))
    pss = bytes.fromhex("300b06092a864886f70d01010a")
    private({"pem_utf8": pem_file("RSA PRIVATE KEY", pkcs1)}, "key_unsupported", "a PKCS#1 file", "pem", "unsupported")
    private(
        {"der_b64u": b64u(tlv(0x30, integer(0), pss, tlv(0x04, pkcs1)))},
        "key_unsupported",
        "id-RSASSA-PSS",
        "der",
        "unsupported",
    )
    inner = tlv(0x30, integer(_number(RSA.required["n"])), integer(65537))
    public({"pem_utf8": pem_file("RSA PUBLIC KEY", inner)}, "key_unsupported", "a PKCS#1 file", "pem", "unsupported")
    public(
        {"der_b64u": b64u(tlv(0x30, pss, tlv(0x03, b"\x00" + inner)))},
        "key_unsupported",
        "id-RSASSA-PSS",
        "der",
        "unsupported",
    )
    public(
        {"der_b64u": b64u(RSA.public_der + b"\x00")}, "key_malformed", "a byte behind the DER text", "der", "encoding"
    )
    public({"der_b64u": b64u(RSA.public_der[:-1])}, "key_malformed", "a DER text cut short", "der", "encoding")
    private({"der_b64u": b64u(RSA.private_der[:-1])}, "key_malformed", "a DER text cut short", "der", "encoding")
    private({"der_b64u": b64u(RSA.public_der)}, "key_malformed", "a public key", "der", "kind")
    negative = tlv(0x30, tlv(0x02, b"\xff" * 256), integer(65537))
    public(
        {"der_b64u": b64u(tlv(0x30, OID_RSA, tlv(0x03, b"\x00" + negative)))},
        "key_malformed",
        "a negative modulus",
        "der",
        "range",
        "class-17",
    )
    padded = tlv(0x30, tlv(0x02, b"\x00\x00" + from_b64u(RSA.required["n"])), integer(65537))
    public(
        {"der_b64u": b64u(tlv(0x30, OID_RSA, tlv(0x03, b"\x00" + padded)))},
        "key_malformed",
        "a modulus that is not DER",
        "der",
        "encoding",
        "class-17",
    )


def _refused_mismatch(private):
    other = RSA_2.secrets
    for more, comment in (
        ({"n": RSA_2.required["n"]}, "the modulus of another key"),
        ({"d": other["d"]}, "d of another key"),
        ({"p": other["p"]}, "p of another key"),
        ({"dp": other["dp"]}, "dp of another key"),
        ({"dq": other["dq"]}, "dq of another key"),
        ({"qi": other["qi"]}, "qi of another key"),
        ({"e": "Aw"}, "another public exponent"),
    ):
        private({"jwk_utf8": RSA.private_jwk(**more)}, "key_mismatch", comment, "jwk", "mismatch")


def _modulus(bits: int) -> int:
    """The product of two primes, with as many bits."""
    return _number(RsaKey("", rsa_key(f"{_SENTENCE} {bits}", bits)).required["n"])


def _number(text: str) -> int:
    return int.from_bytes(from_b64u(text), "big")


def _spki(n: int, e: int) -> bytes:
    return tlv(0x30, OID_RSA, tlv(0x03, b"\x00" + tlv(0x30, integer(n), integer(e))))
