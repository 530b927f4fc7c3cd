"""What every replay store answers, and what the middleware asks of one."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable
from typing import Protocol, TypeAlias

from samebyte._errors import SamebyteError, error_of

# Called with a time in Unix milliseconds: what was stored before it may be forgotten.
Lost: TypeAlias = Callable[[int], None]


class Verdict(enum.IntEnum):
    """What a store says about a nonce. Everything but ``NEW`` refuses the request."""

    NEW = 0
    REPLAY = 1
    FULL = 2
    COLD = 3
    UNAVAILABLE = 4


class Store(Protocol):
    """A replay store that blocks its thread for as long as its own deadline allows."""

    def start(self, lost: Lost) -> None:
        """Looks whether the store is fit. It tells ``lost``, now and later, when its state was lost.

        Raises ``settings_invalid`` where the store forgets what it must keep.
        """

    def reserve(self, key: bytes, owner: bytes, ttl_ms: int) -> Verdict:
        """Keeps ``key`` (16 bytes) for ``ttl_ms`` milliseconds, unless another ``owner`` (16 bytes) has it.

        It raises nothing: every failure is ``UNAVAILABLE``, or ``FULL`` where there is no room.
        """

    def close(self) -> None:
        """Gives back what the store holds open."""


class AsyncStore(Protocol):
    """As :class:`Store`, on an asyncio event loop."""

    async def start(self, lost: Lost) -> None:
        """As :meth:`Store.start`."""

    async def reserve(self, key: bytes, owner: bytes, ttl_ms: int) -> Verdict:
        """As :meth:`Store.reserve`."""

    async def close(self) -> None:
        """As :meth:`Store.close`."""


def unfit(message: str, setting: str) -> SamebyteError:
    """The exception for a store that must not be used as it is set up."""
    return error_of("settings_invalid", message, json.dumps({"setting": setting}, separators=(",", ":")))
