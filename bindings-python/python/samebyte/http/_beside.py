"""Verifies beside the event loop what came together: the loop goes on with other requests meanwhile.

A signature takes as long to verify as the rest of a small request to serve. One request by itself is verified at once,
which is sooner than another thread would be done.
"""

from __future__ import annotations

import asyncio
import os
import weakref
from collections.abc import Callable
from typing import Any

from samebyte import _native

# More threads than this would wait for what the loop has to do for each request.
_THREADS = 4


class Beside:
    """Verifies the bodies of requests, for one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.process = os.getpid()
        self._loop = weakref.ref(loop)
        self._crew: Any = None
        self._pending: list[tuple[_native.Exchange, bytes, int, asyncio.Future[int]]] = []
        self._waiting: dict[int, asyncio.Future[int]] = {}
        self._number = 0
        make: Callable[[int], Any] | None = getattr(_native, "Crew", None)
        threads = min((os.cpu_count() or 1) - 1, _THREADS)
        if make is None or threads < 1:
            return
        crew = make(threads)
        try:
            loop.add_reader(crew.fileno(), self._collect)
        except NotImplementedError:
            # A loop that can wait for no socket of others.
            return
        self._crew = crew

    async def read(self, exchange: _native.Exchange, body: bytes, now_ms: int) -> int:
        """As ``Exchange.read``."""
        loop = self._loop()
        if self._crew is None or loop is None:
            return exchange.read(body, now_ms)
        if not self._pending:
            # After all that this turn of the loop has to do: what else came by then is verified together.
            loop.call_soon(self._submit)
        future: asyncio.Future[int] = loop.create_future()
        self._pending.append((exchange, body, now_ms, future))
        return await future

    def _submit(self) -> None:
        pending, self._pending = self._pending, []
        if len(pending) == 1 and not self._waiting:
            exchange, body, now_ms, future = pending[0]
            try:
                _settle(future, exchange.read(body, now_ms))
            except Exception as error:  # noqa: BLE001, it is handed to who waits
                _settle(future, error)
            return
        for exchange, body, now_ms, future in pending:
            self._number += 1
            self._waiting[self._number] = future
            self._crew.submit(self._number, exchange, body, now_ms)

    def _collect(self) -> None:
        for number, outcome in self._crew.collect():
            _settle(self._waiting.pop(number), outcome)


_OF_LOOPS: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Beside] = weakref.WeakKeyDictionary()


def beside() -> Beside:
    """What verifies for the event loop that is running."""
    loop = asyncio.get_running_loop()
    found = _OF_LOOPS.get(loop)
    if found is None or found.process != os.getpid():
        # The threads of a process that forked are not in this one.
        found = _OF_LOOPS[loop] = Beside(loop)
    return found


def _settle(future: asyncio.Future[int], outcome: Any) -> None:
    # Whoever waited may have been cancelled.
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
