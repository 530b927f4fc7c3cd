"""Gateways that are asked the same thing many times at once, by those who may and by those who may not."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from contextlib import ExitStack

from bench import Bench, accepted
from checks import equal, holds
from frames import Frame, Signer, verify_response
from gateway import NotStarted
from load import Load, flood, flood_all
from redis_server import RedisServer
from wrk import repeat

# Where all ask at once it is the winner that counts, and not how long a store takes.
PATIENT = {"REPLAY_TIMEOUT_MS": "250"}


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
    # Each request begins PHP anew.
    count = bench.many(20_000 if bench.kind == "php-fpm" else 100_000, 1_000)
    signer = Signer()
    with bench.gateway(signer, **PATIENT) as gateway:
        before = gateway.runs()[0]
        frame = Frame(signer, ttl=290)
        load = repeat(gateway.port, frame.wire(), count, bench.many(256, 64))
        equal(accepted(load), 1, f"accepted ({load.words()})")
        equal(gateway.runs(), (before + 1, 1), "runs of the handler")
        refused = set(load.codes) - {"200", "replay_detected", "overloaded", "replay_store_unavailable"}
        equal(refused, set(), "answers")
        equal(load.broken, 0, "without an answer")
    return f"{load.codes.total()} replays: {load.words()}"


def two_gateways(bench: Bench) -> str:
    """Two gateways on one store; every frame is sent to both at once, and runs at one of them, or in trouble at none."""
    # A file is slower than Redis.
    count = bench.many(100_000 if bench.store == "redis" and bench.kind != "php-fpm" else 20_000, 600)
    signer = Signer()
    with RedisServer() as redis, tempfile.TemporaryDirectory() as folder:
        place = {"redis": redis.url, "sqlite": f"sqlite:{folder}/nonces.sqlite"}[bench.store]
        settings = {"REPLAY_STORE": place, **PATIENT}
        with bench.gateway(signer, **settings) as one, bench.gateway(signer, **settings) as other:
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
    count = bench.many(1_000_000 if bench.name == "proxy, memory" else 20_000, 500)
    signer = Signer()
    with ExitStack() as stack:
        redis = stack.enter_context(RedisServer()) if bench.store == "redis" else None
        gateway = stack.enter_context(bench.gateway(signer, redis=redis.url if redis else None, NONCE_TTL="900"))
        frame = Frame(signer, ttl=890)
        thief = Signer(signer.kid)
        size = redis.command("DBSIZE") if redis else None
        before = gateway.resident_mb()
        begin = time.monotonic()
        # By far the most are copies of one forgery; some differ, so that not all is one and the same.
        load = flood(gateway.port, [Frame(thief, nonce=frame.nonce, ttl=890).wire() for _ in range(200)])
        more = repeat(gateway.port, Frame(thief, nonce=frame.nonce, ttl=890).wire(), count - 200, 64)
        seconds = time.monotonic() - begin
        equal(set(load.codes) | set(more.codes), {"signature_invalid"}, f"{load.words()}; {more.words()}")
        equal(load.broken + more.broken, 0, "without an answer")
        grown = gateway.resident_mb() - before
        # Were each kept it would be much more.
        holds(grown < 30, f"memory grew by {grown:.0f} MB")
        if redis:
            equal(redis.command("DBSIZE"), size, "keys in Redis")
        equal(gateway.send(frame).status, 200, "the true frame")
    return (
        f"{count} forgeries refused in {seconds:.0f} s, the store unchanged (memory grew by {max(grown, 0):.0f} MB), the true "
        "frame accepted"
    )


def quota(bench: Bench) -> str:
    """A valid key that floods comes to its quota; the others do not notice."""
    greedy, other = Signer(), Signer()
    with bench.gateway(other, greedy, REPLAY_QUOTA_PER_KEY="100") as gateway:
        half = bench.many(10_000, 200)
        load = flood(gateway.port, (Frame(greedy).wire() for _ in range(half)), 8)
        holds(90 <= load.codes["200"] <= 116, load.words())
        # By now it has the memory that it works with; what is refused from here on must add none.
        before = gateway.resident_mb()
        more = flood(gateway.port, (Frame(greedy).wire() for _ in range(half)), 8)
        grown = gateway.resident_mb() - before
        codes = load.codes + more.codes
        words = Load(codes).words()
        holds(codes["200"] <= 116, words)
        equal(set(codes) - {"200", "nonce_quota_exceeded"}, set(), words)
        holds(grown < 20, f"memory grew by {grown:.0f} MB")
        for _ in range(20):
            equal(gateway.send(Frame(other)).status, 200, "the other key")
        memory = gateway.resident_mb()
    return f"{words}; the other key 20 × 200; {memory:.0f} MB"
