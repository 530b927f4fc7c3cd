"""What the native part answers with about signatures: small objects, made from core's JSON when someone asks."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Signature:
    """One signature of a JWS.

    Where it is ``verified``, ``kid`` and ``thumbprint`` are those of the key that made it (a shared secret may have no
    key id, and has no thumbprint) and ``header`` is the protected header. Where it is not, ``code`` tells why, ``kid``
    is what the signature itself says, and the rest is ``None``.
    """

    index: int
    verified: bool
    kid: str | None
    algorithm: str | None
    thumbprint: str | None
    header: dict[str, Any] | None
    unprotected: dict[str, Any] | None
    code: str | None


@dataclass(frozen=True)
class Prepared:
    """What a signer elsewhere has to sign: the ``message``, with this ``algorithm``.

    ``digest`` is the hash of the message, for signers that take one; EdDSA has none.
    """

    kid: str | None
    algorithm: str
    message: bytes
    digest: bytes | None


def signatures(report: bytes) -> tuple[Signature, ...]:
    """What core reports on the signatures of a JWS."""
    return tuple(
        Signature(
            entry["index"],
            entry["verified"],
            entry.get("kid"),
            entry.get("alg"),
            entry.get("thumbprint"),
            entry.get("header"),
            entry.get("unprotected"),
            entry.get("code"),
        )
        for entry in json.loads(report)
    )


def prepared(answer: bytes) -> Prepared:
    """What core has prepared."""
    members = json.loads(answer)
    digest = members["digest"]
    return Prepared(
        members["kid"], members["alg"], _decoded(members["message"]), None if digest is None else _decoded(digest)
    )


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
