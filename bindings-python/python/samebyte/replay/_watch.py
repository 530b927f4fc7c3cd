"""What is known of a Redis server: whether it may be relied on, and whether it has lost its state.

The state is lost with the key ``epoch``, which is made once and never expires, and when another process or another
copy answers (``run_id``, ``master_replid``). No command is sent from here, so both clients share it.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from typing import Any

from samebyte.replay._contract import Lost, Verdict, unfit

# How long what INFO said is believed, in seconds.
INFO_EVERY = 1.0


def packed(*words: bytes) -> bytes:
    """A command as the protocol of Redis writes it."""
    return b"*%d\r\n" % len(words) + b"".join([b"$%d\r\n%b\r\n" % (len(word), word) for word in words])


INFO = packed(b"INFO", b"server", b"replication", b"memory")


class Unfit(Exception):  # noqa: N818, it is never seen outside
    """The server answers, and must not be relied on."""


class Watch:
    """What is known of one server. Threads share it."""

    def __init__(self, prefix: bytes, allow_eviction: bool) -> None:
        self._nonce, self._name = prefix + b"n:", prefix + b"epoch"
        self._ask = packed(b"GET", self._name)
        self._allow_eviction = allow_eviction
        self._lock = threading.Lock()
        self._lost: list[Lost] = []
        self._made_ms: int | None = None
        self._epoch: bytes | None = None
        self._identity: tuple[bytes, bytes] | None = None
        self._due = 0.0

    def tell(self, lost: Lost) -> None:
        """Tells ``lost`` of what is known already, and of what will be."""
        with self._lock:
            self._lost.append(lost)
            if self._made_ms is not None:
                lost(self._made_ms)

    def greeting(self) -> list[bytes]:
        """What is sent first on each connection."""
        # Whoever starts later has to know when the state began, too.
        fresh = f"{secrets.token_hex(16)}:{_now_ms()}".encode()
        return [packed(b"SET", self._name, fresh, b"NX", b"GET"), self._ask, INFO]

    def greeted(self, replies: list[Any]) -> bool:
        """Reads the replies to the greeting; whether the state is what it was. Raises :class:`Unfit`."""
        before, epoch, info = replies
        if not isinstance(epoch, bytes):
            raise Unfit("the server keeps no epoch")
        with self._lock:
            same = self._inspect(info)
            if self._epoch != epoch:
                # The first one that is seen may have been made long ago.
                first = self._epoch is None
                same = first and before is not None
                self._lose(_made(epoch) if first else _now_ms())
                self._epoch = epoch
            return same

    def command(self, key: bytes, owner: bytes, ttl_ms: int) -> bytes:
        """What reserves a nonce: with a lifetime, since a time that is past would answer OK and keep nothing."""
        name, holder = self._nonce + key.hex().encode(), owner.hex().encode()
        return packed(b"SET", name, holder, b"NX", b"GET", b"PX", b"%d" % max(ttl_ms, 1000))

    def questions(self) -> list[bytes]:
        """What is asked in the same round trip, behind the nonces: a loss between the two is then seen."""
        asked = [self._ask]
        if time.monotonic() >= self._due:
            asked.append(INFO)
        return asked

    def answered(self, replies: list[Any]) -> bool:
        """Reads the replies to the questions; whether the state is what it was. Raises :class:`Unfit`.

        Where it is not, the connection has to be left: the greeting on the next one makes the epoch anew.
        """
        epoch, *info = replies
        with self._lock:
            same = not info or self._inspect(info[0])
            if epoch != self._epoch:
                same = False
                self._lose(_now_ms())
            return same

    def forked(self) -> None:
        """Another thread of the process that forked may hold the lock for ever."""
        self._lock = threading.Lock()

    def failed(self) -> None:
        """After an error the server is looked at again."""
        self._due = 0.0

    def _inspect(self, info: Any) -> bool:
        """Reads what INFO says; whether the server is the same as before."""
        if not isinstance(info, bytes):
            raise Unfit("the server does not answer INFO, so that nobody knows what it keeps")
        fields = dict(re.findall(rb"^([a-z_]+):(.*?)\r?$", info, re.MULTILINE))
        if int(fields.get(b"redis_version", b"0").split(b".")[0]) < 7:
            raise Unfit("the server is older than Redis 7.0")
        if fields.get(b"role") != b"master":
            raise Unfit("the server is a replica")
        if fields.get(b"maxmemory_policy") != b"noeviction" and not self._allow_eviction:
            raise Unfit("the server forgets live nonces: its maxmemory-policy is not noeviction")
        identity = (fields.get(b"run_id", b""), fields.get(b"master_replid", b""))
        same = self._identity in (None, identity)
        if not same:
            self._lose(_now_ms())
        self._identity = identity
        self._due = time.monotonic() + INFO_EVERY
        return same

    def _lose(self, made_ms: int) -> None:
        self._made_ms = max(made_ms, self._made_ms or 0)
        for lost in self._lost:
            lost(self._made_ms)


def verdict(reply: Any, owner: bytes) -> Verdict:
    """What the reply to ``SET … NX GET`` says."""
    if reply is None or reply == owner.hex().encode():
        # The second is our own, whose reply was lost.
        return Verdict.NEW
    if isinstance(reply, bytes):
        return Verdict.REPLAY
    if isinstance(reply, Exception) and (type(reply).__name__ == "OutOfMemoryError" or str(reply).startswith("OOM")):
        return Verdict.FULL
    return Verdict.UNAVAILABLE


def refused(reason: Unfit) -> Exception:
    """What a start raises for a server that must not be used."""
    return unfit(str(reason), "REPLAY_STORE")


def _made(epoch: bytes) -> int:
    """When an epoch was made, in Unix milliseconds; now, for one that does not tell."""
    _, _, made = epoch.rpartition(b":")
    return int(made) if re.fullmatch(rb"[0-9]{1,15}", made) else _now_ms()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
