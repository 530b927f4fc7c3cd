"""What the middlewares of ASGI and WSGI have in common: settings, keys, and the store of nonces."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from samebyte import _native
from samebyte._errors import SamebyteError
from samebyte._json import JSON
from samebyte._native import SigningKey
from samebyte.http._environment import Plan, plan
from samebyte.http._fetch import Fetcher
from samebyte.replay import AsyncStore, Store
from samebyte.replay._contract import unfit
from samebyte.replay._exclusive import Exclusive

logger = logging.getLogger("samebyte.http")

JWKS_PATH = "/.well-known/jwks.json"

# How often keys are fetched for one request, at most: each source has a cool-down, and so this ends sooner.
FETCHES = 8

# The settings that say which gateways keep the same nonces.
_OF_THE_LOCK = ("audiences", "public_origins", "preset", "mode", "routes")

# The steps of core's state machine.
PASS, KEYS, BODY, RESERVE, ACCEPT, REJECT = range(6)


class Gateway:
    """Whom to trust, what to ask of requests, which responses to sign; and what of it was seen.

    ``settings``: JSON text or a dict, as the page on settings lists them: ``mode``, ``routes``, ``audiences``,
    ``public_origins``, ``trust``, ``sign_responses`` and more. ``signing_key`` signs responses. ``replay`` is where
    nonces are kept; without one they are in memory, for one process. ``body_timeout``: how many seconds a body may
    take. ``max_response``: the longest response that is held back to be signed, in bytes. ``snapshot``: a file for the
    nonces in memory, from one run of the process to the next. ``fetch`` takes the URL of a JWK Set and returns it, or
    ``None``. ``clock`` tells the time in Unix milliseconds.

    Raises ``settings_invalid`` for contradictions, ``unknown_option``, and the codes of keys.
    """

    def __init__(
        self,
        settings: JSON,
        *,
        signing_key: SigningKey | None = None,
        replay: Store | AsyncStore | None = None,
        body_timeout: float = 10.0,
        max_response: int = 1_048_576,
        snapshot: str | os.PathLike[str] | None = None,
        fetch: Callable[[str], bytes | None] | None = None,
        clock: Callable[[], int] | None = None,
    ) -> None:
        text = _native.jcs_canonicalize(settings, numbers="exact", max_bytes=1 << 26)
        members: dict[str, Any] = json.loads(text)
        if "replay" not in members and isinstance(members, dict):
            kind = b'"memory"' if replay is None else b'"external"'
            text = text[:-1] + (b"," if members else b"") + b'"replay":' + kind + b"}"
        elif (members["replay"] == "memory") != (replay is None):
            raise unfit("the store of nonces is not the one that the setting names", "replay")
        self.now = clock or _wall
        self.native = _native.Gateway(text, signing_key, self.now())
        self.body_timeout = body_timeout
        self.max_response = max_response
        self.replay = replay
        self.asynchronous = inspect.iscoroutinefunction(getattr(replay, "reserve", None))
        self.publishes = signing_key is not None
        self._fetch = fetch or Fetcher()
        self._snapshot = None if snapshot is None else Path(snapshot)
        self._members = {name: members.get(name) for name in _OF_THE_LOCK}
        self._fetching: dict[int, threading.Lock] = {}
        self._lock = threading.Lock()
        self._starting = asyncio.Lock()
        self._process = os.getpid()
        self._exclusive: Exclusive | None = None
        self.started = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, *, asynchronous: bool = True) -> Gateway:
        """A gateway with settings from environment variables (``os.environ`` where none are given).

        ``asynchronous``: for ASGI; otherwise for WSGI. Raises ``settings_invalid`` with the name of the variable in
        ``detail``, and the codes of keys.
        """
        planned: Plan = plan(os.environ if environment is None else environment)
        store = planned.async_store() if asynchronous else planned.store()
        return cls(
            planned.settings,
            signing_key=planned.signing_key,
            replay=store,
            body_timeout=planned.body_timeout,
            snapshot=planned.snapshot,
            fetch=Fetcher(**planned.jwks),
        )

    def jwks(self) -> bytes:
        """The JWK Set to publish (RFC 7517, section 5): the public key that verifies responses."""
        return self.native.jwks()

    def stats(self) -> dict[str, Any]:
        """Counters: ``accepted``, ``passed``, ``refused`` by code, ``inflight`` bytes, ``live_nonces``."""
        stats: dict[str, Any] = json.loads(self.native.stats(self.now()))
        return stats

    # What follows is for the middlewares.

    def start(self) -> None:
        """Takes the store into use. Raises ``settings_invalid`` for one that is not fit."""
        with self._lock:
            if self.started:
                return
            if self.replay is None:
                self._begin_memory()
            else:
                store: Any = self.replay
                store.start(self.native.state_lost)
            self.started = True

    async def start_async(self) -> None:
        """As :meth:`start`, on an event loop."""
        if not self.asynchronous:
            self.start()
            return
        async with self._starting:
            if not self.started:
                store: Any = self.replay
                await store.start(self.native.state_lost)
                self.started = True

    def stop(self) -> None:
        """Ends what was started. Nonces in memory are kept where there is a file for them."""
        with self._lock:
            if not self.started:
                return
            self.started = False
            if self.replay is not None:
                store: Any = self.replay
                store.close()
            elif self._snapshot is not None:
                _write(self._snapshot, self.native.snapshot(self.now()))
            if self._exclusive is not None:
                self._exclusive.release()

    async def stop_async(self) -> None:
        """As :meth:`stop`, on an event loop."""
        if self.started and self.asynchronous:
            self.started = False
            store: Any = self.replay
            await store.close()
        else:
            self.stop()

    def fetch_keys(self, source: int) -> None:
        """Fetches the keys of a source, unless somebody just did."""
        with self._lock:
            lock = self._fetching.setdefault(source, threading.Lock())
        with lock:
            url = self.native.keys_due(source, self.now())
            if url is not None:
                self._put_keys(source, self._fetch(url))

    def _put_keys(self, source: int, fetched: bytes | None) -> None:
        if fetched is None:
            logger.warning("the keys of source %d cannot be fetched", source)
        try:
            self.native.keys_put(source, fetched, self.now())
        except SamebyteError as error:
            logger.warning("the keys of source %d are refused, those before them stay: %s", source, error)

    def _begin_memory(self) -> None:
        if self._process != os.getpid():
            raise unfit("memory with several workers: the gateway was made before the process forked", "REPLAY_STORE")
        # Where nothing has to be signed there are no nonces.
        idle = self._members["mode"] == "off" and not self._members["routes"]
        if self._members["preset"] != "dev" and not idle:
            self._exclusive = Exclusive(self._members["audiences"] or [], self._members["public_origins"] or [])
        if self._snapshot is not None and (kept := _take(self._snapshot)) is not None:
            try:
                self.native.restore(kept, self.now())
            except SamebyteError as error:
                # Requests from before the start are refused then, as without a file.
                logger.warning("the file of nonces is not used: %s", error)


def log(exchange: _native.Exchange, step: int) -> None:
    """Says what became of a request; never its body, and never a secret."""
    # What passes has a `code` where `required` would refuse it; where there is one, it comes first.
    faults = step in (PASS, REJECT)
    if faults or logger.isEnabledFor(logging.DEBUG):
        event = exchange.event()
        level = logging.WARNING if faults and event.startswith(b'{"code":') else logging.DEBUG
        logger.log(level, "%s", event.decode())


def consumed() -> NoReturn:
    """The body is gone before it was verified."""
    raise RuntimeError(
        "samebyte: the body of the request was read before the signature middleware; make it the outermost middleware"
    )


def _wall() -> int:
    return time.time_ns() // 1_000_000


def _write(path: Path, content: bytes) -> None:
    """A file for its owner alone, complete or not there."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _take(path: Path) -> bytes | None:
    """What a file holds, which is then gone: a second run would start from nonces that are too old."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    path.unlink()
    return content
