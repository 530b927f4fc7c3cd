"""What the results of verifications have in common."""

from __future__ import annotations

import json
from typing import Any

from samebyte import _native


class Result:
    """A result of core: its canonical JSON, read when it is asked for."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    def to_json(self) -> bytes:
        """The whole result as canonical JSON, equal in every language."""
        return self._text

    @property
    def _members(self) -> dict[str, Any]:
        # Read anew each time: what a caller does to a dict must not change what was verified.
        members: dict[str, Any] = json.loads(self._text)
        return members

    def _canonical(self, name: str) -> bytes:
        return _native.jcs_canonicalize(self._members[name])

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self._text)} bytes)"
