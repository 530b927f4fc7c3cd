"""Who may stand where a verifier is asked for."""

from __future__ import annotations

from typing import TypeAlias

from samebyte._native import Keyset, PublicKey, SigningKey, Verifier

# A `Verifier`; or a `Keyset` or one key, with no option then. A `SigningKey` verifies where it is a shared secret.
Trust: TypeAlias = Verifier | Keyset | PublicKey | SigningKey
