"""Signed JSON documents: any JSON object, signed under a media type that says what it is.

Every signer signs the DSSE pre-authentication encoding of the canonical document without its ``signatures``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from samebyte import _native
from samebyte._errors import SamebyteError
from samebyte._json import JSON, Text
from samebyte._native import SigningKey
from samebyte._result import Result
from samebyte._trust import Trust

__all__ = ["Signature", "VerifiedDocument", "from_dsse", "sign", "signing_input", "to_dsse", "verify", "verify_many"]


@dataclass(frozen=True)
class Signature:
    """One signature of a document. ``verified`` is false where the key is not one of the verifier's."""

    index: int
    kid: str
    algorithm: str
    verified: bool


class VerifiedDocument(Result):
    """A document whose signatures hold."""

    @property
    def document(self) -> dict[str, Any]:
        """What was verified: all members but ``signatures``."""
        document: dict[str, Any] = self._members["document"]
        return document

    @property
    def canonical(self) -> bytes:
        """What was verified, as canonical JSON."""
        return self._canonical("document")

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """The signatures, in their order."""
        return signatures_of(self._members)


def signatures_of(members: dict[str, Any]) -> tuple[Signature, ...]:
    """The signatures in a result of core."""
    return tuple(
        Signature(entry["index"], entry["kid"], entry["alg"], entry["verified"]) for entry in members["signatures"]
    )


def sign(document: JSON, key: SigningKey, media_type: str) -> bytes:
    """The document in canonical form with one more signature.

    Raises ``document_malformed``, ``type_invalid``, ``duplicate_signer``, ``too_many_signatures`` and the codes of
    the JSON reader.
    """
    return _native.document_sign(document, key, media_type)


def verify(document: JSON, verifier: Trust, media_type: str) -> VerifiedDocument:
    """Verifies a document and returns what was verified. Hand over the bytes that were received.

    Raises ``document_unsigned``, ``signature_verification_failed``, ``signature_unknown``, ``threshold_not_met``,
    ``duplicate_signer``, ``document_malformed``, ``type_invalid``, ``too_many_signatures`` and the codes of the JSON
    reader.
    """
    return VerifiedDocument(_native.document_verify(document, verifier, media_type))


def verify_many(documents: Iterable[Text], verifier: Trust, media_type: str) -> list[VerifiedDocument | SamebyteError]:
    """Verifies many documents, each by itself and as strictly as :func:`verify`, on all processors.

    The result holds for each what was verified, or the exception: nothing is raised for a document that is refused.
    """
    outcomes = _native.document_verify_many(documents, verifier, media_type)
    return [VerifiedDocument(outcome) if isinstance(outcome, bytes) else outcome for outcome in outcomes]


def signing_input(document: JSON, media_type: str) -> bytes:
    """The pre-authentication encoding that every signer of this document signs.

    Raises ``document_malformed``, ``type_invalid`` and the codes of the JSON reader.
    """
    return _native.document_signing_input(document, media_type)


def to_dsse(document: JSON, media_type: str) -> bytes:
    """The signed document as a DSSE envelope with the same signatures.

    Raises ``document_unsigned``, ``document_malformed``, ``type_invalid`` and the codes of the JSON reader.
    """
    return _native.document_to_dsse(document, media_type)


def from_dsse(envelope: JSON, media_type: str) -> bytes:
    """The DSSE envelope as a signed document. Converting verifies nothing.

    Raises ``document_malformed``, ``type_invalid`` and the codes of the JSON reader.
    """
    return _native.document_from_dsse(envelope, media_type)
