"""Gateways whose store dies, hangs, is full or loses replies, and gateways that are killed themselves."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import fault_proxy
from bench import Bench, Witness, accepted, noting, witness
from checks import equal, holds
from fault_proxy import FaultProxy
from frames import Frame, Signer
from gateway import Gateway, NotStarted
from load import Load, flood
from redis_server import RedisServer


def nothing_unsigned(gateway: Gateway) -> None:
    """A store that fails is no reason to let pass what nobody signed."""
    request = b"POST /rpc HTTP/1.1\r\nHost: gw.example\r\nContent-Length: 2\r\n\r\n{}"
    load = flood(gateway.port, [request] * 20, 2)
    equal(dict(load.codes), {"signature_missing": 20}, "unsigned")


def redis_killed(bench: Bench) -> str:
    """Redis is killed under load and comes again empty: no frame from before is ever accepted again, nothing unsigned."""
    signer = Signer()
    with RedisServer() as redis, bench.gateway(signer, redis=redis.url) as gateway:
        known = witness(gateway, signer, bench.many(5_000, 200))
        stop = threading.Event()
        loads: list[Load] = []
        late: list[bytes] = []

        def under_load() -> None:
            while not stop.is_set():
                loads.append(
                    flood(
                        gateway.port,
                        fresh := [Frame(signer, ttl=290).wire() for _ in range(100)],
                        4,
                        noting(fresh, late),
                    )
                )

        thread = threading.Thread(target=under_load)
        thread.start()
        try:
            time.sleep(bench.many(3, 1))
            redis.kill()
            down = known.again(gateway, 2)
            words = bench.in_time(down)
            equal(set(down.codes) - {"replay_store_unavailable", "replay_state_cold"}, set(), down.words())
            nothing_unsigned(gateway)
            redis.begin()
            up = known.again(gateway)
        finally:
            stop.set()
            thread.join()
        gateway.ready(signer)
        back = Witness(known.frames + late).again(gateway)
        equal(gateway.runs()[1], 1, "runs of a frame")
        codes = sum((load.codes for load in loads), Counter())
    return (
        f"down: {down.words()}, {words}; up: {up.words()}; later: {back.words()}; load meanwhile: {Load(codes).words()}"
    )


def redis_stalled(bench: Bench) -> str:
    """Redis hangs, is slow, or its reply is lost: 503 in time, no false 409, nothing runs twice."""
    signer = Signer()
    words = []
    with RedisServer() as redis, FaultProxy(redis.port) as proxy, bench.gateway(signer, redis=proxy.url) as gateway:
        known = witness(gateway, signer, 100)
        for name in ("stalled", "late", "reply lost", "reset"):
            fresh = [Frame(signer, ttl=290).wire() for _ in range(bench.many(200, 30))]
            with ExitStack() as stack:
                if name == "stalled":
                    stack.enter_context(redis.stalled())
                faults = {
                    "late": fault_proxy.delay(bench.timeout_ms / 1000 + 0.15),
                    "reply lost": fault_proxy.swallow,
                    "reset": fault_proxy.reset,
                }
                proxy.fault = faults.get(name)
                load = flood(gateway.port, fresh, 2)
                replays = known.again(gateway, 2)
                nothing_unsigned(gateway)
                if name == "stalled" and bench.full_form:
                    time.sleep(5)
                proxy.fault = None
            equal(
                set(load.codes) | set(replays.codes),
                {"replay_store_unavailable"},
                f"{name}: {load.words()}; {replays.words()}",
            )
            load.slowest_ms = max(load.slowest_ms, replays.slowest_ms)
            words.append(f"{name}: {load.words()}, {bench.in_time(load)}")
            gateway.ready(signer)
            known.again(gateway)
            # What was refused may have been reserved: it may run later, once.
            later = flood(gateway.port, fresh + fresh, 4)
            holds(accepted(later) <= len(fresh), f"{name}: {later.words()}")
        equal(gateway.runs()[1], 1, "runs of a frame")
    return "; ".join(words)


def redis_memory(bench: Bench) -> str:
    """A server that throws keys away is refused at the start; a full one refuses, and forgets nothing."""
    signer = Signer()
    policies = ("allkeys-lru", "volatile-lru", "volatile-ttl")
    for policy in policies:
        with RedisServer("--maxmemory", "8mb", "--maxmemory-policy", policy) as redis:
            try:
                with bench.gateway(signer, redis=redis.url):
                    raise AssertionError(f"{policy}: the gateway starts")
            except NotStarted as ended:
                holds("settings_invalid" in str(ended) or "noeviction" in str(ended), f"{policy}: {ended}")
    with RedisServer() as redis, bench.gateway(signer, redis=redis.url) as gateway:
        known = witness(gateway, signer, 100)
        redis.command("CONFIG", "SET", "maxmemory", "1mb")
        fresh = [Frame(signer, ttl=290).wire() for _ in range(300)]
        load = flood(gateway.port, fresh, 4, noting(fresh, known.frames))
        # There may be a little room before it is full.
        equal(set(load.codes) | {"200"}, {"200", "replay_store_full"}, load.words())
        holds(load.codes["replay_store_full"] > 100, load.words())
        in_time = bench.in_time(load)
        known.again(gateway)
        nothing_unsigned(gateway)
        redis.command("CONFIG", "SET", "maxmemory", "0")
        gateway.ready(signer)
        known.again(gateway)
    return f"{', '.join(policies)} refused at the start; full: {load.words()}, {in_time}"


def restarted(bench: Bench) -> str:
    """The process is ended or killed, and starts again: no frame from before is accepted."""
    signer = Signer()
    words = []
    with tempfile.TemporaryDirectory() as folder:
        snapshot = {"REPLAY_SNAPSHOT": str(Path(folder) / "snapshot")} if bench.store == "memory" else {}
        with bench.gateway(signer, **snapshot) as gateway:
            for name, end in (("killed", gateway.kill), ("stopped", gateway.stop)):
                known = witness(gateway, signer, 50)
                end()
                gateway.again()
                again = known.again(gateway)
                if bench.store != "memory" or name == "stopped":
                    equal(set(again.codes), {"replay_detected"}, f"{name}: what the store or its snapshot keeps")
                words.append(f"{name}: {again.words()}")
                gateway.ready(signer)
                words.append(f"later: {known.again(gateway).words()}")
    return "; ".join(words)
