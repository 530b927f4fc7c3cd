"""Exceptions: one class for each kind of code, all under :class:`SamebyteError`."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from samebyte._codes import Code, Kind


class SamebyteError(Exception):
    """Why something was refused.

    ``code`` is stable and equal in every language; the message is free text for people. Neither the message nor
    ``detail`` ever holds key material or payload text.
    """

    kind: ClassVar[Kind]

    def __init__(self, code: str, message: str, detail_json: str = "") -> None:
        super().__init__(code, message, detail_json)
        self.code = Code(code)
        self.message = message
        self._detail_json = detail_json

    @property
    def detail(self) -> dict[str, Any]:
        """Small facts such as a byte ``offset``, a JSON ``pointer`` or the ``index`` of a signature; often empty."""
        return json.loads(self._detail_json) if self._detail_json else {}

    @property
    def http_status(self) -> int:
        """The HTTP status that a gateway answers with."""
        return self.code.http_status

    def __str__(self) -> str:
        detail = f" {self._detail_json}" if self._detail_json else ""
        return f"{self.code}: {self.message}{detail}"


class UsageError(SamebyteError):
    """The call itself is wrong: an argument, an option, a value that has no JSON text."""

    kind = Kind.USAGE


class MalformedError(SamebyteError):
    """The input is not in its format."""

    kind = Kind.MALFORMED


class RejectedError(SamebyteError):
    """The input is in its format, and a signature or a key in it does not hold."""

    kind = Kind.REJECTED


class UntrustedError(SamebyteError):
    """The signatures may hold, but not of those who must have signed."""

    kind = Kind.UNTRUSTED


class ExpiredError(SamebyteError):
    """The time is not within the times that were signed."""

    kind = Kind.EXPIRED


class ReplayedError(SamebyteError):
    """What may be used once has been used before."""

    kind = Kind.REPLAYED


class LimitError(SamebyteError):
    """The input is larger or deeper than a limit."""

    kind = Kind.LIMIT


class InternalError(SamebyteError):
    """A fault of samebyte itself, or of the machine."""

    kind = Kind.INTERNAL


_CLASSES: dict[Kind, type[SamebyteError]] = {
    error.kind: error
    for error in (
        UsageError,
        MalformedError,
        RejectedError,
        UntrustedError,
        ExpiredError,
        ReplayedError,
        LimitError,
        InternalError,
    )
}


def error_of(code: str, message: str, detail_json: str) -> SamebyteError:
    """The exception of the class that the code belongs to. The native module raises what this returns."""
    return _CLASSES[Code(code).kind](code, message, detail_json)
