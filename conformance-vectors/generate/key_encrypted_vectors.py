"""Encrypted PKCS#8 files (RFC 5958, RFC 8018, RFC 7914)."""

from encoding import b64u
from jose_keys import P256, RSA
from key_encryption import CIPHERS, NULL, PASSWORD, PRFS, cbc, encrypted, envelope, pbkdf2, scrypt_parameters
from key_files import integer, pem_file, tlv
from key_forms import all_private
from test_keys import ED1, SE1

_IV, _SALT = bytes(16), bytes(range(16))


def _form(pem: str, password: str | bytes = PASSWORD, **more) -> dict:
    spelled = {"password_utf8": password} if isinstance(password, str) else {"password_b64u": b64u(password)}
    return {"encrypted_pem_utf8": pem, **spelled, **more}


def valid(file):
    """Files that open."""

    def ok(key, comment, *flags, password=PASSWORD, bound=None, **how):
        named = {"algorithm": bound} if bound else {}
        expected = all_private(key.bound(bound) if bound else key)
        pem = encrypted(key.private_der, password, **how)
        file.valid("key_import", {"key": _form(pem, password, **named)}, expected, comment, "encrypted", *flags)

    for prf in ("sha224", "sha256", "sha384", "sha512", None):
        for cipher in CIPHERS:
            ok(ED1, f"PBKDF2 with {prf or 'no function named, so SHA-1'}, {cipher}", cipher=cipher, prf=prf)
    for cipher in CIPHERS:
        ok(ED1, f"scrypt, {cipher}", cipher=cipher, scrypt=(1024, 8, 1))
    ok(ED1, "scrypt with p = 4", scrypt=(256, 8, 4))
    ok(ED1, "scrypt as OpenSSL writes it", scrypt=(16384, 8, 1))
    ok(ED1, "the length of the key is named", key_length=True)
    ok(ED1, "the length of the key is named, scrypt", key_length=True, scrypt=(1024, 8, 1))
    ok(ED1, "one iteration", iterations=1)
    ok(ED1, "a salt of 8 bytes", salt=8)
    ok(ED1, "a salt of 32 bytes", salt=32)
    ok(P256, "a key of P-256")
    ok(SE1, "a key of secp256k1")
    ok(RSA, "an RSA key")
    ok(RSA, "an RSA key, bound to PS256", "algorithm", bound="PS256", cipher="aes-128-cbc")
    ok(ED1, "a password beyond ASCII", password="пароль \U0001f511")
    ok(ED1, "a password with a zero byte", password=b"a\x00b")
    ok(ED1, "a password that is not UTF-8", password=b"\xff\xfe")
    ok(ED1, "a password longer than a block of the hash", password="x" * 200)


def refused(file):
    """Files that do not open."""

    def no(pem, code, comment, *flags, password=PASSWORD, **more):
        form = _form(pem if isinstance(pem, str) else pem_file("ENCRYPTED PRIVATE KEY", pem), password, **more)
        file.invalid("key_import", {"key": form}, code, comment, "encrypted", *flags)

    good = encrypted(ED1.private_der)
    for password, comment in (
        ("", "no password"),
        ("Correct horse battery staple", "a capital letter"),
        (PASSWORD + "\n", "a line feed behind the password"),
    ):
        no(good, "password_wrong", comment, "password", password=password)
    strong = encrypted(ED1.private_der, scrypt=(1024, 8, 1))
    no(strong, "password_wrong", "another password, scrypt", "password", password="x")
    data = bytes(64)
    body, scheme = tlv(0x30, PRFS["sha256"], NULL), cbc("aes-256-cbc", _IV)
    for kdf, comment in (
        (pbkdf2(_SALT, 2**31 - 1, body), "2^31−1 iterations"),
        (pbkdf2(_SALT, 20_000_000, body), "twenty million iterations"),
        (scrypt_parameters(_SALT, 2**30, 8, 1), "scrypt: N = 2^30, a terabyte"),
        (scrypt_parameters(_SALT, 2**20, 2**10, 1), "scrypt: r = 1024"),
        (scrypt_parameters(_SALT, 2**14, 8, 2**14), "scrypt: p = 2^14"),
        (scrypt_parameters(_SALT, 2, 65535, 64), "scrypt: half a gigabyte for p alone"),
    ):
        no(envelope(kdf, scheme, data), "key_derivation_too_costly", comment, "cost", "class-13")
    for kdf, cipher, code, comment in (
        (pbkdf2(_SALT, 0, body), scheme, "key_malformed", "no iteration"),
        (pbkdf2(_SALT, 2**62, body), scheme, "key_unsupported", "2^62 iterations"),
        (pbkdf2(_SALT, 2**100, body), scheme, "key_unsupported", "2^100 iterations"),
        (scrypt_parameters(_SALT, 2**14, 8, 2**40), scheme, "key_unsupported", "scrypt: p = 2^40"),
        (tlv(0x30, tlv(0x06, b"\x2a\x03")), scheme, "key_unsupported", "an unknown key derivation"),
        (
            pbkdf2(_SALT, 1000, tlv(0x30, tlv(0x06, b"\x2a\x03"), NULL)),
            scheme,
            "key_unsupported",
            "an unknown function",
        ),
        (
            pbkdf2(_SALT, 1000, body),
            tlv(0x30, bytes.fromhex("06052b0e030207"), tlv(0x04, bytes(8))),
            "key_unsupported",
            "single DES",
        ),
        (
            pbkdf2(_SALT, 1000, body),
            tlv(0x30, bytes.fromhex("06082a864886f70d0302"), tlv(0x30, integer(58), tlv(0x04, bytes(8)))),
            "key_unsupported",
            "RC2",
        ),
        (
            pbkdf2(_SALT, 1000, body),
            cbc("aes-256-cbc", bytes(15)),
            "key_unsupported",
            "an initialization vector of 15 bytes",
        ),
        (scrypt_parameters(_SALT, 1000, 8, 1), scheme, "key_malformed", "scrypt: N is not a power of two"),
        (scrypt_parameters(_SALT, 1, 8, 1), scheme, "key_malformed", "scrypt: N = 1"),
        (scrypt_parameters(_SALT, 1024, 0, 1), scheme, "key_malformed", "scrypt: r = 0"),
    ):
        flag = "unsupported" if code == "key_unsupported" else "encoding"
        no(envelope(kdf, cipher, data), code, comment, flag)
    pbes1 = tlv(0x30, bytes.fromhex("06092a864886f70d010503"), tlv(0x30, tlv(0x04, bytes(8)), integer(2048)))
    no(tlv(0x30, pbes1, tlv(0x04, bytes(56))), "key_unsupported", "PBES1 with MD5 and DES", "unsupported")
    pkcs12 = tlv(0x30, bytes.fromhex("060a2a864886f70d010c0103"), tlv(0x30, tlv(0x04, bytes(8)), integer(2048)))
    no(tlv(0x30, pkcs12, tlv(0x04, bytes(56))), "key_unsupported", "PKCS#12 with SHA-1 and triple DES", "unsupported")
    no(bytes.fromhex("3000"), "key_malformed", "an empty sequence", "encoding")
    no(good[:100], "key_malformed", "a file cut short", "encoding")
    no("", "key_malformed", "an empty file", "encoding")
    no(ED1.private_pem, "key_unsupported", "a file that is not encrypted", "kind")
    no(ED1.public_pem, "key_unsupported", "a public key", "kind")
    no(good, "algorithm_mismatch", "named ES256", "algorithm", algorithm="ES256")
    no(good, "algorithm_unsupported", "named none", "algorithm", algorithm="none")
    file.invalid("key_import", {"key": {"pem_utf8": good}}, "key_unsupported", "no password given", "encrypted", "kind")
