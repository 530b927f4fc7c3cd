"""The test keys of the other algorithms: ECDSA on the NIST curves, RSA, HMAC; each with the texts that stand for it.

Secrets follow from a sentence as those of `test_keys` do. Public parts and files come from OpenSSL (`cryptography`).
"""

import functools
import hashlib
import json
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from encoding import b64u
from rsa_primes import rsa_key, stream

_CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
_NAMES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
#: The orders of the groups (FIPS 186-5, SP 800-186 section 3.2.1).
ORDERS = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "ES384": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    "ES512": 2**521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
}
RSA_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")


class AsymmetricKey:
    """What keys of all asymmetric types have in common; `alg` is None where the key is bound to no algorithm."""

    def public_jwk(self, **more) -> str:
        """The canonical public JWK; `more` replaces members, `None` takes one away."""
        return text_of({"alg": self.alg, "kid": self.thumbprint, **self.required, **more})

    def private_jwk(self, **more) -> str:
        """The canonical private JWK; `more` replaces members, `None` takes one away."""
        return text_of({"alg": self.alg, "kid": self.thumbprint, **self.required, **self.secrets, **more})

    @property
    def thumbprint(self) -> str:
        """RFC 7638 with SHA-256."""
        return b64u(hashlib.sha256(text_of(self.required).encode("ascii")).digest())

    @property
    def private_der(self) -> bytes:
        """PKCS#8 version 1, as OpenSSL writes it."""
        return private_file(self.private, serialization.Encoding.DER)

    @property
    def private_pem(self) -> str:
        return private_file(self.private, serialization.Encoding.PEM).decode("ascii")

    @property
    def public_der(self) -> bytes:
        """SPKI, as OpenSSL writes it."""
        return public_file(self.private.public_key(), serialization.Encoding.DER)

    @property
    def public_pem(self) -> str:
        return public_file(self.private.public_key(), serialization.Encoding.PEM).decode("ascii")


@dataclass(frozen=True)
class EcKey(AsymmetricKey):
    """A key pair of a NIST curve."""

    name: str
    algorithm: str
    scalar: int

    @property
    def alg(self) -> str:
        return self.algorithm

    @functools.cached_property
    def private(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.scalar, _CURVES[self.algorithm])

    @property
    def size(self) -> int:
        """The length of a coordinate in bytes."""
        return (self.private.curve.key_size + 7) // 8

    @functools.cached_property
    def required(self) -> dict:
        point = self.private.public_key().public_numbers()
        return {
            "crv": _NAMES[self.algorithm],
            "kty": "EC",
            "x": b64u(point.x.to_bytes(self.size, "big")),
            "y": b64u(point.y.to_bytes(self.size, "big")),
        }

    @property
    def secrets(self) -> dict:
        return {"d": b64u(self.scalar.to_bytes(self.size, "big"))}


@dataclass(frozen=True)
class RsaKey(AsymmetricKey):
    """An RSA key pair; it permits six algorithms, or the one to which it is bound."""

    name: str
    private: rsa.RSAPrivateKey
    alg: str | None = None

    @property
    def algorithm(self) -> str:
        """The one that it signs with by default."""
        return self.alg or "RS256"

    def bound(self, alg: str) -> "RsaKey":
        """The same key, bound to an algorithm."""
        return RsaKey(self.name, self.private, alg)

    @functools.cached_property
    def required(self) -> dict:
        numbers = self.private.public_key().public_numbers()
        return {"e": uint(numbers.e), "kty": "RSA", "n": uint(numbers.n)}

    @functools.cached_property
    def secrets(self) -> dict:
        numbers = self.private.private_numbers()
        return {
            "d": uint(numbers.d),
            "dp": uint(numbers.dmp1),
            "dq": uint(numbers.dmq1),
            "p": uint(numbers.p),
            "q": uint(numbers.q),
            "qi": uint(numbers.iqmp),
        }


@dataclass(frozen=True)
class OctKey:
    """A secret for HMAC."""

    name: str
    secret: bytes
    alg: str | None = None
    kid: str | None = None

    @property
    def algorithm(self) -> str:
        return self.alg or "HS256"

    def jwk(self, **more) -> str:
        """The canonical JWK; `more` replaces members, `None` takes one away."""
        return text_of({"alg": self.alg, "k": b64u(self.secret), "kid": self.kid, "kty": "oct", **more})

    @property
    def form(self) -> dict:
        """The form of the constructor for symmetric keys."""
        named = {"kid": self.kid} if self.kid else {}
        return {"symmetric_b64u": b64u(self.secret), "alg": self.algorithm, **named}


def uint(number: int) -> str:
    """Base64urlUInt of RFC 7518 section 2: no zero in front."""
    return b64u(number.to_bytes(-(-number.bit_length() // 8) or 1, "big"))


def text_of(members: dict) -> str:
    """Canonical JSON of those members that are not None."""
    kept = {name: value for name, value in members.items() if value is not None}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def private_file(private, encoding) -> bytes:
    return private.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def public_file(public, encoding) -> bytes:
    return public.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)


def _sentence(name: str) -> str:
    return f"samebyte test-only key {name}"


def _ec(name: str, algorithm: str) -> EcKey:
    size = _CURVES[algorithm].key_size // 8
    return EcKey(name, algorithm, int.from_bytes(stream(_sentence(name), size), "big") % (ORDERS[algorithm] - 1) + 1)


def _rsa(name: str, bits: int) -> RsaKey:
    return RsaKey(name, rsa_key(_sentence(name), bits))


P256, P256_2 = _ec("p256-1", "ES256"), _ec("p256-2", "ES256")
P384, P521 = _ec("p384-1", "ES384"), _ec("p521-1", "ES512")
RSA, RSA_2 = _rsa("rsa2048-1", 2048), _rsa("rsa2048-2", 2048)
RSA_3072, RSA_4096 = _rsa("rsa3072-1", 3072), _rsa("rsa4096-1", 4096)
HS256, HS384, HS512 = (
    OctKey(f"hs{bits}-1", stream(_sentence(f"hs{bits}-1"), bits // 8), f"HS{bits}", f"hs{bits}-1")
    for bits in (256, 384, 512)
)

#: The keys that lie as files beside the vectors.
FILES = (P256, P256_2, P384, P521, RSA, RSA_2, RSA_3072, RSA_4096, HS256, HS384, HS512)
