"""Bodies that are hostile, slow, or written anew on their way."""

from __future__ import annotations

import asyncio
import gzip
import multiprocessing
import os
import resource
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from checks import equal, holds
from frames import Frame, Signer
from gateway import Gateway
from load import Answer, ask, read

MEMORY = {"REPLAY_STORE": "memory"}


def hostile_bodies(kind: str, full_form: bool) -> str:
    """Bodies that are large, deep, coded or endless are refused, in bounded memory."""
    signer = Signer()
    frame = Frame(signer)
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    # 1 GB of zeros is 1 MB.
    bomb = gzip.compress(bytes(1 << (30 if full_form else 24)), 9)
    large = {
        "1 GB announced": (
            frame.head("Content-Type: application/json", "Content-Length: 1073741824"),
            413,
            "body_too_large",
        ),
        "2 MB in chunks": (
            frame.head("Content-Type: application/json", "Transfer-Encoding: chunked") + chunk * 32 + b"0\r\n\r\n",
            413,
            "body_too_large",
        ),
        f"{len(bomb) >> 10} KiB of gzip that are {'1 GiB' if full_form else '16 MiB'}": (
            frame.wire(body=bomb, Content_Encoding="gzip"),
            415,
            "content_encoding_unsupported",
        ),
        "not UTF-8": (Frame(signer, body=b'{"a":"\xff"}').wire(), 400, "body_not_canonicalizable"),
    }
    # With the limit raised, so that it is the reader that refuses them.
    levels, digits = (1_000_000, 10_000_000) if full_form else (100_000, 1_000_000)
    dense = {
        f"{levels} levels": (b"[" * levels + b"]" * levels, 400, "body_not_canonicalizable"),
        f"a number of {digits} digits": (b'{"n":' + b"1" * digits + b"}", 400, "body_not_canonicalizable"),
    }
    signed = {name: (Frame(signer, body=body).wire(), status, code) for name, (body, status, code) in dense.items()}
    grown = 0.0
    for cases, settings in ((large, {}), (signed, {"MAX_BODY": "33554432"})):
        with Gateway(kind, [signer], {**MEMORY, **settings}) as gateway:
            gateway.ready(signer)
            before = gateway.resident_mb()
            for name, (request, status, code) in cases.items():
                for _ in range(20 if full_form else 3):
                    answer = ask(gateway.port, request)
                    equal((answer.status, answer.code), (status, code), name)
            equal(gateway.send(Frame(signer)).status, 200, "afterwards")
            grown = max(grown, gateway.peak_mb() - before)
    holds(grown < 150, f"memory grew by {grown:.0f} MB")
    told = {name: status for name, (_, status, _) in (large | signed).items()}
    return f"{', '.join(f'{name}: {status}' for name, status in told.items())}; at most {grown:.0f} MB more of memory"


def slow_body(kind: str, full_form: bool) -> str:
    """A body that is complete only after its signature has expired is not accepted."""
    signer = Signer()
    settings = {**MEMORY, "PRESET": "dev", "CLOCK_SKEW": "0", "FUTURE_SKEW": "0"}

    async def slowly(port: int) -> Answer:
        frame = Frame(signer, iat=int(time.time()), ttl=2)
        request = frame.wire()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request[:-5])
        await asyncio.sleep(frame.iat + 3.5 - time.time())
        writer.write(request[-5:])
        try:
            return await read(reader, time.perf_counter())
        finally:
            writer.close()

    with Gateway(kind, [signer], settings) as gateway:
        answer = asyncio.run(slowly(gateway.port))
        equal((answer.status, answer.code), (401, "signature_expired"), "late")
        equal(gateway.runs()[0], 0, "runs of the handler")
    return "signature_expired"


def slowloris(kind: str, full_form: bool) -> str:
    """Many connections that send a part of a body and wait: they end in time, and others are served meanwhile."""
    signer = Signer()
    count = 100
    if full_form:
        count = 10_000 if kind == "proxy" else 1_000
        # Connections are files, here and in the gateway, which inherits the limit.
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        holds(most > count + 100, f"{most} open files are too few")

    with Gateway(kind, [signer], {**MEMORY, "BODY_TIMEOUT_MS": "5000" if full_form else "2000"}) as gateway:
        gateway.ready(signer)
        before = gateway.resident_mb()
        requests = [Frame(signer).wire() for _ in range(count)]
        served: list[float] = []
        most = 0
        begin = time.monotonic()
        # In a process of its own, so that what it takes of time is not taken for the gateway's.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
            codes = other.submit(attack, gateway.port, requests)
            while not codes.done():
                time.sleep(0.1)
                most = max(most, connections(gateway))
                answer = gateway.send(Frame(signer))
                equal(answer.status, 200, f"another request meanwhile: {answer.code}")
                served.append(answer.ms)
        seconds = time.monotonic() - begin
        equal(set(codes.result()) - {"body_timeout", "closed", "overloaded"}, set(), "answers")
        holds("body_timeout" in codes.result(), f"nobody is told: {set(codes.result())}")
        holds(seconds < 40, f"it took {seconds:.0f} s")
        equal(gateway.send(Frame(signer)).status, 200, "afterwards")
        grown = gateway.peak_mb() - before
        holds(grown < 50 + count * 0.05, f"memory grew by {grown:.0f} MB")
    words = ", ".join(f"{number} × {code}" for code, number in Counter(codes.result()).most_common())
    return (
        f"{count} connections, {most} of them at once, ended within {seconds:.1f} s: {words}; meanwhile {len(served)} others "
        f"served, the slowest in {max(served, default=0):.0f} ms; at most {grown:.0f} MB more of memory"
    )


def attack(port: int, requests: list[bytes]) -> list[str]:
    """Sends all of each request but its end, on as many connections, and waits for what is said."""

    async def one(request: bytes) -> str:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return "refused"
        try:
            writer.write(request[:-10])
            return (await asyncio.wait_for(read(reader, time.perf_counter()), 60)).code
        except (OSError, EOFError):
            return "closed"
        finally:
            writer.close()

    async def all_of_them() -> list[str]:
        return await asyncio.gather(*(one(request) for request in requests))

    return asyncio.run(all_of_them())


def connections(gateway: Gateway) -> int:
    """How many files the process has open, nearly all of which are connections."""
    return len(os.listdir(f"/proc/{gateway.process.pid}/fd"))


CHECKS: tuple[Callable[[str, bool], str], ...] = (hostile_bodies, slow_body, slowloris)
