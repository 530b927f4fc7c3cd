"""Receipts of version 0.1: a node signs what it ran, with which outcome, and when."""

from __future__ import annotations

from typing import cast

from samebyte import _native
from samebyte._json import JSON
from samebyte._native import PublicKey, SigningKey
from samebyte._result import Result

__all__ = ["VerifiedReceipt", "canonical_representation", "sign", "verify"]


class VerifiedReceipt(Result):
    """A receipt whose signature holds."""

    @property
    def module_hash(self) -> str:
        """SHA-256 of the module that ran, as the receipt spells it."""
        return cast(str, self._members["module_hash"])

    @property
    def exit_code(self) -> int:
        """How it ended."""
        return cast(int, self._members["exit_code"])

    @property
    def wall_time_ms(self) -> int:
        """How long it took, in milliseconds."""
        return cast(int, self._members["wall_time_ms"])

    @property
    def timestamp(self) -> int:
        """When, in Unix seconds."""
        return cast(int, self._members["timestamp"])

    @property
    def node_pubkey(self) -> str:
        """The key that signed, which is the key that was expected: lower-case hex."""
        return cast(str, self._members["node_pubkey"])


def sign(receipt: JSON, key: SigningKey) -> bytes:
    """The receipt in canonical form, signed with an Ed25519 key; ``node_pubkey`` and ``signature`` are filled in.

    Raises ``receipt_malformed``, ``algorithm_unsupported``, ``key_mismatch`` and the codes of the JSON reader.
    """
    return _native.receipt_sign(receipt, key)


def verify(receipt: JSON, public_key: PublicKey) -> VerifiedReceipt:
    """Verifies a receipt with the key that it must be of. The key inside the receipt is never trusted.

    Raises ``signature_invalid``, ``key_mismatch``, ``receipt_malformed``, ``algorithm_unsupported`` and the codes of
    the JSON reader.
    """
    return VerifiedReceipt(_native.receipt_verify(receipt, public_key))


def canonical_representation(receipt: JSON) -> bytes:
    """The text ``version|module_hash|exit_code|wall_time_ms|timestamp`` whose SHA-256 is signed.

    Raises ``receipt_malformed`` and the codes of the JSON reader.
    """
    return _native.receipt_canonical_representation(receipt)
