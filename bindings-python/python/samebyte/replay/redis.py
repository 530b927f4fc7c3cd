"""Replay store in Redis (>= 7.0), over a client of the ``redis`` package: several processes and hosts.

The server must keep what it is told to keep: ``maxmemory-policy noeviction``, one primary. What fails is answered with
a verdict that refuses the request, in bounded time: 50 ms for a round trip, 100 ms where there is no connection yet.
Nothing is sent twice. Each reservation has an owner, so that no reply is mistaken for that of somebody else.

The client only says where the server is and who logs in. The store opens its own connections, since the retries and
timeouts that suit a cache do not suit a replay store.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from samebyte._within import within
from samebyte.replay._contract import Lost, Verdict, unfit
from samebyte.replay._replies import read
from samebyte.replay._watch import Unfit, Watch, refused, verdict

if TYPE_CHECKING:
    import redis
    import redis.asyncio

__all__ = ["AsyncRedisStore", "RedisStore"]

# What of a client's settings says where the server is, and who logs in.
_PLACE = {
    "host",
    "port",
    "db",
    "path",
    "username",
    "password",
    "credential_provider",
    "client_name",
    "socket_type",
    "socket_keepalive",
    "socket_keepalive_options",
}

# Idle connections that are kept.
_IDLE = 64

# Nonces that go to the server in one round trip.
_BATCH = 128


class RedisStore:
    """A replay store over a ``redis.Redis``, for threads.

    ``prefix`` is put before the name of each key. ``timeout_ms`` bounds a round trip, ``connect_timeout_ms`` the
    making of a connection. ``allow_eviction`` accepts a server that may forget live nonces, and with them the defence.
    """

    def __init__(
        self,
        client: redis.Redis,
        *,
        prefix: str = "samebyte:",
        timeout_ms: int = 50,
        connect_timeout_ms: int = 100,
        allow_eviction: bool = False,
    ) -> None:
        self._make, self._settings = _place(client, Retry, timeout_ms, connect_timeout_ms)
        self._watch = Watch(prefix.encode(), allow_eviction)
        self._idle: deque[Any] = deque(maxlen=_IDLE)
        self._process = os.getpid()

    def start(self, lost: Lost) -> None:
        """As :meth:`samebyte.replay.Store.start`. A server that does not answer is no reason not to start."""
        self._watch.tell(lost)
        try:
            self._idle.append(self._connect()[0])
        except Unfit as reason:
            raise refused(reason) from None
        except (RedisError, OSError):
            self._watch.failed()

    def reserve(self, key: bytes, owner: bytes, ttl_ms: int) -> Verdict:
        """As :meth:`samebyte.replay.Store.reserve`."""
        connection = self._taken()
        same = True
        try:
            if connection is None:
                connection, same = self._connect()
            replies = _talk(connection, [self._watch.command(key, owner, ttl_ms), *self._watch.questions()])
            same = self._watch.answered(replies[1:]) and same
        except (RedisError, OSError, Unfit):
            self._watch.failed()
            if connection is not None:
                connection.disconnect()
            return Verdict.UNAVAILABLE
        if not same:
            connection.disconnect()
            return Verdict.COLD
        self._idle.append(connection)
        return verdict(replies[0], owner)

    def close(self) -> None:
        """Closes the connections that are idle."""
        while connection := self._taken():
            connection.disconnect()

    def _taken(self) -> Any:
        """A connection that is idle; ``None`` where there is none."""
        if self._process != os.getpid():
            # Connections of the process that forked are its own.
            self._process = os.getpid()
            self._idle = deque(maxlen=_IDLE)
            self._watch.forked()
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _connect(self) -> tuple[Any, bool]:
        """A new connection, and whether the state of the server is what it was."""
        connection = self._make(**self._settings)
        try:
            connection.connect()
            return connection, self._watch.greeted(_talk(connection, self._watch.greeting()))
        except BaseException:
            connection.disconnect()
            raise


class AsyncRedisStore:
    """A replay store over a ``redis.asyncio.Redis``, for one event loop. Parameters as :class:`RedisStore`.

    Requests that wait at the same time share a round trip.
    """

    def __init__(
        self,
        client: redis.asyncio.Redis,
        *,
        prefix: str = "samebyte:",
        timeout_ms: int = 50,
        connect_timeout_ms: int = 100,
        allow_eviction: bool = False,
    ) -> None:
        self._make, self._settings = _place(client, AsyncRetry, None, connect_timeout_ms)
        self._watch = Watch(prefix.encode(), allow_eviction)
        self._timeout, self._connect_timeout = timeout_ms / 1000, connect_timeout_ms / 1000
        self._connection: Any = None
        self._waiting: deque[_Waiting] = deque()
        self._work: asyncio.Task[None] | None = None
        self._process = os.getpid()
        self._inherited: list[tuple[Any, Any]] = []

    async def start(self, lost: Lost) -> None:
        """As :meth:`samebyte.replay.Store.start`. A server that does not answer is no reason not to start."""
        self._own()
        self._watch.tell(lost)
        try:
            await within(self._connect_timeout, self._connect())
        except Unfit as reason:
            raise refused(reason) from None
        except (RedisError, OSError, asyncio.TimeoutError):
            self._watch.failed()

    async def reserve(self, key: bytes, owner: bytes, ttl_ms: int) -> Verdict:
        """As :meth:`samebyte.replay.Store.reserve`."""
        self._own()
        waiting = _Waiting(self._watch.command(key, owner, ttl_ms), owner, asyncio.get_running_loop())
        self._waiting.append(waiting)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._serve())
        return await waiting.future

    async def close(self) -> None:
        """Closes the connection."""
        self._own()
        if self._work is not None and not self._work.done():
            await self._work
        await self._leave()

    def _own(self) -> None:
        """Leaves to the process that forked what is its own: whoever waits, and the connection."""
        if self._process != os.getpid():
            self._process = os.getpid()
            # A second reader would take its replies; and to close it here would end what its loop knows of it.
            self._inherited.append((self._connection, self._work))
            self._connection, self._work, self._waiting = None, None, deque()
            self._watch.forked()

    async def _serve(self) -> None:
        """Takes round trips until nobody waits."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            # Who has waited for the round trip before this one has less time left.
            limit = self._timeout if self._connection is not None else self._connect_timeout
            left = batch[0].since + limit - loop.time()
            try:
                verdicts = await within(left, self._round_trip(batch))
            except (RedisError, OSError, Unfit, asyncio.TimeoutError):
                self._watch.failed()
                await self._leave()
                # Those behind have waited for an answer that did not come.
                batch += self._waiting
                self._waiting.clear()
                verdicts = [Verdict.UNAVAILABLE] * len(batch)
            except BaseException:
                # The connection may be that of another loop, or in the middle of a reply.
                self._connection = None
                for waiting in (*batch, *self._waiting):
                    waiting.answer(Verdict.UNAVAILABLE)
                self._waiting.clear()
                raise
            for waiting, each in zip(batch, verdicts, strict=True):
                waiting.answer(each)

    async def _round_trip(self, batch: list[_Waiting]) -> list[Verdict]:
        same = self._connection is not None or await self._connect()
        commands = [waiting.command for waiting in batch]
        replies = await _talk_async(self._connection, [*commands, *self._watch.questions()])
        if not (self._watch.answered(replies[len(batch) :]) and same):
            await self._leave()
            return [Verdict.COLD] * len(batch)
        return [verdict(reply, waiting.owner) for reply, waiting in zip(replies[: len(batch)], batch, strict=True)]

    async def _connect(self) -> bool:
        """Makes the connection; whether the state of the server is what it was."""
        connection = self._make(**self._settings)
        try:
            await connection.connect()
            same = self._watch.greeted(await _talk_async(connection, self._watch.greeting()))
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        self._connection = connection
        return same

    async def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.disconnect(nowait=True)


class _Waiting:
    """A request that waits for its verdict."""

    __slots__ = ("command", "future", "owner", "since")

    def __init__(self, command: bytes, owner: bytes, loop: asyncio.AbstractEventLoop) -> None:
        self.command = command
        self.owner = owner
        self.since = loop.time()
        self.future: asyncio.Future[Verdict] = loop.create_future()

    def answer(self, answer: Verdict) -> None:
        # Whoever asked may have been cancelled.
        if not self.future.done():
            self.future.set_result(answer)


def _place(client: Any, retry: Any, timeout_ms: int | None, connect_timeout_ms: int) -> tuple[Any, dict[str, Any]]:
    """The class of the client's connections, and settings for our own; without a timeout where the caller has one."""
    pool = getattr(client, "connection_pool", None)
    if pool is None or "connection_pool" in pool.connection_kwargs:
        raise unfit("the Redis client must be one of a single primary, not of a cluster or of Sentinel", "REPLAY_STORE")
    given: dict[str, Any] = pool.connection_kwargs
    settings = {name: value for name, value in given.items() if name in _PLACE or name.startswith("ssl_")}
    settings.update(
        socket_timeout=None if timeout_ms is None else timeout_ms / 1000,
        socket_connect_timeout=connect_timeout_ms / 1000,
        retry=retry(NoBackoff(), 0),
        protocol=2,
        health_check_interval=0,
    )
    return pool.connection_class, settings


def _talk(connection: Any, commands: Sequence[bytes]) -> list[Any]:
    """Sends commands at once and reads all replies; an error in a reply is its value."""
    connection.send_packed_command([b"".join(commands)], check_health=False)
    replies: list[Any] = []
    for _ in commands:
        try:
            replies.append(connection.read_response(disable_decoding=True))
        except ResponseError as error:
            replies.append(error)
    return replies


async def _talk_async(connection: Any, commands: Sequence[bytes]) -> list[Any]:
    """As :func:`_talk`."""
    await connection.send_packed_command([b"".join(commands)], check_health=False)
    return await read(connection, len(commands))
