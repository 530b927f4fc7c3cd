"""One key for each algorithm, made by another library, in the forms that ours and the peers take."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from functools import cache
from typing import Any

import joserfc.jwk
import jwcrypto.jwk
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from samebyte import PublicKey, SigningKey

CURVES: dict[str, ec.EllipticCurve] = {
    "ES256K": ec.SECP256K1(),
    "ES256": ec.SECP256R1(),
    "ES384": ec.SECP384R1(),
    "ES512": ec.SECP521R1(),
}
RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
SECRET_BYTES = {"HS256": 32, "HS384": 48, "HS512": 64}
ALGORITHMS = ("EdDSA", *CURVES, *RSA, *SECRET_BYTES)
KID = "key of the tests"


@dataclass(frozen=True)
class Key:
    """A key of an algorithm: ``signs`` and ``verifies`` are ours, ``secret`` and ``public`` what PyJWT takes."""

    algorithm: str
    signs: SigningKey
    verifies: PublicKey | SigningKey
    secret: Any
    public: Any
    joserfc: Any
    jwcrypto: Any


@cache
def generated(algorithm: str) -> Any:
    """A private key of `cryptography`; one for all algorithms of RSA."""
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm in CURVES:
        return ec.generate_private_key(CURVES[algorithm])
    return rsa.generate_private_key(65537, 2048)


def pem(private: Any) -> bytes:
    """PKCS#8."""
    encoded: bytes = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return encoded


@cache
def key(algorithm: str) -> Key:
    if algorithm in SECRET_BYTES:
        secret = os.urandom(SECRET_BYTES[algorithm])
        ours = SigningKey.symmetric(algorithm, secret, kid=KID)
        oct_jwk = {"kty": "oct", "k": base64.urlsafe_b64encode(secret).rstrip(b"=").decode(), "kid": KID}
        return Key(
            algorithm,
            ours,
            ours,
            secret,
            secret,
            joserfc.jwk.OctKey.import_key(secret, {"kid": KID}),
            jwcrypto.jwk.JWK(**oct_jwk),
        )
    private = generated("RS256" if algorithm in RSA else algorithm)
    ours = SigningKey.from_pem(pem(private), algorithm=algorithm if algorithm in RSA else None)
    kind: Any = (
        joserfc.jwk.RSAKey if algorithm in RSA else joserfc.jwk.ECKey if algorithm in CURVES else joserfc.jwk.OKPKey
    )
    return Key(
        algorithm,
        ours,
        ours.public_key,
        private,
        private.public_key(),
        kind.import_key(pem(private), {"kid": ours.kid}),
        jwcrypto.jwk.JWK.from_pem(pem(private)),
    )
