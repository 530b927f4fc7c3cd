"""Signed configurations: what a back end says of itself, bound to its name.

A configuration is an object with ``display_name`` and ``payload``. Other members are allowed, and signed too.
"""

from __future__ import annotations

from typing import Any

from samebyte import _native
from samebyte._json import JSON
from samebyte._native import SigningKey
from samebyte._result import Result
from samebyte._trust import Trust
from samebyte.document import Signature, signatures_of

__all__ = ["Signature", "VerifiedConfig", "sign", "verify"]


class VerifiedConfig(Result):
    """A configuration whose signatures hold, of the back end that was expected."""

    @property
    def config(self) -> dict[str, Any]:
        """What was verified: all members but ``signatures``."""
        config: dict[str, Any] = self._members["config"]
        return config

    @property
    def canonical(self) -> bytes:
        """What was verified, as canonical JSON."""
        return self._canonical("config")

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """The signatures, in their order."""
        return signatures_of(self._members)


def sign(document: JSON, key: SigningKey) -> bytes:
    """The configuration in canonical form with one more signature.

    Raises ``result_malformed``, ``duplicate_signer``, ``too_many_signatures`` and the codes of the JSON reader.
    """
    return _native.config_sign(document, key)


def verify(document: JSON, verifier: Trust, *, display_name: str) -> VerifiedConfig:
    """Verifies a configuration, and that it is of this back end.

    Raises ``display_name_mismatch``, ``document_unsigned``, ``signature_verification_failed``, ``signature_unknown``,
    ``threshold_not_met``, ``duplicate_signer``, ``result_malformed``, ``too_many_signatures``, ``invalid_argument`` and
    the codes of the JSON reader.
    """
    return VerifiedConfig(_native.config_verify(document, verifier, display_name))
