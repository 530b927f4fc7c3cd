"""Signatures, each made by one library and confirmed by others.

Ed25519 (RFC 8032) and ECDSA with RFC 6979 nonces are deterministic, so every implementation must write these bytes.
"""

import hashlib
import hmac

import coincurve
import nacl.exceptions
import nacl.signing
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from test_keys import TestKey

#: The prime of the field of secp256k1 (SEC 2 section 2.4.1).
SECP256K1_PRIME = 2**256 - 2**32 - 977
#: The order of the group of secp256k1 (SEC 2 section 2.4.1), and of the large subgroup of Ed25519 (RFC 8032 section 5.1).
SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493

#: Who made and confirmed the signatures of the vectors.
CHECKED_BY = (
    "Ed25519 by OpenSSL (cryptography) and libsodium (PyNaCl), which must agree; ECDSA by RFC 6979 in generate/signatures.py "
    "and libsecp256k1 (coincurve), which must agree, confirmed by OpenSSL; canonical text by generate/canonical.py and rfc8785; "
    "codes are by hand, from the rules of the format"
)


def sign(key: TestKey, message: bytes) -> bytes:
    """64 bytes: R‖S (Ed25519) or r‖s with low s (ECDSA with SHA-256 over secp256k1)."""
    if key.algorithm == "EdDSA":
        signature = key.private.sign(message)
        assert signature == nacl.signing.SigningKey(key.secret).sign(message).signature
    else:
        signature = _ecdsa(key, message)
    assert verifies(key, message, signature)
    return signature


def verifies(key: TestKey, message: bytes, signature: bytes) -> bool:
    """The verdict of libsodium (strict) or of OpenSSL (which takes a high s, too)."""
    try:
        if key.algorithm == "EdDSA":
            nacl.signing.VerifyKey(key.public_bytes).verify(message, signature)
        else:
            r, s = split(signature)
            key.private.public_key().verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, nacl.exceptions.BadSignatureError, ValueError):
        return False
    return True


def split(signature: bytes) -> tuple:
    """r and s."""
    return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")


def join(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def high_s(signature: bytes) -> bytes:
    """The other ECDSA signature of the same key over the same message."""
    r, s = split(signature)
    return join(r, SECP256K1_ORDER - s)


def der(signature: bytes) -> bytes:
    """The same ECDSA signature in DER."""
    return utils.encode_dss_signature(*split(signature))


def plus_order(signature: bytes) -> bytes:
    """The same Ed25519 signature with S + L in place of S, which a lax verifier takes."""
    s = int.from_bytes(signature[32:], "little") + ED25519_ORDER
    return signature[:32] + s.to_bytes(32, "little")


def _ecdsa(key: TestKey, message: bytes) -> bytes:
    """RFC 6979 section 3.2 with SHA-256; k·G is a public key of OpenSSL."""
    digest = hashlib.sha256(message).digest()
    secret, z = int.from_bytes(key.secret, "big"), int.from_bytes(digest, "big")
    seed = key.secret + (z % SECP256K1_ORDER).to_bytes(32, "big")
    k, v = bytes(32), b"\x01" * 32
    for separator in (b"\x00", b"\x01"):
        k = hmac.digest(k, v + separator + seed, "sha256")
        v = hmac.digest(k, v, "sha256")
    v = hmac.digest(k, v, "sha256")
    nonce = int.from_bytes(v, "big")
    assert 0 < nonce < SECP256K1_ORDER, "the loop of step h is not needed for these messages"
    r = ec.derive_private_key(nonce, ec.SECP256K1()).public_key().public_numbers().x % SECP256K1_ORDER
    s = pow(nonce, -1, SECP256K1_ORDER) * (z + r * secret) % SECP256K1_ORDER
    signature = join(r, min(s, SECP256K1_ORDER - s))
    assert der(signature) == coincurve.PrivateKey(key.secret).sign(message)
    return signature
