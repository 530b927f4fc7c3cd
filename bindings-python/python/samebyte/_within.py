"""Waiting on an event loop for no longer than so many seconds."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")

if sys.version_info >= (3, 11):

    async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
        """What ``work`` returns. Raises ``asyncio.TimeoutError`` where it takes longer, after it was cancelled."""
        if seconds <= 0:
            work.close()
            raise asyncio.TimeoutError
        try:
            waits = work.send(None)
        except StopIteration as done:
            # What is there already needs no timer.
            result: T = done.value
            return result
        async with asyncio.timeout(seconds):
            return await _Begun(work, waits)

else:

    async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
        """What ``work`` returns. Raises ``asyncio.TimeoutError`` where it takes longer, after it was cancelled."""
        return await asyncio.wait_for(work, seconds)


class _Begun:
    """A coroutine that ran until it had to wait."""

    def __init__(self, work: Coroutine[Any, Any, Any], waits: Any) -> None:
        self._work = work
        self._waits = waits

    def __await__(self) -> Generator[Any, Any, Any]:
        waits = self._waits
        try:
            while True:
                try:
                    given = yield waits
                except BaseException as error:  # noqa: BLE001, it is handed on
                    waits = self._work.throw(error)
                else:
                    waits = self._work.send(given)
        except StopIteration as done:
            return done.value
