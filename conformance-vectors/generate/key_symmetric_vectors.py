"""Symmetric keys: what their constructors take, and what they refuse so that no public key ever becomes a secret."""

import hashlib
import itertools
import json

from cryptography.hazmat.primitives import serialization

from encoding import b64u, from_b64u, lax
from jose_keys import HS256, HS384, HS512, P256, RSA, OctKey
from test_keys import ED1, SE1, TestKey

#: The key of RFC 7515 appendix A.1, and that of RFC 7520 section 3.5.
RFC_7515 = OctKey(
    "rfc7515",
    from_b64u("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"),
)
RFC_7520 = OctKey(
    "rfc7520",
    from_b64u("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"),
    "HS256",
    "018c0ae5-4d9b-471b-bfd6-eef314bc7037",
)
_HASH = {"HS256": 32, "HS384": 48, "HS512": 64}


def all_symmetric(key: OctKey) -> dict:
    """The result of `key_import`."""
    named = {"kid": key.kid} if key.kid else {}
    return {"alg": key.algorithm, **named, "private_jwk_utf8": key.jwk()}


def valid(file):
    """Keys that the constructors take."""

    def ok(form, key, comment, *flags):
        file.valid("key_import", {"key": form}, all_symmetric(key), comment, *flags)

    for key in (HS256, HS384, HS512):
        ok(key.form, key, f"{key.name} as bytes", "symmetric")
        ok({"symmetric_jwk_utf8": key.jwk()}, key, f"{key.name} as JWK", "jwk")
        unnamed = OctKey(key.name, key.secret, key.alg)
        ok(unnamed.form, unnamed, f"{key.name} without kid", "symmetric", "kid")
        ok({"symmetric_jwk_utf8": unnamed.jwk()}, unnamed, f"{key.name} as JWK without kid", "jwk", "kid")
        unbound = OctKey(key.name, key.secret)
        # A secret that is long enough for one algorithm alone is bound to it.
        written = unnamed if key is HS256 else unbound
        ok({"symmetric_jwk_utf8": unbound.jwk()}, written, f"{key.name} as JWK without alg", "jwk", "use")
    for secret, alg, comment in (
        (bytes(32), "HS256", "zeros are a secret, too"),
        (HS512.secret, "HS256", "longer than the hash"),
        (HS512.secret * 3, "HS512", "longer than a block of the hash"),
        (b"correct horse battery staple, and more", "HS256", "text that is nothing else"),
        (b"{and no further sign of a JSON text}", "HS256", "text that starts like JSON"),
        (b"----- and no further sign of PEM -----", "HS256", "text that starts like PEM"),
        (bytes.fromhex("30") + HS256.secret, "HS256", "bytes that start like DER"),
        (b64u(HS512.secret).encode(), "HS256", "base64url of what is no key"),
        (b"\\u00 \\u006 \\u00zz \\u0 \\ and so on \\u00", "HS256", "text with parts of escapes"),
    ):
        key = OctKey("", secret, alg)
        ok(key.form, key, f"{alg}: {comment}", "symmetric")
    ok({"symmetric_jwk_utf8": RFC_7515.jwk()}, RFC_7515, "RFC 7515 appendix A.1", "jwk", "rfc")
    ok({"symmetric_jwk_utf8": RFC_7520.jwk(use="sig")}, RFC_7520, "RFC 7520 section 3.5", "jwk", "rfc")
    spelled = json.dumps(dict(reversed(json.loads(HS256.jwk(key_ops=["sign", "verify"], ext=True)).items())), indent=1)
    ok({"symmetric_jwk_utf8": spelled}, HS256, "in another spelling", "jwk", "use")
    awkward = OctKey("", HS256.secret, "HS256", '../"é')
    ok(awkward.form, awkward, "a kid is any text", "symmetric", "kid", "class-07")


def refused(file):
    """Keys that the constructors refuse."""

    def no(form, code, comment, *flags):
        file.invalid("key_import", {"key": form}, code, comment, *flags)

    for key in (HS256, HS384, HS512):
        size = _HASH[key.alg]
        for secret, code, comment in (
            (b"", "key_malformed", "no byte"),
            (key.secret[:1], "key_weak", "one byte"),
            (key.secret[: size - 1], "key_weak", "a byte less than the hash"),
        ):
            short = OctKey("", secret, key.alg)
            no(short.form, code, f"{key.alg}: {comment}", "symmetric", "range", "class-03")
            no({"symmetric_jwk_utf8": short.jwk()}, code, f"{key.alg} as JWK: {comment}", "jwk", "range", "class-03")
    no(
        {"symmetric_jwk_utf8": OctKey("", bytes(31)).jwk()},
        "key_weak",
        "31 bytes without alg",
        "jwk",
        "range",
        "class-03",
    )
    no({"symmetric_jwk_utf8": OctKey("", b"").jwk()}, "key_malformed", "no byte and no alg", "jwk", "range", "class-03")
    _refused_public_keys(no)
    for alg in ("RS256", "EdDSA", "ES256", "none", "", "hs256", "HS1"):
        form = {"symmetric_b64u": b64u(HS512.secret), "alg": alg}
        no(form, "algorithm_unsupported", f'the algorithm is "{alg}"', "symmetric", "algorithm")
    for more, code, comment in (
        ({"use": "enc"}, "key_use_forbidden", "use is enc"),
        ({"key_ops": ["encrypt"]}, "key_use_forbidden", "key_ops does not allow it"),
        ({"alg": "RS256"}, "key_use_forbidden", "alg is that of another key type"),
        ({"alg": "A128GCM"}, "key_use_forbidden", "alg is not one of signatures"),
        ({"alg": "none"}, "key_use_forbidden", "alg is none"),
        ({"alg": "HS512"}, "key_weak", "alg is one of a longer hash"),
    ):
        no({"symmetric_jwk_utf8": HS256.jwk(**more)}, code, comment, "jwk", "use", "class-20")
    text = b64u(HS256.secret)
    for k, comment in (
        (None, "missing"),
        (text + "=", "padded"),
        (lax(text), "in a lax spelling"),
        (text + "\n", "with a line feed"),
        (32, "a number"),
    ):
        no({"symmetric_jwk_utf8": HS256.jwk(k=k)}, "key_malformed", f"k is {comment}", "jwk", "encoding", "class-12")
    no({"symmetric_jwk_utf8": HS256.jwk(kid=7)}, "key_malformed", "kid is a number", "jwk", "kid", "class-07")
    no(
        {"symmetric_jwk_utf8": HS256.jwk()[:-1] + f',"k":"{text}"' + "}"},
        "duplicate_member",
        "k twice",
        "jwk",
        "reader",
        "class-10",
    )
    no(
        {"jwk_utf8": HS256.jwk()},
        "key_use_forbidden",
        "a symmetric key where an asymmetric one is due",
        "jwk",
        "kind",
        "class-02",
    )
    file.invalid(
        "public_key_import",
        {"key": {"jwk_utf8": HS256.jwk()}},
        "key_use_forbidden",
        "a symmetric key where a public one is due",
        "jwk",
        "kind",
        "class-02",
        "class-22",
    )
    for key in (ED1, RSA):
        no(
            {"symmetric_jwk_utf8": key.public_jwk()},
            "key_unsupported",
            f"{key.name} where a symmetric key is due",
            "jwk",
            "kind",
            "class-02",
        )
    with_k = RSA.public_jwk(alg="HS256", k=b64u(HS256.secret))
    no({"symmetric_jwk_utf8": with_k}, "key_unsupported", "an RSA key with k", "jwk", "kind", "class-02")
    spaced = next(key for key in map(_numbered, itertools.count()) if key.public_der.endswith(b" "))
    for behind, comment in ((b"\n", "a line feed"), (b" \r\n", "white space")):
        form = {"symmetric_b64u": b64u(spaced.public_der + behind), "alg": "HS256"}
        comment = f"DER whose last byte is a space, with {comment} behind it"
        no(form, "key_use_forbidden", comment, "symmetric", "confusion", "class-02")


def _numbered(number: int) -> TestKey:
    return TestKey(f"numbered-{number}", "EdDSA", hashlib.sha256(str(number).encode()).digest())


def _refused_public_keys(no):
    """Texts of asymmetric keys: whoever takes one for a secret lets everyone sign who knows the public key."""
    flags = ("symmetric", "confusion", "class-02")
    openssh = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    for key in (RSA, P256, ED1, SE1):
        texts = [
            (key.public_pem, "PEM"),
            (" " + key.public_pem, "PEM behind a space"),
            ("\n\n" + key.public_pem, "PEM behind line feeds"),
            (key.public_pem + "\n \n", "PEM with white space behind it"),
            (key.public_pem.replace("\n", "\r\n"), "PEM with CR LF"),
            (key.public_pem.rstrip(), "PEM without its last line feed"),
            ("a certificate store may say this\n" + key.public_pem, "PEM with text in front"),
            ("\ufeff" + key.public_pem, "PEM behind a byte order mark"),
            (key.private_pem, "private PEM"),
            (key.public_der, "DER"),
            (key.private_der, "private DER"),
            (key.public_jwk(), "JWK"),
            (" " + key.public_jwk() + "\n", "JWK in white space"),
            (json.dumps(json.loads(key.public_jwk()), indent=2), "JWK over several lines"),
            (key.private_jwk(), "private JWK"),
            ('{"keys":[' + key.public_jwk() + "]}", "JWK Set"),
        ]
        if key is not SE1:
            texts.append((key.private.public_key().public_bytes(*openssh) + b" me@example", "OpenSSH line"))
        if key is not RSA:
            texts = texts[:2] + texts[8:13] + texts[16:]
        for text, comment in texts:
            secret = text if isinstance(text, bytes) else text.encode("utf-8")
            form = {"symmetric_b64u": b64u(secret), "alg": "HS256"}
            no(form, "key_use_forbidden", f"{key.name}: {comment}", *flags)
    for key in (RSA, P256, ED1, SE1):
        lines = "".join(key.public_pem.splitlines(keepends=True)[1:-1])
        for secret, comment in (
            (key.public_der + b"\n", "DER with a line feed behind it"),
            (key.public_jwk().replace('"kty"', '"\\u006bty"').encode(), "JWK whose kty has an escape"),
            (key.public_jwk().replace('"kty"', '"k\\u0074\\u0079"').encode(), "JWK whose kty has two escapes"),
            (lines.encode(), "PEM without its first and last line"),
            (b64u(key.public_der).encode(), "DER in base64url"),
        ):
            form = {"symmetric_b64u": b64u(secret), "alg": "HS256"}
            no(form, "key_use_forbidden", f"{key.name}: {comment}", *flags)
    restricted = b"restrict,pty " + ED1.private.public_key().public_bytes(*openssh)
    no(
        {"symmetric_b64u": b64u(restricted), "alg": "HS256"},
        "key_use_forbidden",
        f"{ED1.name}: OpenSSH line with options in front",
        *flags,
    )
    for text, comment in (
        (b'{"kty": "this is no JSON at all, only text"', "text with a sign of a JWK"),
        (b"-----BEGIN of a sentence that is no PEM-----", "text with a sign of PEM"),
    ):
        no({"symmetric_b64u": b64u(text), "alg": "HS256"}, "key_use_forbidden", comment, *flags)
    as_jwk = {"symmetric_jwk_utf8": OctKey("", RSA.public_pem.encode(), "HS256").jwk()}
    no(as_jwk, "key_use_forbidden", "a JWK whose k is the PEM file of an RSA key", "jwk", "confusion", "class-02")
