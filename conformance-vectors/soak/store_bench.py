"""Where the checks of one store take place."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks import Skip, holds
from driver import BUILD, ROOT, Driver, Refused, token
from redis_server import RedisServer

# So long after its deadline a store has answered, whatever the server does, in milliseconds.
BEYOND = 100

TTL = 300_000

REFUSING = {"unavailable", "cold", "full"}


class Unreachable(Refused):
    """The server was not there, or too busy to answer in time."""


@dataclass(frozen=True)
class Store:
    """A store of a language, and how its driver opens it."""

    language: str
    kind: str
    client: str | None = None

    @property
    def name(self) -> str:
        return f"{self.language} {self.client or self.kind}"

    def open(
        self, target: str, folder: Path, *, cap: int = 1_000_000, timeout_ms: int = 50, wrapper: tuple[str, ...] = ()
    ) -> Driver:
        opening: dict[str, Any] = {"kind": self.kind, "target": target, "timeout_ms": timeout_ms, "cap": cap}
        if self.client is not None:
            opening["client"] = self.client
        opening["folder"] = str(folder)
        try:
            return Driver(self.language, opening, wrapper=wrapper)
        except Refused as refused:
            if str(refused) == "unsupported":
                raise Skip("the driver does not have it") from None
            if str(refused) == "replay_store_unavailable":
                raise Unreachable(str(refused)) from None
            raise

    def missing(self) -> str | None:
        """What is not here; `None` where the store can be tried."""
        if self.kind == "redis" and shutil.which("redis-server") is None:
            return "redis-server is not installed"
        needed = {
            "node": ROOT / "bindings-node/node_modules",
            "php": Path(shutil.which("php") or "php"),
            "rust": BUILD / "release/examples/store_driver",
        }
        place = needed.get(self.language)
        return f"{place.name} is not here" if place is not None and not place.exists() else None


def keys_of(full_form: bool) -> int:
    return 20_000 if full_form else 400


@dataclass
class Bench:
    """Where the checks of one store take place."""

    store: Store
    folder: Path
    redis: RedisServer | None
    full_form: bool

    @property
    def keys(self) -> int:
        """How many nonces are raced for."""
        return keys_of(self.full_form)

    @property
    def timeout_ms(self) -> int:
        """The deadline of the store: its default, or for a machine that is busy with other things a longer one."""
        return 50 if self.full_form else 250

    @property
    def target(self) -> str:
        return self.redis.url if self.redis is not None else str(self.folder / "nonces.sqlite")

    @property
    def server(self) -> RedisServer:
        assert self.redis is not None
        return self.redis

    def open(self, target: str | None = None, **settings: Any) -> Driver:
        settings = {"timeout_ms": self.timeout_ms, **settings}
        for _ in range(1 if self.full_form else 5):
            with suppress(Unreachable):
                return self.store.open(target or self.target, self.folder, **settings)
        return self.store.open(target or self.target, self.folder, **settings)

    @contextmanager
    def warm(self, target: str | None = None, **settings: Any) -> Iterator[Driver]:
        """A driver whose store is at work: it has said what it had to say of its start."""
        with self.open(target, **settings) as driver:
            works(driver)
            driver.take_lost()
            driver.take_slowest()
            yield driver

    def in_time(self, driver: Driver) -> str:
        """The slowest answer was there in time."""
        slowest = driver.take_slowest()
        limit = (self.timeout_ms + BEYOND) * (1 if self.full_form else 2)
        holds(slowest <= limit, f"an answer took {slowest:.0f} ms")
        return f"slowest answer {slowest:.0f} ms"


def works(driver: Driver, seconds: float = 10) -> None:
    """Waits until the store says `new` of something new."""
    end = time.monotonic() + seconds
    while (verdict := driver.reserve(token())) != "new":
        holds(time.monotonic() < end, f"the store does not come to itself: {verdict}")
        time.sleep(0.02)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def told_by(driver: Driver, known: list[str], at: int) -> None:
    """Asks for what was known until the store has said that it lost it: until then it is never `new`."""
    end = time.monotonic() + 10
    while driver.lost is None:
        verdict = driver.reserve(known[0], token(), TTL)
        if verdict == "new":
            holds(driver.lost is not None, "it was new before the store said that it had lost it")
        holds(verdict != "replay", "the server has nothing of it")
        holds(time.monotonic() < end, "the store does not notice the loss")
    lost = driver.take_lost()
    holds(lost is not None and at <= lost <= now_ms() + 1000, f"the loss was at {lost}, and the server came at {at}")


Check = Callable[[Bench], "str | None"]
