"""Signed requests and the verification of signed responses, made from RFC 7515 and the specification with the package
``cryptography`` alone: none of the tested implementations is judge."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ORIGIN = "https://gw.example"


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def canonical(value: Any) -> bytes:
    """RFC 8785 of values whose names are ASCII and whose numbers are integers or short fractions."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Signer:
    """An Ed25519 key."""

    def __init__(self, kid: str | None = None) -> None:
        self._key = Ed25519PrivateKey.generate()
        x = b64u(self._key.public_key().public_bytes_raw())
        thumbprint = b64u(hashlib.sha256(canonical({"crv": "Ed25519", "kty": "OKP", "x": x})).digest())
        self.kid = kid or thumbprint
        self.public_jwk = {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": self.kid, "alg": "EdDSA", "use": "sig"}

    @property
    def private_jwk(self) -> dict[str, str]:
        return {**self.public_jwk, "d": b64u(self._key.private_bytes_raw())}

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


@dataclass
class Frame:
    """A request before it is sent. Members of ``header`` replace or (None) take away those that are made."""

    signer: Signer
    # None: one that names the nonce. Empty: a request without a body.
    body: bytes | None = None
    path: str = "/rpc"
    method: str = "POST"
    origin: str = ORIGIN
    audience: str = ORIGIN
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    # Ahead of the clock, so that nothing is cold for longer than it has to be.
    iat: int = field(default_factory=lambda: int(time.time()) + 4)
    ttl: int = 120
    header: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.payload = (
            canonical({"id": self.nonce, "jsonrpc": "2.0", "method": "ping"}) if self.body is None else self.body
        )
        made: dict[str, Any] = {
            "alg": "EdDSA",
            "aud": self.audience,
            "can": "jcs" if self.payload else "none",
            "cty": "application/json" if self.payload else None,
            "exp": self.iat + self.ttl,
            "htm": self.method,
            "htu": self.origin + self.path,
            "iat": self.iat,
            "kid": self.signer.kid,
            "nonce": self.nonce,
            "typ": "samebyte-req+jws",
            **self.header,
        }
        if "crit" not in made:
            critical = ("ath", "aud", "can", "exp", "hdr", "htm", "htu", "iat", "iss", "nonce", "rsp")
            made["crit"] = [name for name in critical if made.get(name) is not None]
        made = {name: value for name, value in made.items() if value is not None}
        self.signing_input = f"{b64u(canonical(made))}.{b64u(self.payload)}".encode()
        self.signature = f"{b64u(canonical(made))}..{b64u(self.signer.sign(self.signing_input))}"

    def wire(self, *, body: bytes | None = None, signature: str | None = None, **fields: str) -> bytes:
        """The bytes of HTTP/1.1, with another body or signature where one is given, and with more fields."""
        sent = self.payload if body is None else body
        about = ["Content-Type: application/json", f"Content-Length: {len(sent)}"] if sent else []
        return self.head(*about, signature=signature, **fields) + sent

    def head(self, *lines: str, version: str = "1.1", signature: str | None = None, **fields: str) -> bytes:
        """The bytes that stand before the body."""
        lines = (
            f"{self.method} {self.path} HTTP/{version}",
            "Host: gw.example",
            f"X-Signature: {self.signature if signature is None else signature}",
            *lines,
            *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items()),
        )
        return "\r\n".join([*lines, "", ""]).encode()


def verify_response(
    frame: Frame, jwk: Mapping[str, str], status: int, fields: Mapping[str, str], body: bytes
) -> dict[str, Any]:
    """The header of a response that is signed, fresh, and bound to its request. Raises where it is not."""
    header_text, empty, signature = fields["x-signature"].split(".")
    assert empty == "", "the payload is not detached"
    # The body is sent in canonical form, so that no canonicalization is needed to verify it.
    message = f"{header_text}.{b64u(body)}".encode()
    Ed25519PublicKey.from_public_bytes(unb64u(jwk["x"])).verify(unb64u(signature), message)
    header: dict[str, Any] = json.loads(unb64u(header_text))
    expected = {
        "kid": jwk["kid"],
        "typ": "samebyte-res+jws",
        "sts": status,
        "rqh": b64u(hashlib.sha256(frame.signing_input).digest()),
        "nonce": frame.nonce,
        "aud": frame.signer.kid,
    }
    for name, value in expected.items():
        assert header.get(name) == value, f"{name} is {header.get(name)!r}, not {value!r}"
    assert abs(header["iat"] - time.time()) < 30, "it is not from now"
    return header
