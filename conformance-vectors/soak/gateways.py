"""Races and faults of gateways, over HTTP. The same checks run on every gateway, with every store that it has."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import bodies
import clocks
import fault_proxy
import rollout
from checks import Results, equal, holds
from fault_proxy import FaultProxy
from frames import Frame, Signer, verify_response
from gateway import Gateway, NotStarted
from load import Hear, Load, flood, flood_all
from redis_server import RedisServer

# So long after the deadline of its store every request is answered while the store is down, in milliseconds.
BEYOND = 100


@dataclass
class Bench:
    """One kind of gateway with one kind of store."""

    kind: str
    store: str
    full_form: bool

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.store}"

    def many(self, long: int, short: int) -> int:
        return long if self.full_form else short

    @property
    def timeout_ms(self) -> int:
        """The deadline of the store: its default, or for a machine that is busy with other things a longer one."""
        return 50 if self.full_form else 250

    @contextmanager
    def gateway(self, signer: Signer, *others: Signer, redis: str | None = None, **settings: str) -> Iterator[Gateway]:
        """A gateway that accepts what the signer signs, with a store of its own unless one is given."""
        # A store that is shared may have served gateways whose clocks were ahead by the skew: after its loss it is cold
        # for that long, which is what most of the time here would be spent on.
        settings = {"CLOCK_SKEW": "5", "REPLAY_TIMEOUT_MS": str(self.timeout_ms), **settings}
        with ExitStack() as stack:
            if "REPLAY_STORE" not in settings:
                if redis is None and self.store == "redis":
                    redis = stack.enter_context(RedisServer()).url
                folder = stack.enter_context(tempfile.TemporaryDirectory())
                places = {"memory": "memory", "redis": redis, "sqlite": f"sqlite:{folder}/nonces.sqlite"}
                settings["REPLAY_STORE"] = str(places[self.store])
            gateway = stack.enter_context(Gateway(self.kind, [signer, *others], settings))
            gateway.ready(signer)
            yield gateway

    def in_time(self, load: Load) -> str:
        limit = (self.timeout_ms + BEYOND) * (1 if self.full_form else 2)
        holds(load.slowest_ms <= limit, f"an answer took {load.slowest_ms:.0f} ms")
        return f"slowest answer {load.slowest_ms:.0f} ms"


def accepted(load: Load) -> int:
    return sum(count for code, count in load.codes.items() if code.startswith("2"))


def essentials(bench: Bench) -> None:
    """Unknown key; a signed response that another implementation verifies; a nonce that was seen."""
    signer = Signer()
    with bench.gateway(signer) as gateway:
        before = gateway.runs()[0]
        answer = gateway.send(Frame(Signer()))
        equal((answer.status, answer.code), (401, "signature_unknown"), "unknown key")
        equal(gateway.runs()[0], before, "runs of the handler")
        frame = Frame(signer, nonce="abc123")
        answer = gateway.send(frame)
        equal(answer.status, 200, f"abc123: {answer.code}")
        verify_response(frame, gateway.signing_key.public_jwk, answer.status, answer.fields, answer.body)
        again = gateway.send(frame)
        equal((again.status, again.code), (409, "replay_detected"), "abc123 again")
        verify_response(frame, gateway.signing_key.public_jwk, again.status, again.fields, again.body)
        other = gateway.send(Frame(signer, nonce="abc123"))
        equal((other.status, other.code), (409, "replay_detected"), "another frame with that nonce")
        equal(gateway.runs(), (before + 1, 1), "runs of the handler")


def replays(bench: Bench) -> str:
    """Many concurrent replays of one frame: one runs."""
    count = bench.many(100_000, 1_000)
    signer = Signer()
    with bench.gateway(signer) as gateway:
        before = gateway.runs()[0]
        frame = Frame(signer, ttl=290)
        load = flood(gateway.port, (frame.wire() for _ in range(count)), connections=bench.many(256, 64))
        equal(accepted(load), 1, f"accepted ({load.words()})")
        equal(gateway.runs(), (before + 1, 1), "runs of the handler")
        refused = set(load.codes) - {"200", "replay_detected", "overloaded", "replay_store_unavailable"}
        equal(refused, set(), "answers")
        equal(load.broken, 0, "without an answer")
    return f"{count} replays: {load.words()}"


def two_gateways(bench: Bench) -> str:
    """Two gateways on one store; every frame is sent to both at once, and runs at one of them, or in trouble at none."""
    count = bench.many(100_000, 600)
    signer = Signer()
    with RedisServer() as redis, tempfile.TemporaryDirectory() as folder:
        place = {"redis": redis.url, "sqlite": f"sqlite:{folder}/nonces.sqlite"}[bench.store]
        with bench.gateway(signer, REPLAY_STORE=place) as one, bench.gateway(signer, REPLAY_STORE=place) as other:
            # A gateway that comes later tells the loss to nobody but itself.
            wins: Counter[int] = Counter()
            answered: Counter[int] = Counter()
            codes: Counter[str] = Counter()
            begin = time.monotonic()
            for part in range(0, count, 2_000):
                size = min(2_000, count - part)
                frames = [Frame(signer, ttl=290).wire() for _ in range(size)]

                def hear(index: int, answer: object, part: int = part) -> None:
                    status = getattr(answer, "status")  # noqa: B009
                    answered[part + index] += 1
                    wins[part + index] += status == 200

                for load in flood_all([one.port, other.port], frames, 32, hear):
                    codes.update(load.codes)
                    equal(load.broken, 0, "without an answer")
            seconds = time.monotonic() - begin
    holds(max(wins.values()) == 1, f"a frame ran {max(wins.values())} times")
    nowhere = count - wins.total()
    # What both refuse is no replay; it must be rare, or nothing was tried.
    holds(nowhere <= count / 200, f"{nowhere} frames ran nowhere: {codes}")
    words = ", ".join(f"{number} × {code}" for code, number in codes.most_common())
    return f"{count} frames to both in {seconds:.0f} s: {wins.total()} ran once, 0 twice, {nowhere} nowhere ({words})"


def memory_of_several(bench: Bench) -> str:
    """A second process with a store in memory, for the same audience, does not start."""
    signer = Signer()
    with tempfile.TemporaryDirectory() as folder, bench.gateway(signer, TMPDIR=folder):
        try:
            with bench.gateway(signer, TMPDIR=folder):
                raise AssertionError("the second one starts")
        except NotStarted as ended:
            holds("settings_invalid" in str(ended) or "several" in str(ended), f"it says: {ended}")
    return "refused at the start"


def forgeries(bench: Bench) -> str:
    """Forged frames with the victim's key name and nonce burn nothing and store nothing."""
    count = bench.many(100_000, 500)
    signer = Signer()
    with ExitStack() as stack:
        redis = stack.enter_context(RedisServer()) if bench.store == "redis" else None
        gateway = stack.enter_context(bench.gateway(signer, redis=redis.url if redis else None))
        frame = Frame(signer, ttl=290)
        thief = Signer(signer.kid)
        size = redis.command("DBSIZE") if redis else None
        forged = [Frame(thief, nonce=frame.nonce, ttl=290).wire() for _ in range(200)]
        load = flood(gateway.port, (forged[number % 200] for number in range(count)))
        equal(set(load.codes), {"signature_invalid"}, load.words())
        if redis:
            equal(redis.command("DBSIZE"), size, "keys in Redis")
        equal(gateway.send(frame).status, 200, "the true frame")
    return f"{count} forgeries refused, the store unchanged, the true frame accepted"


def quota(bench: Bench) -> str:
    """A valid key that floods comes to its quota; the others do not notice."""
    greedy, other = Signer(), Signer()
    with bench.gateway(other, greedy, REPLAY_QUOTA_PER_KEY="100") as gateway:
        load = flood(gateway.port, (Frame(greedy).wire() for _ in range(bench.many(20_000, 400))), 8)
        holds(90 <= load.codes["200"] <= 116, load.words())
        equal(set(load.codes) - {"200", "nonce_quota_exceeded"}, set(), load.words())
        for _ in range(20):
            equal(gateway.send(Frame(other)).status, 200, "the other key")
        memory = gateway.resident_mb()
    return f"{load.words()}; the other key 20 × 200; {memory:.0f} MB"


@dataclass
class Witness:
    """Frames that were accepted, to be sent again."""

    frames: list[bytes]

    def again(self, gateway: Gateway, connections: int = 8) -> Load:
        load = flood(gateway.port, self.frames, connections)
        equal(accepted(load), 0, f"accepted replays ({load.words()})")
        return load


def noting(frames: list[bytes], seen: list[bytes]) -> Hear:
    """Notes the frames that were accepted."""
    return lambda index, answer: seen.append(frames[index]) if answer.status == 200 else None


def witness(gateway: Gateway, signer: Signer, count: int) -> Witness:
    frames = [Frame(signer, ttl=290).wire() for _ in range(count)]
    seen: list[bytes] = []
    flood(gateway.port, frames, 8, noting(frames, seen))
    holds(len(seen) >= count * 0.98, f"only {len(seen)} of {count} were accepted")
    return Witness(seen)


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
            unsigned = flood(
                gateway.port, [b"POST /rpc HTTP/1.1\r\nHost: gw.example\r\nContent-Length: 2\r\n\r\n{}"] * 20, 2
            )
            equal(dict(unsigned.codes), {"signature_missing": 20}, "unsigned")
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
        known.again(gateway)
        redis.command("CONFIG", "SET", "maxmemory", "0")
        gateway.ready(signer)
        known.again(gateway)
    return f"{', '.join(policies)} refused at the start; full: {load.words()}"


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


Check = Callable[[Bench], "str | None"]

CHECKS: tuple[Check, ...] = (
    essentials,
    replays,
    two_gateways,
    memory_of_several,
    forgeries,
    quota,
    redis_killed,
    redis_stalled,
    redis_memory,
    restarted,
)

# The checks that have nothing to do with the store: once for each kind of gateway.
ONCE: tuple[Callable[[str, bool], str], ...] = (*clocks.CHECKS, *bodies.CHECKS, *rollout.CHECKS)

BENCHES = (
    ("python", ("memory", "redis", "sqlite")),
    ("node", ("memory", "redis")),
    ("proxy", ("memory", "redis")),
)


def run(results: Results, *, full_form: bool) -> None:
    """All checks on all gateways."""
    # Most of the time is spent waiting. The long form measures times, one after the other.
    with ThreadPoolExecutor(1 if full_form else 4) as threads:

        def check(of: Callable[..., str | None], subject: str, *arguments: object) -> Future[None]:
            name = of.__name__.replace("_", " ")
            return threads.submit(results.run, name, subject, lambda: of(*arguments))

        done = []
        for kind, kept in BENCHES:
            for store in kept:
                bench = Bench(kind, store, full_form)
                done += [check(one, bench.name, bench) for one in CHECKS if applies(one, store)]
            done += [check(one, kind, kind, full_form) for one in ONCE]
        for each in done:
            each.result()


def applies(check: Check, store: str) -> bool:
    """What can be tried with a store; the rest is no skipped check, but none."""
    if check is memory_of_several:
        return store == "memory"
    if check in (redis_killed, redis_stalled, redis_memory):
        return store == "redis"
    return check is not two_gateways or store != "memory"
