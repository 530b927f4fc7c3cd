"""Results and configurations in the files of sqooler 0.9, which reads what is written here, and the reverse.

Its format signs the text of the payload as it stands, with Ed25519. It is never guessed: whoever means it names it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from samebyte import _native
from samebyte._json import Text
from samebyte._native import PublicKey
from samebyte._native import sqooler_key_from_jwk as signing_key
from samebyte._native import sqooler_key_to_jwk as signing_key_jwk
from samebyte._native import sqooler_public_key_from_jwk as public_key
from samebyte._native import sqooler_public_key_to_jwk as public_key_jwk
from samebyte._native import sqooler_sign as sign

__all__ = [
    "VerifiedPayload",
    "public_key",
    "public_key_jwk",
    "sign",
    "signing_key",
    "signing_key_jwk",
    "verify_config",
    "verify_result",
]


@dataclass(frozen=True)
class VerifiedPayload:
    """A payload whose signature holds: its ``text``, exactly as the file has it."""

    text: str

    @property
    def payload(self) -> Any:
        """The same as Python's JSON reader reads it, which is how sqooler does."""
        return json.loads(self.text)


def verify_result(file: Text, key: PublicKey, *, display_name: str, job_id: str) -> VerifiedPayload:
    """Verifies the file of a result, and that it is of this back end and this job.

    Raises ``signature_invalid``, ``signature_unknown``, ``signature_malformed``, ``signature_header_malformed``,
    ``algorithm_not_allowed``, ``typ_mismatch``, ``document_unsigned``, ``result_malformed``, ``display_name_mismatch``,
    ``job_id_mismatch``, ``algorithm_unsupported``, ``invalid_argument`` and the codes of the JSON reader.
    """
    return VerifiedPayload(_native.sqooler_result_verify(file, key, display_name, job_id))


def verify_config(file: Text, key: PublicKey, *, display_name: str) -> VerifiedPayload:
    """Verifies the file of a configuration, and that it is of this back end.

    Raises as :func:`verify_result`, without ``job_id_mismatch``.
    """
    return VerifiedPayload(_native.sqooler_config_verify(file, key, display_name))
