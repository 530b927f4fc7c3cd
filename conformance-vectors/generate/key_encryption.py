"""Encrypted PKCS#8 (RFC 8018 PBES2), built by hand, so that salts stay and parameters can be wrong. OpenSSL must open it."""

import hashlib

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from key_files import integer, pem_file, tlv
from rsa_primes import stream

NULL = bytes.fromhex("0500")
_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_PBKDF2 = bytes.fromhex("06092a864886f70d01050c")
_SCRYPT = bytes.fromhex("06092b06010401da47040b")
#: The pseudo-random functions of RFC 8018 appendix B.1.
PRFS = {
    "sha1": bytes.fromhex("06082a864886f70d0207"),
    "sha224": bytes.fromhex("06082a864886f70d0208"),
    "sha256": bytes.fromhex("06082a864886f70d0209"),
    "sha384": bytes.fromhex("06082a864886f70d020a"),
    "sha512": bytes.fromhex("06082a864886f70d020b"),
}
#: The ciphers of RFC 8018 appendix B.2 and RFC 3565: object identifier, length of the key, length of a block.
CIPHERS = {
    "aes-128-cbc": (bytes.fromhex("0609608648016503040102"), 16, 16),
    "aes-192-cbc": (bytes.fromhex("0609608648016503040116"), 24, 16),
    "aes-256-cbc": (bytes.fromhex("060960864801650304012a"), 32, 16),
    "des-ede3-cbc": (bytes.fromhex("06082a864886f70d0307"), 24, 8),
}
PASSWORD = "correct horse battery staple"


def encrypted(
    der: bytes,
    password: str | bytes = PASSWORD,
    *,
    cipher="aes-256-cbc",
    prf: str | None = "sha256",
    iterations=1000,
    salt=16,
    scrypt: tuple | None = None,
    key_length=False,
) -> str:
    """An encrypted PKCS#8 file; `prf` None leaves out the field, which then means SHA-1; `scrypt` is N, r, p."""
    password = password.encode("utf-8") if isinstance(password, str) else password
    identifier, size, block = CIPHERS[cipher]
    salt = stream(f"salt {cipher} {prf} {iterations} {scrypt}", salt)
    length = integer(size) if key_length else b""
    if scrypt:
        n, r, p = scrypt
        kdf = tlv(0x30, _SCRYPT, tlv(0x30, tlv(0x04, salt), integer(n), integer(r), integer(p), length))
        key = hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=2**28, dklen=size)
    else:
        function = tlv(0x30, PRFS[prf], NULL) if prf else b""
        kdf = tlv(0x30, _PBKDF2, tlv(0x30, tlv(0x04, salt), integer(iterations), length, function))
        key = hashlib.pbkdf2_hmac(prf or "sha1", password, salt, iterations, size)
    iv = stream(f"iv {cipher}", block)
    text = pem_file(
        "ENCRYPTED PRIVATE KEY", envelope(kdf, tlv(0x30, identifier, tlv(0x04, iv)), _encrypt(cipher, key, iv, der))
    )
    if password:
        assert serialization.load_pem_private_key(text.encode("ascii"), password)
    return text


def envelope(kdf: bytes, scheme: bytes, ciphertext: bytes) -> bytes:
    """EncryptedPrivateKeyInfo (RFC 5958 section 3)."""
    return tlv(0x30, tlv(0x30, _PBES2, tlv(0x30, kdf, scheme)), tlv(0x04, ciphertext))


def pbkdf2(salt: bytes, iterations: int, *more: bytes) -> bytes:
    """PBKDF2-params (RFC 8018 appendix A.2)."""
    return tlv(0x30, _PBKDF2, tlv(0x30, tlv(0x04, salt), integer(iterations), *more))


def scrypt_parameters(salt: bytes, n: int, r: int, p: int) -> bytes:
    """scrypt-params (RFC 7914 section 7)."""
    return tlv(0x30, _SCRYPT, tlv(0x30, tlv(0x04, salt), integer(n), integer(r), integer(p)))


def cbc(cipher: str, iv: bytes) -> bytes:
    """The algorithm identifier of a cipher."""
    return tlv(0x30, CIPHERS[cipher][0], tlv(0x04, iv))


def _encrypt(cipher: str, key: bytes, iv: bytes, data: bytes) -> bytes:
    algorithm = TripleDES(key) if cipher.startswith("des") else algorithms.AES(key)
    padder = padding.PKCS7(algorithm.block_size).padder()
    encryptor = Cipher(algorithm, modes.CBC(iv)).encryptor()
    return encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()
