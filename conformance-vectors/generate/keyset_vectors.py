"""The vectors of noun `keyset`."""

import hashlib
import json

from classes import CLASSES
from document_vectors import SMALL_ORDER
from encoding import b64u
from jose_keys import HS256, HS512, P256, P256_2, P384, P521, RSA, RSA_2, OctKey, text_of
from key_rsa_vectors import ROCA, SHORT, SMALL_E
from test_keys import ED1, ED2, SE1, SE2, TestKey
from vectors import Noun

_CHECKED_BY = (
    "the keys are those of the noun `key`, whose public parts OpenSSL (cryptography) computed; the JWK Sets by json; thumbprints by hashlib; "
    "codes are by hand, from RFC 7517 section 5 and the rules of the project"
)

NOTES = {
    "jwks": "RFC 7517 section 5.",
    "keys": "A set of keys that were imported one by one.",
    "find": "One key by its kid.",
    "skipped": "RFC 7517 section 5: keys that are not understood, or not for verifying, are no part of the set.",
    "duplicate": "One kid or one key twice: which one is meant must not depend on the reader.",
    "refused": "One bad key refuses the whole set; the pointer says which.",
    "shape": "The text is not a JWK Set.",
    "reader": "The rules of the JSON reader hold for JWK Sets, too.",
    "lint": "What a reader should know about a set that it takes, or why it does not.",
    "limit": "At most 1,000 keys and 1 MiB.",
    **CLASSES,
}
_SEVERAL = (ED1, SE1, P256, P384, P521, RSA)


def build() -> Noun:
    """Every file of the noun."""
    noun = Noun("keyset")
    for name, make in (("new", _new), ("jwks", _jwks), ("refused", _refused), ("find", _find), ("lint", _lint)):
        file = noun.file(name, _CHECKED_BY, {})
        make(file)
        file.notes = {flag: NOTES[flag] for case in file.cases for flag in case["flags"]}
    return noun


def jwks(*keys) -> str:
    """A JWK Set; a key that is text stands in it as it is."""
    return '{"keys":[' + ",".join(key if isinstance(key, str) else key.public_jwk() for key in keys) + "]}"


def _set(*keys) -> dict:
    return {"jwks_utf8": jwks(*keys), "length": len(keys)}


def _new(file):
    def ok(keys, expected, comment, *flags):
        file.valid("keyset_new", {"keys": keys}, expected, comment, "keys", *flags)

    def no(keys, code, comment, *flags):
        file.invalid("keyset_new", {"keys": keys}, code, comment, "keys", *flags)

    ok([], _set(), "no key")
    ok([{"jwk_utf8": ED1.public_jwk()}], _set(ED1), "one key")
    ok([{"jwk_utf8": key.public_jwk()} for key in _SEVERAL], _set(*_SEVERAL), "a key of each type")
    ok(
        [{"pem_utf8": RSA.public_pem}, {"der_b64u": b64u(P256.public_der)}, {"alg": "EdDSA", "hex": ED1.public_hex}],
        _set(RSA, P256, ED1),
        "keys of several forms",
    )
    ok(
        [{"jwk_utf8": ED1.public_jwk(kid="b")}, {"jwk_utf8": ED2.public_jwk(kid="a")}],
        _set(ED1.public_jwk(kid="b"), ED2.public_jwk(kid="a")),
        "the order is kept",
    )
    ok(
        [HS256.form],
        {"jwks_utf8": jwks(), "length": 1},
        "a symmetric key is in the set and is never written",
        "class-22",
    )
    ok(
        [
            {"jwk_utf8": ED1.public_jwk()},
            HS256.form,
            {"symmetric_jwk_utf8": OctKey("", HS256.secret[::-1], "HS256").jwk()},
        ],
        {"jwks_utf8": jwks(ED1), "length": 3},
        "an asymmetric key and two symmetric ones, one without kid",
        "class-22",
    )
    ok(
        [{"jwk_utf8": ED1.public_jwk(kid='../../etc/passwd\u0000"é')}],
        _set(ED1.public_jwk(kid='../../etc/passwd\u0000"é')),
        "a kid is any text and never a path",
        "class-07",
    )
    same = {"jwk_utf8": ED1.public_jwk()}
    no([same, same], "duplicate_kid", "one key twice", "duplicate", "class-07")
    no([same, {"jwk_utf8": ED1.public_jwk(kid="k")}], "duplicate_kid", "one key with two kids", "duplicate", "class-07")
    no(
        [{"jwk_utf8": ED1.public_jwk(kid="k")}, {"jwk_utf8": SE1.public_jwk(kid="k")}],
        "duplicate_kid",
        "two keys with one kid",
        "duplicate",
        "class-07",
    )
    no(
        [{"jwk_utf8": ED1.public_jwk(kid="hs256-1")}, HS256.form],
        "duplicate_kid",
        "an asymmetric and a symmetric key with one kid",
        "duplicate",
        "class-02",
        "class-07",
    )
    no(
        [HS256.form, OctKey("", HS256.secret, "HS256", "other").form],
        "duplicate_kid",
        "one secret twice",
        "duplicate",
        "class-07",
    )
    for secret, comment in (
        (HS256.secret + b"\0", "one secret twice, with a zero that HMAC puts there itself"),
        (hashlib.sha256(HS512.secret * 2).digest(), "a long secret and its hash, which HMAC takes in its place"),
    ):
        first = HS256 if secret.startswith(HS256.secret) else OctKey("", HS512.secret * 2, "HS256", "long")
        no([first.form, OctKey("", secret, "HS256", "other").form], "duplicate_kid", comment, "duplicate", "class-07")
    no(
        [{"jwk_utf8": RSA.public_jwk(alg="RS256")}, {"jwk_utf8": RSA.public_jwk(alg="PS256", kid="ps")}],
        "duplicate_kid",
        "one RSA key for two algorithms",
        "duplicate",
        "class-07",
    )
    no([same, {"jwk_utf8": ED2.private_jwk()}], "key_malformed", "a private key", "refused", "class-22")
    no(
        [same, {"jwk_utf8": HS256.jwk()}],
        "key_use_forbidden",
        "a symmetric key where a public one is due",
        "refused",
        "class-02",
        "class-22",
    )


def _jwks(file):
    def ok(text, expected, comment, *flags):
        file.valid("keyset_from_jwks", {"jwks": text}, expected, comment, "jwks", *flags)

    ok(jwks(), _set(), "no key")
    ok(jwks(ED1), _set(ED1), "one key")
    ok(jwks(*_SEVERAL), _set(*_SEVERAL), "a key of each type")
    ok(json.dumps(json.loads(jwks(SE1, ED1)), indent=2), _set(SE1, ED1), "in another spelling")
    ok('{"extra":{"a":[1]},' + jwks(ED1)[1:], _set(ED1), "a member that is ignored (RFC 7517 section 5)")
    ok(jwks(ED1.public_jwk(kid=None, alg=None), P256.public_jwk(kid=None)), _set(ED1, P256), "kids by thumbprint")
    ok(
        jwks(ED1.public_jwk(kid="a"), ED2.public_jwk(kid="b")),
        _set(ED1.public_jwk(kid="a"), ED2.public_jwk(kid="b")),
        "kids of their own",
    )
    ok(
        jwks(RSA.public_jwk(use="sig", key_ops=["verify"]), RSA_2),
        _set(RSA, RSA_2),
        "two RSA keys, one for signatures by its metadata",
    )
    many = [_numbered(i) for i in range(40)]
    ok(jwks(*many), {"jwks_utf8": jwks(*many), "length": 40}, "forty keys")
    skipped = (
        (text_of({"kty": "OKP", "crv": "X25519", "x": b64u(bytes(31) + b"\x09")}), "X25519"),
        (text_of({"kty": "OKP", "crv": "Ed448", "x": b64u(bytes(57))}), "Ed448"),
        (text_of({"kty": "EC", "crv": "P-224", "x": "AA", "y": "AA"}), "P-224"),
        (text_of({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}), "another key type (ML-DSA)"),
        (text_of({"kty": "none"}), "a key type that does not exist"),
        (P256.public_jwk(use="enc"), "use is enc"),
        (RSA.public_jwk(alg="RSA-OAEP-256"), "alg is one of encryption"),
        (P256.public_jwk(alg="ECDH-ES"), "alg is one of key agreement"),
        (ED2.public_jwk(key_ops=["sign"]), "key_ops has no verify"),
    )
    for text, comment in skipped:
        ok(
            jwks(ED1, text, SE1),
            _set(ED1, SE1),
            comment,
            "skipped",
            *(("class-20",) if "alg" in text or "use" in text else ()),
        )
    ok(jwks(*(text for text, _ in skipped[:3])), _set(), "only keys that are skipped", "skipped")
    ok(
        jwks(ED1.public_jwk(use="enc"), ED1),
        _set(ED1),
        "a key for encryption and the same key for signatures",
        "skipped",
        "class-20",
    )


def _numbered(i: int) -> str:
    """One of many public keys."""
    return TestKey("", "EdDSA", i.to_bytes(32, "big")).public_jwk(kid=f"key-{i}")


def _refused(file):
    def no(text, code, comment, *flags, **detail):
        file.invalid("keyset_from_jwks", {"jwks": text}, code, comment, "jwks", *flags, **detail)

    good = ED1.public_jwk()
    for key, code, comment, flags in (
        (SE1.private_jwk(), "key_malformed", "a private key", ["class-22"]),
        (RSA.private_jwk(), "key_malformed", "a private RSA key", ["class-22"]),
        (HS256.jwk(), "key_malformed", "a symmetric key", ["class-22"]),
        (
            P256.public_jwk(use="enc", d=P256.secrets["d"]),
            "key_malformed",
            "a private key for encryption",
            ["class-22"],
        ),
        (P256.public_jwk(y=P256_2.required["y"]), "key_malformed", "a point beside the curve", ["class-21"]),
        (P256.public_jwk(x=None), "key_malformed", "no x", ["class-21"]),
        (ED2.public_jwk(x=ED2.required["x"] + "="), "key_malformed", "padding", ["class-12"]),
        (ED2.public_jwk(kid=7), "key_malformed", "kid is a number", ["class-07"]),
        (ED2.public_jwk(kid=["a"]), "key_malformed", "kid is an array", ["class-07"]),
        (ED2.public_jwk(use=7), "key_malformed", "use is a number", ["class-20"]),
        (ED2.public_jwk(kty=7), "key_malformed", "kty is a number", []),
        (text_of({"x": ED2.required["x"]}), "key_malformed", "no kty", []),
        ("7", "key_malformed", "a number", []),
        ("null", "key_malformed", "null", []),
        (jwks(ED2), "key_malformed", "a set in a set", []),
        (SHORT.public_jwk(), "key_weak", "an RSA key of 1024 bits", ["class-17"]),
        (ROCA.public_jwk(), "key_weak", "a ROCA key", ["class-17"]),
        (RSA.public_jwk(e="AQ"), "key_malformed", "the public exponent 1", ["class-17"]),
        (
            text_of({"kty": "OKP", "crv": "Ed25519", "x": b64u(SMALL_ORDER[0])}),
            "key_weak",
            "a point of small order",
            ["class-16"],
        ),
    ):
        no(jwks(good, key), code, comment, "refused", *flags, pointer="/keys/1")
    no(
        jwks(SE1.private_jwk(), good),
        "key_malformed",
        "a private key in front",
        "refused",
        "class-22",
        pointer="/keys/0",
    )
    no(
        jwks(good, SE1, P256, P384, RSA.public_jwk(n="AQ")),
        "key_weak",
        "the fifth key is weak",
        "refused",
        "class-17",
        pointer="/keys/4",
    )
    dup = ("duplicate", "class-07")
    no(jwks(ED1, ED1), "duplicate_kid", "one key twice", *dup)
    no(jwks(ED1, ED1.public_jwk(kid="k")), "duplicate_kid", "one key with two kids", *dup)
    no(jwks(ED1.public_jwk(kid="k"), ED2.public_jwk(kid="k")), "duplicate_kid", "two keys with one kid", *dup)
    no(
        jwks(ED1.public_jwk(kid="k"), P256.public_jwk(kid="k")),
        "duplicate_kid",
        "two keys of different types with one kid",
        *dup,
    )
    no(
        jwks(ED1, SE1.public_jwk(kid=ED1.thumbprint)),
        "duplicate_kid",
        "a kid that is the thumbprint of another key",
        *dup,
    )
    no(
        jwks(ED1.public_jwk(kid="k"), ED2.public_jwk(kid="\\u006b").replace("\\\\u006b", "\\u006b")),
        "duplicate_kid",
        "two kids that are one behind an escape",
        *dup,
    )
    for text, comment in (
        ("[]", "an array"),
        ("7", "a number"),
        ("{}", "no member"),
        ('{"keys":{}}', "keys is an object"),
        ('{"keys":null}', "keys is null"),
        ('{"keys":"' + ED1.thumbprint + '"}', "keys is a string"),
        ('{"Keys":[]}', "keys with a capital letter"),
        (good, "a JWK alone"),
        ("[" + good + "]", "an array of JWKs"),
    ):
        no(text, "key_malformed", comment, "shape")
    for text, code, comment, flags in (
        ('{"keys":[],"keys":[]}', "duplicate_member", "keys twice", ["class-10"]),
        (
            '{"keys":[],"\\u006beys":[' + good + "]}",
            "duplicate_member",
            "keys twice, once behind an escape",
            ["class-10"],
        ),
        (jwks(good[:-1] + ',"kid":"a"}'), "duplicate_member", "kid twice in a key", ["class-10"]),
        (jwks(good) + "x", "trailing_bytes", "a letter behind the set", []),
        ("\ufeff" + jwks(good), "byte_order_mark", "a byte order mark", []),
        (jwks(good)[:-1], "invalid_json", "cut short", []),
        (b'{"keys":[{"kid":"\xff"}]}', "invalid_utf8", "a byte that is not UTF-8", []),
        (jwks("[" * 200 + "]" * 200), "too_deep", "two hundred levels", ["class-13"]),
        ("", "invalid_json", "nothing", []),
    ):
        no(text, code, comment, "reader", *flags)
    unknown = '{"kty":"x"}'
    no(
        '{"keys":[' + ",".join([unknown] * 1001) + "]}",
        "too_large",
        "1,001 keys, each of an unknown type",
        "limit",
        "class-13",
    )


def _find(file):
    def ok(text, kid, key, comment, *flags):
        file.valid("keyset_find", {"jwks": text, "kid": kid}, {"public_jwk_utf8": key}, comment, "find", *flags)

    def no(text, kid, code, comment, *flags):
        file.invalid("keyset_find", {"jwks": text, "kid": kid}, code, comment, "find", *flags)

    all_ = jwks(*_SEVERAL)
    for key in _SEVERAL:
        ok(all_, key.thumbprint, key.public_jwk(), f"{key.name} by its thumbprint")
    named = jwks(ED1.public_jwk(kid="a"), ED2.public_jwk(kid=""), SE2.public_jwk(kid="Ä\n"))
    ok(named, "a", ED1.public_jwk(kid="a"), "a kid of its own")
    ok(named, "", ED2.public_jwk(kid=""), "an empty kid is a kid", "class-07")
    ok(named, "Ä\n", SE2.public_jwk(kid="Ä\n"), "a kid is any text", "class-07")
    no(named, "A", "key_unknown", "a kid is compared letter by letter", "class-07")
    no(named, "A\u0308\n", "key_unknown", "no normalization", "class-07")
    no(named, ED1.thumbprint, "key_unknown", "the thumbprint of a key with a kid of its own is not its kid", "class-07")
    no(named, "a\u0000", "key_unknown", "a zero byte ends no name", "class-07")
    no(named, "../a", "key_unknown", "a path", "class-07")
    no(jwks(), "a", "key_unknown", "an empty set")
    no(jwks(ED1, P256.public_jwk(use="enc", kid="e")), "e", "key_unknown", "a key that is skipped", "class-20")
    no("{}", "a", "key_malformed", "no set", "shape")


def _lint(file):
    def ok(text, findings, comment, *flags):
        told = [dict(zip(("code", "level", "pointer"), finding, strict=True)) for finding in findings]
        expected = {"findings_utf8": json.dumps(told, sort_keys=True, separators=(",", ":"))}
        file.valid("keyset_lint", {"jwks": text}, expected, comment, "lint", *flags)

    ok(jwks(), [], "no key")
    ok(jwks(ED1, SE1, P256, P384, P521, RSA.bound("PS256")), [], "nothing to say")
    ok(jwks(ED1.public_jwk(kid=None)), [("kid_absent", "advice", "/keys/0")], "no kid")
    ok(jwks(ED1, RSA), [("alg_absent", "advice", "/keys/1")], "an RSA key for six algorithms")
    ok(
        jwks(SMALL_E.bound("RS256")),
        [("exponent_small", "advice", "/keys/0")],
        "the public exponent 3",
        "class-17",
    )
    ok(
        jwks(SMALL_E.public_jwk(kid=None)),
        [(code, "advice", "/keys/0") for code in ("kid_absent", "alg_absent", "exponent_small")],
        "all of it",
        "class-17",
    )
    ok(
        jwks(ED1, '{"kty":"AKP"}', P256.public_jwk(use="enc"), SE1),
        [("key_unsupported", "skipped", "/keys/1"), ("key_use_forbidden", "skipped", "/keys/2")],
        "keys that are skipped",
        "class-20",
    )
    ok(
        jwks(ED1, SE1.private_jwk(), HS256.jwk(), SHORT, ROCA, P256.public_jwk(x=None), "7"),
        [
            ("key_malformed", "error", "/keys/1"),
            ("key_malformed", "error", "/keys/2"),
            ("key_weak", "error", "/keys/3"),
            ("key_weak", "error", "/keys/4"),
            ("key_malformed", "error", "/keys/5"),
            ("key_malformed", "error", "/keys/6"),
        ],
        "every key for which the set is refused, not only the first",
        "class-17",
        "class-22",
    )
    ok(
        jwks(ED1, ED1, ED1.public_jwk(kid="k"), SE1.public_jwk(kid=ED1.thumbprint)),
        [("duplicate_kid", "error", f"/keys/{i}") for i in (1, 2, 3)],
        "duplicates",
        "class-07",
    )
    for text, code, comment in (
        ("{}", "key_malformed", "no set"),
        ("[]", "key_malformed", "an array"),
        ("{", "invalid_json", "cut short"),
        ('{"keys":[],"keys":[]}', "duplicate_member", "keys twice"),
        ('{"keys":[' + ",".join(['{"kty":"x"}'] * 1001) + "]}", "too_large", "1,001 keys"),
    ):
        file.invalid("keyset_lint", {"jwks": text}, code, comment, "lint", "shape")
