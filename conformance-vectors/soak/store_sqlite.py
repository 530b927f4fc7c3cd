"""Races and faults of stores in SQLite."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from contextlib import closing

from checks import equal, holds
from driver import token
from store_bench import Bench, Check, now_ms, told_by, works


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


CHECKS: tuple[Check, ...] = (locked, brim, removed, clock_back)
