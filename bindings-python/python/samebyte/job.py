"""Jobs: documents of one type, signed by those who want them run, held against a policy by whoever runs them."""

from __future__ import annotations

import json
import time
from typing import Any

from samebyte import _native
from samebyte._json import JSON
from samebyte._native import SigningKey
from samebyte._result import Result

__all__ = [
    "AuthorizedJob",
    "VerifiedJob",
    "authorize",
    "canonical_representation",
    "sign",
    "signatories",
    "verify_signatures",
]


class _Job(Result):
    @property
    def job(self) -> dict[str, Any]:
        """The job that was verified."""
        job: dict[str, Any] = self._members["job"]
        return job

    @property
    def canonical(self) -> bytes:
        """The job that was verified, as canonical JSON."""
        return self._canonical("job")


class VerifiedJob(_Job):
    """A job whose signatures hold. This proves that the holders of those keys signed, **not** that they may."""

    @property
    def signatories(self) -> tuple[str, ...]:
        """The distinct public keys, lower-case hex, in the order of their signatures."""
        return tuple(self._members["signatories"])


class AuthorizedJob(_Job):
    """A job whose signatures hold and whose signers satisfy the policy."""

    @property
    def principals(self) -> tuple[str, ...]:
        """Those of the policy who signed."""
        return tuple(self._members["principals"])

    @property
    def ignored(self) -> tuple[str, ...]:
        """Public keys that signed and that the policy does not know."""
        return tuple(self._members["ignored"])


def sign(job: JSON, key: SigningKey) -> bytes:
    """The job in canonical form with one more signature.

    Raises ``job_malformed``, ``duplicate_signer``, ``too_many_signatures`` and the codes of the JSON reader.
    """
    return _native.job_sign(job, key)


def verify_signatures(job: JSON) -> VerifiedJob:
    """Verifies every signature of a job, of which there must be one. This proves possession, **not** permission.

    Raises ``document_unsigned``, ``signature_verification_failed``, ``duplicate_signer``, ``job_malformed``,
    ``too_many_signatures`` and the codes of the JSON reader.
    """
    return VerifiedJob(_native.job_verify_signatures(job))


def signatories(job: JSON) -> tuple[str, ...]:
    """Verifies a job and lists its distinct public keys, lower-case hex. This proves possession, **not** permission.

    Raises as :func:`verify_signatures`.
    """
    return tuple(json.loads(_native.job_signatories(job)))


def authorize(job: JSON, policy: JSON, now: int | None = None) -> AuthorizedJob:
    """Verifies a job and holds its signers and times against a policy: what a supervisor calls before it runs a job.

    ``policy`` comes from whoever verifies, never from the job. ``now`` is in Unix seconds; the clock is read without.

    Raises ``unauthorized``, ``job_expired``, ``job_not_yet_valid``, ``audience_mismatch``, ``policy_invalid``, and as
    :func:`verify_signatures`.
    """
    return AuthorizedJob(_native.job_authorize(job, policy, int(time.time()) if now is None else now))


def canonical_representation(job: JSON) -> bytes:
    """The pre-authentication encoding that every signer of this job signs.

    Raises ``job_malformed`` and the codes of the JSON reader.
    """
    return _native.job_canonical_representation(job)
