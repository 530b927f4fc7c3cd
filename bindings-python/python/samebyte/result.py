"""Signed results: what a back end answers, bound to its name and to the job.

A result is an object with ``display_name``, ``job_id`` and ``payload``. Other members are allowed, and signed too.
"""

from __future__ import annotations

from typing import Any

from samebyte import _native
from samebyte._json import JSON
from samebyte._native import SigningKey
from samebyte._result import Result
from samebyte._trust import Trust
from samebyte.document import Signature, signatures_of

__all__ = ["Signature", "VerifiedResult", "sign", "verify"]


class VerifiedResult(Result):
    """A result whose signatures hold, of the back end and the job that were expected."""

    @property
    def result(self) -> dict[str, Any]:
        """What was verified: all members but ``signatures``."""
        result: dict[str, Any] = self._members["result"]
        return result

    @property
    def canonical(self) -> bytes:
        """What was verified, as canonical JSON."""
        return self._canonical("result")

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """The signatures, in their order."""
        return signatures_of(self._members)


def sign(document: JSON, key: SigningKey) -> bytes:
    """The result in canonical form with one more signature.

    Raises ``result_malformed``, ``duplicate_signer``, ``too_many_signatures`` and the codes of the JSON reader.
    """
    return _native.result_sign(document, key)


def verify(document: JSON, verifier: Trust, *, display_name: str, job_id: str) -> VerifiedResult:
    """Verifies a result, and that it is of this back end and this job.

    Raises ``display_name_mismatch``, ``job_id_mismatch``, ``document_unsigned``, ``signature_verification_failed``,
    ``signature_unknown``, ``threshold_not_met``, ``duplicate_signer``, ``result_malformed``, ``too_many_signatures``,
    ``invalid_argument`` and the codes of the JSON reader.
    """
    return VerifiedResult(_native.result_verify(document, verifier, display_name, job_id))
