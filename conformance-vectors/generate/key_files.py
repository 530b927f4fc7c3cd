"""PKCS#8 and SPKI files, built by hand, so that they can also be wrong."""

import base64

from cryptography.hazmat.primitives.serialization import Encoding

from jose_keys import private_file, public_file
from test_keys import TestKey

# id-Ed25519 (RFC 8410), id-ecPublicKey (RFC 5480), secp256k1 (SEC 2), P-256 (RFC 5480), each as DER.
OID_ED25519 = bytes.fromhex("06032b6570")
OID_EC_PUBLIC_KEY = bytes.fromhex("06072a8648ce3d0201")
OID_SECP256K1 = bytes.fromhex("06052b8104000a")
OID_P256 = bytes.fromhex("06082a8648ce3d030107")
# The algorithm identifier rsaEncryption (RFC 8017).
OID_RSA = bytes.fromhex("300d06092a864886f70d0101010500")


def tlv(tag: int, *parts: bytes) -> bytes:
    """One DER element (X.690 section 8.1)."""
    content = b"".join(parts)
    size = len(content).to_bytes(-(-len(content).bit_length() // 8), "big")
    length = bytes([len(content)]) if len(content) < 128 else bytes([0x80 | len(size)]) + size
    return bytes([tag]) + length + content


def integer(number: int) -> bytes:
    """An INTEGER that is not negative."""
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def pem_file(label: str, der: bytes) -> str:
    """PEM (RFC 7468) of any label."""
    text = base64.b64encode(der).decode()
    lines = "".join(text[start : start + 64] + "\n" for start in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}-----END {label}-----\n"


def pkcs8_v2(key: TestKey, public: TestKey) -> bytes:
    """OneAsymmetricKey version 2 (RFC 5958): the public key stands behind the private one."""
    seed = tlv(0x04, tlv(0x04, key.secret))
    return tlv(0x30, b"\x02\x01\x01", tlv(0x30, OID_ED25519), seed, tlv(0x81, b"\x00" + public.public_bytes))


def ec_pkcs8(key: TestKey, parameters: bytes = b"", point: bytes = b"") -> bytes:
    """PKCS#8 with the ECPrivateKey of RFC 5915."""
    inner = [b"\x02\x01\x01", tlv(0x04, key.secret)]
    inner += [tlv(0xA0, parameters)] if parameters else []
    inner += [tlv(0xA1, tlv(0x03, b"\x00" + point))] if point else []
    return tlv(0x30, b"\x02\x01\x00", tlv(0x30, OID_EC_PUBLIC_KEY, OID_SECP256K1), tlv(0x04, tlv(0x30, *inner)))


def spki_ec(point: bytes) -> bytes:
    return tlv(0x30, tlv(0x30, OID_EC_PUBLIC_KEY, OID_SECP256K1), tlv(0x03, b"\x00" + point))


def spki_ed(point: bytes) -> bytes:
    return tlv(0x30, tlv(0x30, OID_ED25519), tlv(0x03, b"\x00" + point))


def pkcs8(private) -> str:
    """A PKCS#8 file of OpenSSL."""
    return private_file(private, Encoding.PEM).decode("ascii")


def spki(private) -> str:
    """The SPKI file of its public key, of OpenSSL."""
    return public_file(private.public_key(), Encoding.PEM).decode("ascii")
