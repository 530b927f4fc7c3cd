"""Canonicalize (RFC 8785), sign and verify JSON with identical bytes in every language."""

from samebyte import card, config, document, job, jws, receipt, result, sqooler
from samebyte._codes import Code, Kind
from samebyte._errors import (
    ExpiredError,
    InternalError,
    LimitError,
    MalformedError,
    RejectedError,
    ReplayedError,
    SamebyteError,
    UntrustedError,
    UsageError,
)
from samebyte._json import JSON
from samebyte._native import Keyset, PublicKey, SigningKey, Verifier, version
from samebyte._native import jcs_canonicalize as canonicalize
from samebyte._native import jcs_sha256 as sha256

__all__ = [
    "JSON",
    "Code",
    "ExpiredError",
    "InternalError",
    "Keyset",
    "Kind",
    "LimitError",
    "MalformedError",
    "PublicKey",
    "RejectedError",
    "ReplayedError",
    "SamebyteError",
    "SigningKey",
    "UntrustedError",
    "UsageError",
    "Verifier",
    "__version__",
    "canonicalize",
    "card",
    "config",
    "document",
    "job",
    "jws",
    "receipt",
    "result",
    "sha256",
    "sqooler",
]

__version__: str = version()
