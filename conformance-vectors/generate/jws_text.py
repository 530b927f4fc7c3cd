"""JWS texts of RFC 7515, honest ones and others: whatever is given as text or bytes is written as it is."""

import json
from dataclasses import dataclass

from encoding import b64u
from jose_keys import OctKey, text_of
from jose_signatures import sign

PAYLOAD = b'{"iss":"joe","exp":1300819380}'


def kid_of(key) -> str | None:
    """The kid of a key: that of its JWK, else its thumbprint; a symmetric key may have none."""
    return key.kid if isinstance(key, OctKey) else key.thumbprint


def header_of(key, alg: str | None = None, **more) -> dict:
    """The protected header that `jws_sign` writes; `more` replaces members, `None` takes one away."""
    members = {"alg": alg or key.algorithm, "kid": kid_of(key), **more}
    return {name: members[name] for name in sorted(members) if members[name] is not None}


@dataclass(frozen=True)
class Entry:
    """One signature: a member of `signatures` of the general serialization."""

    protected: str
    signature: str
    unprotected: dict | None = None

    def members(self) -> dict:
        named = {"header": self.unprotected, "protected": self.protected, "signature": self.signature}
        return {name: value for name, value in named.items() if value is not None}


def entry(
    key, payload: bytes = PAYLOAD, header=None, *, alg=None, signature=None, unprotected=None, encoded=True
) -> Entry:
    """A signature by `key` over a header (an object, or the text or bytes that are to stand there) and a payload.

    `alg` is what the signature is made with, `signature` replaces it; `encoded` is False for `"b64":false`.
    """
    header = header_of(key, alg) if header is None else header
    protected = b64u(_bytes(header))
    body = b64u(payload).encode() if encoded else payload
    if signature is None:
        signature = sign(key, protected.encode() + b"." + body, alg)
    return Entry(protected, signature if isinstance(signature, str) else b64u(signature), unprotected)


def compact(key, payload: bytes = PAYLOAD, header=None, *, detached=False, **how) -> str:
    """A JWS in compact serialization."""
    made = entry(key, payload, header, **how)
    body = "" if detached else b64u(payload) if how.get("encoded", True) else payload.decode("ascii")
    return f"{made.protected}.{body}.{made.signature}"


def flattened(key, payload: bytes = PAYLOAD, header=None, *, detached=False, **how) -> str:
    """A JWS in flattened JSON serialization, canonical."""
    body = {} if detached else {"payload": _body(payload, how)}
    return text_of({**body, **entry(key, payload, header, **how).members()})


def general(entries: list, payload: bytes | None = PAYLOAD, encoded=True) -> str:
    """A JWS in general JSON serialization, canonical; `payload` is None where it is detached."""
    body = {} if payload is None else {"payload": _body(payload, {"encoded": encoded})}
    return text_of({**body, "signatures": [made.members() for made in entries]})


def verified(key, header=None, index=0, alg=None, unprotected=None) -> dict:
    """What a verifier says about a signature that it accepts."""
    header = header_of(key, alg) if header is None else header
    named = {"unprotected": unprotected} if unprotected is not None else {}
    return {
        "alg": "EdDSA" if header["alg"] == "Ed25519" else header["alg"],
        "header": header,
        "index": index,
        "kid": kid_of(key),
        "thumbprint": None if isinstance(key, OctKey) else key.thumbprint,
        **named,
        "verified": True,
    }


def refused(code: str, index: int, kid: str | None = None) -> dict:
    """What a verifier says about a signature that does not count."""
    named = {"kid": kid} if kid is not None else {}
    return {"code": code, "index": index, **named, "verified": False}


def accepted(entries: list, payload: bytes = PAYLOAD) -> dict:
    """The result of `jws_verify`."""
    return {
        "payload_b64u": b64u(payload),
        "signatures_utf8": json.dumps(entries, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
    }


def trusted(*keys) -> list:
    """The argument `keys` of `jws_verify`."""
    return [key.form if isinstance(key, OctKey) else {"jwk_utf8": key.public_jwk()} for key in keys]


def signer(key) -> dict:
    """The argument `key` of `jws_sign`."""
    return key.form if isinstance(key, OctKey) else {"jwk_utf8": key.private_jwk()}


def _body(payload: bytes, how: dict) -> str:
    return b64u(payload) if how.get("encoded", True) else payload.decode("utf-8")


def _bytes(header) -> bytes:
    if isinstance(header, bytes):
        return header
    return (header if isinstance(header, str) else text_of(header)).encode("utf-8")
