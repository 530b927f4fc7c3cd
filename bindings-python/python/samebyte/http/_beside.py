"""Verifies and signs beside the event loop what came together: the loop goes on with other requests meanwhile.

A signature takes as long to verify as the rest of a small request to serve. One request by itself is verified at once,
which is sooner than another thread would be done.
"""

from __future__ import annotations

import asyncio
import os
import weakref
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from samebyte import _native
from samebyte._errors import SamebyteError

# The status, the fields and the body of a response.
Answer: TypeAlias = tuple[int, list[tuple[bytes, bytes]], bytes]

# More threads than this would wait for what the loop has to do for each request.
_THREADS = 4


class Beside:
    """Verifies the bodies of requests and signs responses, for one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._crew: Any = None
        # Those who wait for an outcome.
        self._waiting: set[asyncio.Future[Any]] = set()
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

    def read(self, exchange: _native.Exchange, body: bytes, now_ms: int) -> asyncio.Future[int]:
        """As ``Exchange.read``."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[int] = loop.create_future()
        if self._crew is None:
            future.set_result(exchange.read(body, now_ms))
            return future
        if self._crew.read(future, exchange, body, now_ms):
            # After all that this turn of the loop has to do: what else came by then is worked on together.
            loop.call_soon(self._start)
        self._waiting.add(future)
        return future

    def respond(
        self, exchange: _native.Exchange, status: int, content_type: bytes | None, body: bytes | None, now_ms: int
    ) -> asyncio.Future[Answer]:
        """As ``Exchange.respond``."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        if self._crew is None:
            try:
                future.set_result(exchange.respond(status, content_type, body, now_ms))
            except SamebyteError as error:
                future.set_exception(error)
            return future
        if self._crew.respond(future, exchange, status, content_type, body, now_ms):
            loop.call_soon(self._start)
        self._waiting.add(future)
        return future

    def _start(self) -> None:
        self._settle(self._crew.start)

    def _collect(self) -> None:
        self._settle(self._crew.collect)

    def _settle(self, done: Callable[[], Iterable[tuple[asyncio.Future[Any], Any]]]) -> None:
        try:
            for future, outcome in done():
                self._waiting.discard(future)
                # Whoever waited may have been cancelled.
                if future.done():
                    continue
                if isinstance(outcome, BaseException):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)
        except BaseException as error:
            # Out of memory, for one. Nobody knows whose outcomes are lost, and a request must not wait for ever.
            lost, self._waiting = self._waiting, set()
            for future in lost:
                if not future.done():
                    future.set_exception(error)
            raise


_OF_LOOPS: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Beside] = weakref.WeakKeyDictionary()

if hasattr(os, "register_at_fork"):
    # The threads of a process that forked are not in this one.
    os.register_at_fork(after_in_child=_OF_LOOPS.clear)


def beside() -> Beside:
    """What works beside the event loop that is running."""
    loop = asyncio.get_running_loop()
    found = _OF_LOOPS.get(loop)
    if found is None:
        _forget_closed()
        found = _OF_LOOPS[loop] = Beside(loop)
    return found


def _forget_closed() -> None:
    """What was not done when a loop was closed holds that loop, which nobody collects then."""
    for known in _OF_LOOPS.keyrefs():
        loop = known()
        if loop is not None and loop.is_closed():
            _OF_LOOPS.pop(loop, None)
