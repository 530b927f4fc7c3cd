"""The test keys of Ed25519 and secp256k1, in every form in which a key can be written.

A private key is the SHA-256 of a sentence, so that anyone can see that it is no secret. Public parts come from
OpenSSL (`cryptography`), and from libsodium and libsecp256k1, which must agree.
"""

import hashlib
from dataclasses import dataclass

import coincurve
import nacl.signing
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from encoding import b64u
from jose_keys import AsymmetricKey


@dataclass(frozen=True)
class TestKey(AsymmetricKey):
    """A key pair of the tests whose secret is 32 bytes, with the texts that stand for it."""

    name: str
    algorithm: str
    secret: bytes

    @property
    def alg(self) -> str:
        return self.algorithm

    @property
    def private(self):
        """The private key as an object of `cryptography`."""
        if self.algorithm == "EdDSA":
            return ed25519.Ed25519PrivateKey.from_private_bytes(self.secret)
        return ec.derive_private_key(int.from_bytes(self.secret, "big"), ec.SECP256K1())

    @property
    def public_bytes(self) -> bytes:
        """32 bytes (Ed25519) or the 33 bytes of the compressed point (secp256k1), as two libraries say."""
        public = self.private.public_key()
        if self.algorithm == "EdDSA":
            data = public.public_bytes_raw()
            assert data == bytes(nacl.signing.SigningKey(self.secret).verify_key)
        else:
            data = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
            assert data == coincurve.PrivateKey(self.secret).public_key.format(compressed=True)
        return data

    @property
    def public_hex(self) -> str:
        return self.public_bytes.hex()

    @property
    def private_hex(self) -> str:
        return self.secret.hex()

    @property
    def required(self) -> dict:
        """The members of RFC 7638 section 3.2, from which the thumbprint is made."""
        if self.algorithm == "EdDSA":
            return {"crv": "Ed25519", "kty": "OKP", "x": b64u(self.public_bytes)}
        numbers = self.private.public_key().public_numbers()
        return {
            "crv": "secp256k1",
            "kty": "EC",
            "x": b64u(numbers.x.to_bytes(32, "big")),
            "y": b64u(numbers.y.to_bytes(32, "big")),
        }

    @property
    def secrets(self) -> dict:
        return {"d": b64u(self.secret)}


def _key(name: str) -> TestKey:
    algorithm = "EdDSA" if name.startswith("ed25519") else "ES256K"
    return TestKey(name, algorithm, hashlib.sha256(f"samebyte test-only key {name}".encode("ascii")).digest())


ED1, ED2, ED3 = (_key(f"ed25519-{number}") for number in (1, 2, 3))
SE1, SE2, SE3 = (_key(f"secp256k1-{number}") for number in (1, 2, 3))

#: The keys that lie as files beside the vectors.
FILES = (ED1, ED2, SE1, SE2, SE3)
