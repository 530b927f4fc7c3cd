"""Races and faults of replay stores. The same checks run on every store of every language."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fault_proxy
from checks import Results, Skip, equal, holds
from driver import BUILD, ROOT, Driver, Refused, Reservation, token
from fault_proxy import FaultProxy
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


STORES = (
    Store("python", "redis", "threads"),
    Store("python", "redis", "asyncio"),
    Store("node", "redis", "ioredis"),
    Store("node", "redis", "redis"),
    Store("php", "redis"),
    Store("php", "redis", "predis"),
    Store("rust", "redis"),
    Store("python", "sqlite"),
    Store("php", "sqlite"),
)


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


# Any kind of store.


def race(bench: Bench) -> str:
    """Several processes, each with several reservations at a time, race for the same nonces."""
    with ExitStack() as stack:
        drivers = [stack.enter_context(bench.open()) for _ in range(4)]
        for driver in drivers:
            works(driver)
        return raced(drivers, bench.keys)


def raced(drivers: list[Driver], keys: int) -> str:
    """Exactly one of the drivers is told `new` for each nonce; nobody is told so twice."""
    names = [token() for _ in range(keys)]
    wins: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    for begin in range(0, keys, 32):
        part = names[begin : begin + 32]
        for driver in drivers:
            driver.tell([(name, token(), TTL) for name in part])
        for driver in drivers:
            for name, verdict in zip(part, driver.heard(), strict=True):
                verdicts[verdict] += 1
                wins[name] += verdict == "new"
    most = max(wins.values())
    holds(most <= 1, f"a nonce was new {most} times")
    # A store that is too busy refuses, and then nobody has won. It has to be rare, or nothing was tried.
    lost = sum(count == 0 for count in wins.values())
    holds(lost <= keys / 100, f"{lost} of {keys} nonces were won by nobody: {dict(verdicts)}")
    return f"{keys} nonces × {len(drivers)} processes: {verdicts['new']} new, none twice, {lost} refused to all"


def own_owner(bench: Bench) -> None:
    """Whoever asks again for what it has reserved is told `new`; anybody else `replay`."""
    key, owner = token(), token()
    with bench.warm() as driver, bench.warm() as other:
        equal(driver.reserve(key, owner), "new", "first")
        equal(driver.reserve(key, owner), "new", "own, again")
        equal(other.reserve(key, owner), "new", "own, over another process")
        equal(other.reserve(key), "replay", "another owner")
        equal(driver.reserve(key), "replay", "another owner")


def lifetime(bench: Bench) -> str:
    """Kept for its time, to the end, and not longer for being asked about."""
    short, key, owner = token(), token(), token()
    with bench.warm() as driver:
        equal(driver.reserve(key, owner, TTL), "new", "first")
        begin = time.monotonic()
        equal(driver.reserve(short, owner, 1000), "new", "first")
        asked = 0
        while (spent := time.monotonic() - begin) < 0.9:
            equal(driver.reserve(short, token(), TTL), "replay", f"after {spent:.2f} s")
            asked += 1
            time.sleep(0.02)
        time.sleep(max(0.0, begin + 2.1 - time.monotonic()))
        equal(driver.reserve(short, token(), 1000), "new", "after its time")
        equal(driver.reserve(key), "replay", "the other one")
    return f"replay {asked} times within its second, new after it"


def killed_driver(bench: Bench) -> str:
    """What a process was told to be `new` stays reserved, though the process is killed in its work."""
    told: list[str] = []
    with bench.warm() as judge:
        for _ in range(3):
            with bench.warm() as driver:
                parts: list[list[Reservation]] = [[(token(), token(), TTL) for _ in range(32)] for _ in range(20)]
                for part in parts[:10]:
                    told += [
                        one[0] for one, verdict in zip(part, driver.together(part), strict=True) if verdict == "new"
                    ]
                for part in parts[10:]:
                    driver.tell(part)
                driver.kill()
        holds(len(told) > 500, f"only {len(told)} were reserved")
        counted = Counter(judge.reserve(key) for key in told)
    equal(counted["new"], 0, "accepted again")
    holds(counted["replay"] >= len(told) * 0.99, f"{dict(counted)}")
    return f"{len(told)} reserved, 0 accepted again"


# Redis.


def lost_reply(bench: Bench) -> str:
    """The server has reserved, and its reply is lost: unknown now, `new` for the owner later, `replay` for all others."""
    with FaultProxy(bench.server.port) as proxy, bench.warm(proxy.url) as driver:
        words = []
        for name, fault in [
            ("swallowed", fault_proxy.swallow),
            ("reset", fault_proxy.reset),
            ("closed", fault_proxy.half_close),
            ("cut", fault_proxy.cut),
            ("garbled", fault_proxy.garbage),
        ]:
            key, owner = token(), token()
            proxy.fault = fault
            equal(driver.reserve(key, owner), "unavailable", name)
            for _ in range(3):
                holds(driver.reserve(token()) in REFUSING, f"{name}, again")
            proxy.fault = None
            words.append(f"{name} {bench.in_time(driver)}")
            works(driver)
            equal(driver.reserve(key, owner), "new", f"{name}: own, later")
            equal(driver.reserve(key), "replay", f"{name}: another, later")
            driver.take_slowest()
    return "; ".join(words).replace("slowest answer ", "")


def late(bench: Bench) -> str:
    """Replies that come 150 ms after the deadline."""
    with FaultProxy(bench.server.port) as proxy, bench.warm(proxy.url) as driver:
        proxy.fault = fault_proxy.delay(bench.timeout_ms / 1000 + 0.15)
        keys = [token() for _ in range(5)]
        for key in keys:
            holds(driver.reserve(key, "aa" * 16) in REFUSING, "late")
        words = bench.in_time(driver)
        proxy.fault = None
        works(driver)
        for key in keys:
            verdict = driver.reserve(key)
            holds(verdict in ("new", "replay"), f"later: {verdict}")
    return words


def stalled(bench: Bench) -> str:
    """A server that hangs: unknown in time, under load too; nothing that was reserved is new when it goes on."""
    with bench.warm() as driver:
        known = [token() for _ in range(100)]
        for key in known:
            equal(driver.reserve(key), "new", "before")
        driver.take_slowest()
        key, owner = token(), token()
        with bench.server.stalled():
            equal(driver.reserve(key, owner), "unavailable", "first")
            for again in known[:5]:
                equal(driver.reserve(again), "unavailable", "a replay")
            together = (
                driver.together([(again, token(), TTL) for again in known[:32]])
                if bench.store.language != "php"
                else []
            )
            equal(set(together) - {"unavailable"}, set(), "32 replays together")
            time.sleep(1)
            for again in known[:5]:
                equal(driver.reserve(again), "unavailable", "a replay, later")
            words = bench.in_time(driver)
        works(driver)
        equal(driver.reserve(key, owner), "new", "its own late write")
        equal(driver.reserve(key), "replay", "another owner")
        equal([driver.reserve(again) for again in known], ["replay"] * 100, "afterwards")
    return words


def killed(bench: Bench) -> str:
    """A server that is killed and comes again empty: refused while it is down; the loss is told before anything is `new`."""
    with bench.warm() as driver:
        known = [token() for _ in range(50)]
        for key in known:
            equal(driver.reserve(key), "new", "before")
        driver.take_slowest()
        bench.server.kill()
        try:
            for key in known[:10]:
                equal(driver.reserve(key), "unavailable", "while it is down")
            words = bench.in_time(driver)
        finally:
            at = now_ms()
            bench.server.begin()
        told_by(driver, known, at)
        works(driver)
    return words


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


def emptied(bench: Bench) -> None:
    """FLUSHALL at a server that goes on: told with the next answer, before anything is `new`."""
    with bench.warm() as driver:
        for _ in range(5):
            known = [token() for _ in range(10)]
            for key in known:
                equal(driver.reserve(key), "new", "before")
            at = now_ms()
            bench.server.command("FLUSHALL")
            told_by(driver, known, at)
            works(driver)
            driver.take_lost()


def young(bench: Bench) -> None:
    """Whoever starts on a server whose state is young is told when it began, though another gateway began it."""
    bench.server.command("FLUSHALL")
    at = now_ms()
    with bench.warm(), bench.open() as second:
        works(second)
        lost = second.take_lost()
        holds(lost is not None and lost >= at, f"the state began after {at}, told: {lost}")


def full(bench: Bench) -> str:
    """A server without memory: `full`, in time; what it has is `replay`."""
    with (
        RedisServer("--maxmemory", "3mb", "--maxmemory-policy", "noeviction") as server,
        bench.warm(server.url) as driver,
    ):
        known: list[str] = []
        refused = 0
        while refused < 200:
            part: list[Reservation] = [(token(), token(), TTL) for _ in range(32)]
            for (key, _, _), verdict in zip(part, driver.together(part), strict=True):
                holds(verdict in ("new", "full"), verdict)
                known += [key] if verdict == "new" else []
                refused += verdict == "full"
            holds(len(known) < 1_000_000, "it is never full")
        words = bench.in_time(driver)
        # The server refuses to write before it looks whether there is anything to write.
        again = {driver.reserve(key) for key in known[:: max(1, len(known) // 500)]}
        equal(again - {"replay", "full"}, set(), "what it has")
    return f"{len(known)} nonces, then full; {words}"


def eviction(bench: Bench) -> str:
    """A server that throws keys away is refused at the start, and no longer used when it begins to."""
    policies = ["allkeys-lru", "volatile-lru", "volatile-ttl"]
    if bench.full_form:
        policies += ["allkeys-lfu", "allkeys-random", "volatile-lfu", "volatile-random"]
    with RedisServer("--maxmemory", "8mb") as server:
        for policy in policies:
            server.command("CONFIG", "SET", "maxmemory-policy", policy)
            try:
                bench.open(server.url).kill()
            except Refused as refused:
                equal(str(refused), "settings_invalid", policy)
            else:
                raise AssertionError(f"{policy}: the store starts")
        server.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
        with bench.warm(server.url) as driver:
            server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
            begin = time.monotonic()
            while (verdict := driver.reserve(token())) == "new":
                holds(time.monotonic() - begin < 5, "the policy is not noticed")
                time.sleep(0.05)
            equal(verdict, "unavailable", "later")
            noticed = time.monotonic() - begin
    return f"{len(policies)} policies refused at the start; noticed after {noticed:.1f} s"


def replica(bench: Bench) -> None:
    """A replica may lack what the primary has."""
    with RedisServer("--replicaof", "127.0.0.1", str(bench.server.port), "--replica-read-only", "no") as server:
        try:
            with bench.open(server.url) as driver:
                for _ in range(20):
                    holds(driver.reserve(token()) in REFUSING, "it was used")
        except Refused as refused:
            holds(str(refused) in ("settings_invalid", "replay_store_unavailable"), str(refused))


def absent(bench: Bench) -> None:
    """Where nobody listens, or nobody may log in, nothing is `new`."""
    with RedisServer() as server:
        server.command("CONFIG", "SET", "requirepass", "other")
        for target in ("redis://127.0.0.1:1/0", server.url):
            try:
                with bench.open(target) as driver:
                    for _ in range(5):
                        equal(driver.reserve(token()), "unavailable", target)
                    bench.in_time(driver)
            except Refused as refused:
                holds(str(refused) in ("settings_invalid", "replay_store_unavailable"), str(refused))


# SQLite.


def locked(bench: Bench) -> str:
    """Another process writes and does not end."""
    with bench.warm() as driver:
        key = token()
        equal(driver.reserve(key), "new", "before")
        driver.take_slowest()
        with closing(sqlite3.connect(bench.target, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            for _ in range(5):
                equal(driver.reserve(token()), "unavailable", "new ones")
                holds(driver.reserve(key) in ("unavailable", "replay"), "a replay")
            words = bench.in_time(driver)
            other.execute("ROLLBACK")
        works(driver)
        equal(driver.reserve(key), "replay", "afterwards")
    return words


def brim(bench: Bench) -> None:
    """At the cap it is full, and forgets nothing; what has had its time makes room."""
    target = str(bench.folder / "small.sqlite")
    with bench.warm(target, cap=101) as driver:
        known = [token() for _ in range(50)]
        for key in known:
            equal(driver.reserve(key), "new", "before")
        for _ in range(50):
            equal(driver.reserve(token(), token(), 3000), "new", "short")
        for _ in range(20):
            equal(driver.reserve(token()), "full", "at the cap")
        equal({driver.reserve(key) for key in known}, {"replay"}, "what it has")
        time.sleep(3.2)
        equal(driver.reserve(token()), "new", "when there is room")
        equal({driver.reserve(key) for key in known}, {"replay"}, "what it has")


def removed(bench: Bench) -> None:
    """The file goes away under the store: the loss is told before anything is `new` again."""
    with bench.warm() as driver:
        key = token()
        equal(driver.reserve(key), "new", "before")
        at = now_ms()
        for path in bench.folder.glob("nonces.sqlite*"):
            path.unlink()
        told_by(driver, [key], at)


def clock_back(bench: Bench) -> str:
    """A process whose clock is ten minutes behind does not make anything new that is reserved, nor one that is ahead."""
    with bench.warm() as driver:
        known = [token() for _ in range(50)]
        for key in known:
            equal(driver.reserve(key, token(), 3_600_000), "new", "before")
        seen: Counter[str] = Counter()
        for step in ("-10m", "+10m", "-10m"):
            with bench.open(wrapper=("faketime", "-f", step)) as other:
                seen.update(other.reserve(key) for key in known)
        seen.update(driver.reserve(key) for key in known)
    equal(seen["new"], 0, "accepted again")
    return ", ".join(f"{verdict} {count}" for verdict, count in sorted(seen.items()))


Check = Callable[[Bench], "str | None"]

ANY: tuple[Check, ...] = (race, own_owner, lifetime, killed_driver)
OF_REDIS: tuple[Check, ...] = (lost_reply, late, stalled, killed, emptied, young, full, eviction, replica, absent)
OF_SQLITE: tuple[Check, ...] = (locked, brim, removed, clock_back)


def run(results: Results, *, full_form: bool) -> None:
    """All checks of all stores, and then all stores of a kind on one server or file."""
    # Most of the time is spent waiting. The long form measures times, one after the other.
    with ThreadPoolExecutor(1 if full_form else 3) as threads:
        for done in [threads.submit(one, results, store, full_form) for store in STORES]:
            done.result()
    for kind in ("redis", "sqlite"):
        if any(store.kind == kind and store.missing() is None for store in STORES):
            results.run("race of all", kind, lambda kind=kind: together(kind, full_form))  # type: ignore[misc]


def keys_of(full_form: bool) -> int:
    return 20_000 if full_form else 400


def one(results: Results, store: Store, full_form: bool) -> None:
    """All checks of one store."""
    reason = store.missing()
    if reason is not None:
        results.skip("all checks", store.name, reason)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = stack.enter_context(RedisServer()) if store.kind == "redis" else None
        bench = Bench(store, folder, redis, full_form)
        for check in (*ANY, *(OF_REDIS if redis is not None else OF_SQLITE)):
            results.run(check.__name__.replace("_", " "), store.name, lambda check=check: check(bench))  # type: ignore[misc]


def together(kind: str, full_form: bool) -> str:
    """One process of each store of a kind, on one server or file."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = stack.enter_context(RedisServer()) if kind == "redis" else None
        target = redis.url if redis is not None else str(folder / "nonces.sqlite")
        drivers = []
        for store in STORES:
            if store.kind == kind and store.missing() is None:
                try:
                    drivers.append(stack.enter_context(store.open(target, folder, timeout_ms=50 if full_form else 250)))
                except Skip:
                    continue
        for driver in drivers:
            works(driver)
        return raced(drivers, keys_of(full_form))
