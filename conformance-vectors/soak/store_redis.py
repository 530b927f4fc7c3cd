"""Races and faults of stores in Redis."""

from __future__ import annotations

import time

import fault_proxy
from checks import equal, holds
from driver import Refused, Reservation, token
from fault_proxy import FaultProxy
from redis_server import RedisServer
from store_bench import REFUSING, TTL, Bench, Check, now_ms, told_by, works


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


CHECKS: tuple[Check, ...] = (lost_reply, late, stalled, killed, emptied, young, full, eviction, replica, absent)
