"""Races and faults of replay stores. The same checks run on every store of every language."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import store_redis
import store_sqlite
from checks import Results, Skip, equal, holds
from driver import Driver, Reservation, token
from redis_server import RedisServer
from store_bench import TTL, Bench, Check, Store, keys_of, works

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


ANY: tuple[Check, ...] = (race, own_owner, lifetime, killed_driver)


def run(results: Results, *, full_form: bool) -> None:
    """All checks of all stores, and then all stores of a kind on one server or file."""
    # Most of the time is spent waiting. The long form measures times, one after the other.
    with ThreadPoolExecutor(1 if full_form else 3) as threads:
        for done in [threads.submit(one, results, store, full_form) for store in STORES]:
            done.result()
    for kind in ("redis", "sqlite"):
        if any(store.kind == kind and store.missing() is None for store in STORES):
            results.run("race of all", kind, lambda kind=kind: together(kind, full_form))  # type: ignore[misc]


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
        for check in (*ANY, *(store_redis.CHECKS if redis is not None else store_sqlite.CHECKS)):
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
