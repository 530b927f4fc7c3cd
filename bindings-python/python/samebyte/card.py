"""Agent Cards of A2A 1.0, signed so that other implementations verify them, and the reverse.

Implementations read the rules for what is signed in different ways, called forms: ``sdk`` (what the official SDKs of
Python and JavaScript do), ``spec`` (the specification to the letter) and ``raw`` (the card as it is served). Cards are
JSON **text**, never objects of an SDK, which have lost members already.
"""

from __future__ import annotations

import json
from typing import Any, Literal, TypeAlias, cast

from samebyte import _native
from samebyte._json import Text
from samebyte._native import card_canonicalize as canonicalize
from samebyte._native import card_diagnose as diagnose
from samebyte._native import card_sign as sign
from samebyte._result import Result
from samebyte._trust import Trust

__all__ = ["Form", "VerifiedCard", "canonicalize", "diagnose", "sign", "verify"]

Form: TypeAlias = Literal["sdk", "spec", "raw"]


class VerifiedCard(Result):
    """A card of which a signature holds. Go on with it, and not with what was received."""

    def __init__(self, canonical: bytes, report: bytes) -> None:
        super().__init__(report)
        self._card = canonical

    @property
    def canonical(self) -> bytes:
        """The canonical card that the signature covers, without ``signatures``."""
        return self._card

    @property
    def card(self) -> dict[str, Any]:
        """The same as a dict."""
        card: dict[str, Any] = json.loads(self._card)
        return card

    @property
    def form(self) -> Form:
        """The form under which it holds."""
        return cast(Form, self._members["form"])

    @property
    def index(self) -> int:
        """The place of the signature that holds."""
        return cast(int, self._members["index"])

    @property
    def kid(self) -> str | None:
        """The key id of the key that made it; a shared secret may have none."""
        return cast("str | None", self._members.get("kid"))

    @property
    def algorithm(self) -> str:
        """The algorithm it was made with."""
        return cast(str, self._members["alg"])

    @property
    def thumbprint(self) -> str | None:
        """The thumbprint of the key that made it; a shared secret has none."""
        return cast("str | None", self._members.get("thumbprint"))

    @property
    def header(self) -> dict[str, Any]:
        """Its protected header."""
        return cast("dict[str, Any]", self._members["header"])

    @property
    def unsigned_paths(self) -> tuple[str, ...]:
        """JSON pointers to what the card has and the signature does not cover: the first 64."""
        return tuple(self._members["unsigned_paths"])

    @property
    def unsigned_paths_truncated(self) -> bool:
        """Whether there are more."""
        return cast(bool, self._members["unsigned_paths_truncated"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VerifiedCard) and (other._card, other._text) == (self._card, self._text)

    def __hash__(self) -> int:
        return hash((self._card, self._text))


def verify(card: Text, verifier: Trust, form: Form) -> VerifiedCard:
    """Verifies a card under one form. A signature that is broken does not keep the next from being tried.

    Raises ``card_unsigned``, ``signature_invalid``, ``signature_unknown``, ``signature_header_malformed``,
    ``card_malformed``, ``invalid_argument`` and the codes of the JSON reader.
    """
    return VerifiedCard(*_native.card_verify(card, verifier, form))
