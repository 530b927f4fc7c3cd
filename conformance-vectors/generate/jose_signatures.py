"""JOSE signatures (RFC 7518 section 3, RFC 8037, RFC 8812), each made by one implementation and confirmed by another.

All of them are deterministic, so that the vectors stay as they are when they are written again: ECDSA takes its nonce
from RFC 6979, and the salt of RSASSA-PSS is a hash of the message.
"""

import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as openssl_hmac
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

import signatures
from jose_keys import EcKey, OctKey, RsaKey

_HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}

#: Who made and confirmed the signatures of the vectors.
CHECKED_BY = (
    "Ed25519 by OpenSSL (cryptography) and libsodium (PyNaCl), which must agree; ES256K by RFC 6979 in generate/signatures.py and "
    "libsecp256k1 (coincurve), which must agree; ES256, ES384 and ES512 by OpenSSL with RFC 6979; RSASSA-PKCS1-v1_5 by OpenSSL and by RFC 8017 in "
    "generate/jose_signatures.py, which must agree; RSASSA-PSS by the latter, confirmed by OpenSSL; HMAC by OpenSSL and hashlib, which must agree"
)


def sign(key, message: bytes, alg: str | None = None) -> bytes:
    """The signature in the form that JOSE writes: r‖s for ECDSA, else as the primitive gives it."""
    alg = alg or key.algorithm
    if isinstance(key, EcKey):
        signature = _ecdsa(key, message)
    elif isinstance(key, RsaKey):
        signature = _rsa(key, message, alg)
    elif isinstance(key, OctKey):
        signature = mac(key.secret, message, alg)
    else:
        return signatures.sign(key, message)
    assert isinstance(key, OctKey) or verifies(key, message, signature, alg)
    return signature


def mac(secret: bytes, message: bytes, alg: str) -> bytes:
    """HMAC (RFC 2104) of any secret, also of one that is no proper key."""
    name = f"sha{alg[-3:]}"
    block = hashlib.new(name).block_size
    padded = (hashlib.new(name, secret).digest() if len(secret) > block else secret).ljust(block, b"\x00")
    inner = hashlib.new(name, bytes(b ^ 0x36 for b in padded) + message).digest()
    outer = hashlib.new(name, bytes(b ^ 0x5C for b in padded) + inner).digest()
    assert outer == hmac.digest(secret, message, name)
    if secret:
        tag = openssl_hmac.HMAC(secret, _HASHES[alg[-3:]])
        tag.update(message)
        assert outer == tag.finalize()
    return outer


def verifies(key, message: bytes, signature: bytes, alg: str) -> bool:
    """The verdict of OpenSSL."""
    public = key.private.public_key()
    try:
        if isinstance(key, EcKey):
            public.verify(ec_der(key, signature), message, ec.ECDSA(_HASHES[hash_of(alg)]))
        else:
            public.verify(signature, message, _padding(alg), _HASHES[alg[-3:]])
    except InvalidSignature:
        return False
    return True


def hash_of(alg: str) -> str:
    """The name of the SHA-2 hash of an algorithm that has one: 256, 384 or 512."""
    return "256" if alg == "ES256K" else alg[-3:]


def digest(alg: str, message: bytes) -> bytes:
    """What an external signer signs, where the algorithm starts with a hash."""
    return hashlib.new(f"sha{hash_of(alg)}", message).digest()


def ec_split(key: EcKey, signature: bytes) -> tuple:
    """r and s."""
    return int.from_bytes(signature[: key.size], "big"), int.from_bytes(signature[key.size :], "big")


def ec_join(key: EcKey, r: int, s: int) -> bytes:
    return r.to_bytes(key.size, "big") + s.to_bytes(key.size, "big")


def ec_der(key: EcKey, signature: bytes) -> bytes:
    """The same ECDSA signature in DER."""
    return utils.encode_dss_signature(*ec_split(key, signature))


def pss(key: RsaKey, message: bytes, alg: str, salt: bytes) -> bytes:
    """RSASSA-PSS (RFC 8017 sections 8.1.1 and 9.1.1) with this salt."""
    name = f"sha{alg[-3:]}"
    size = key.private.key_size // 8
    hashed = hashlib.new(name, bytes(8) + hashlib.new(name, message).digest() + salt).digest()
    block = b"\x01" + salt
    block = block.rjust(size - len(hashed) - 1, b"\x00")
    masked = bytes(a ^ b for a, b in zip(block, _mgf1(hashed, len(block), name), strict=True))
    return raw_rsa(key, bytes([masked[0] & 0x7F]) + masked[1:] + hashed + b"\xbc")


def pkcs1(key: RsaKey, message: bytes, alg: str, prefix: bytes | None = None) -> bytes:
    """RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.1); `prefix` replaces the DER text before the digest."""
    size = key.private.key_size // 8
    info = (_DIGEST_INFO[alg[-3:]] if prefix is None else prefix) + digest(alg, message)
    return raw_rsa(key, b"\x00\x01" + b"\xff" * (size - len(info) - 3) + b"\x00" + info)


def raw_rsa(key: RsaKey, block: bytes) -> bytes:
    """RSASP1 (RFC 8017 section 5.2.1)."""
    numbers = key.private.private_numbers()
    n = numbers.public_numbers.n
    return pow(int.from_bytes(block, "big"), numbers.d, n).to_bytes(key.private.key_size // 8, "big")


# DigestInfo without the digest (RFC 8017 section 9.2, note 1).
_DIGEST_INFO = {
    "256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "512": bytes.fromhex("3051300d060960864801650304020305000440"),
}


def _mgf1(seed: bytes, length: int, name: str) -> bytes:
    size = hashlib.new(name).digest_size
    counters = range(-(-length // size))
    return b"".join(hashlib.new(name, seed + i.to_bytes(4, "big")).digest() for i in counters)[:length]


def _ecdsa(key: EcKey, message: bytes) -> bytes:
    scheme = ec.ECDSA(_HASHES[key.algorithm[-3:]], deterministic_signing=True)
    return ec_join(key, *utils.decode_dss_signature(key.private.sign(message, scheme)))


def _padding(alg: str):
    if alg.startswith("RS"):
        return padding.PKCS1v15()
    algorithm = _HASHES[alg[-3:]]
    return padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)


def _rsa(key: RsaKey, message: bytes, alg: str) -> bytes:
    if alg.startswith("PS"):
        return pss(key, message, alg, hashlib.new(f"sha{alg[-3:]}", b"salt" + message).digest())
    signature = key.private.sign(message, _padding(alg), _HASHES[alg[-3:]])
    assert signature == pkcs1(key, message, alg)
    return signature
