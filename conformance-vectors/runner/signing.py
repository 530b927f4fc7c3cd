"""What the matrix signs, and what it asks about the signed text."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field

#: The order of secp256k1 (SEC 2 section 2.4.1).
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@dataclass
class Check:
    """One question about what was signed: answered where `code` is `None`, else refused with that code."""

    name: str
    op: str
    args: dict
    code: str | None = None
    detail: dict = field(default_factory=dict)


@dataclass
class Signing:
    """One subject that every adapter signs with one key.

    `output` is the member of the result that holds what was signed. Where signing is `deterministic`, all adapters must
    write the same.
    """

    noun: str
    name: str
    op: str
    args: dict
    output: str
    untouched: Callable[[str], Check]
    tampered: Callable[[str], list]
    deterministic: bool = True

    def request(self):
        """The request that signs."""
        return {"id": f"sign/{self.noun}/{self.name}", "op": self.op, "args": self.args}

    def checks(self, signed):
        """What every adapter is asked about the signed text, untouched and tampered with."""
        try:
            return [self.untouched(signed), *self.tampered(signed)]
        except (TypeError, KeyError, IndexError, ValueError, AttributeError):
            # The signer is wrong already and is told so; that nobody verifies its output is told here.
            return [self.untouched(signed)]


def public_jwk(jwk):
    """The public part of a private JWK."""
    secret = {"d", "p", "q", "dp", "dq", "qi"}
    return json.dumps({name: value for name, value in json.loads(jwk).items() if name not in secret})


def flip(raw):
    """Another signature of the same length, all of whose integers stay in their ranges."""
    return bytes([raw[0] ^ 1]) + raw[1:]


def high_s(raw):
    """The other ES256K signature of the same key over the same message."""
    return raw[:32] + (_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")


def b64u(raw):
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_b64u(text):
    """The bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
