"""Many requests over many connections to one port of this machine, and what was answered."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """A response of HTTP/1.1."""

    status: int
    fields: dict[str, str]
    body: bytes
    ms: float

    @property
    def code(self) -> str:
        """The code of an error, else the status."""
        return self.fields.get("x-signature-error") or str(self.status)


@dataclass
class Load:
    """What came of many requests."""

    codes: Counter[str] = field(default_factory=Counter)
    slowest_ms: float = 0.0
    broken: int = 0

    def words(self) -> str:
        broken = f", {self.broken} without an answer" if self.broken else ""
        return ", ".join(f"{count} × {code}" for code, count in self.codes.most_common()) + broken


# What is told of each answer: which request it belongs to.
Hear = Callable[[int, Answer], None]


def ask(port: int, request: bytes, timeout: float = 30) -> Answer:
    """The answer to one request, on a connection of its own."""
    return asyncio.run(_ask(port, request, timeout))


def flood(port: int, requests: Iterable[bytes], connections: int = 64, hear: Hear | None = None) -> Load:
    """Sends requests, each on the next connection that is free."""
    return asyncio.run(_flood([port], iter(enumerate(requests)), connections, hear))


def flood_all(ports: list[int], requests: list[bytes], connections: int = 64, hear: Hear | None = None) -> list[Load]:
    """Sends each of the requests to every port, all ports at the same time."""

    async def all_of_them() -> list[Load]:
        return list(
            await asyncio.gather(*(_flood([port], iter(enumerate(requests)), connections, hear) for port in ports))
        )

    return asyncio.run(all_of_them())


async def _ask(port: int, request: bytes, timeout: float) -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        begin = time.perf_counter()
        writer.write(request)
        return await asyncio.wait_for(read(reader, begin, head=request.startswith(b"HEAD ")), timeout)
    finally:
        writer.close()


async def _flood(ports: list[int], requests: Iterator[tuple[int, bytes]], connections: int, hear: Hear | None) -> Load:
    load = Load()

    async def work(port: int) -> None:
        writer: asyncio.StreamWriter | None = None
        for index, request in requests:
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                begin = time.perf_counter()
                writer.write(request)
                answer = await asyncio.wait_for(read(reader, begin), 60)
            except (OSError, EOFError, ValueError, asyncio.TimeoutError):
                load.broken += 1
                if writer is not None:
                    writer.close()
                writer = None
                continue
            load.codes[answer.code] += 1
            load.slowest_ms = max(load.slowest_ms, answer.ms)
            if hear is not None:
                hear(index, answer)
            if answer.fields.get("connection", "").lower() == "close":
                writer.close()
                writer = None
        if writer is not None:
            writer.close()

    await asyncio.gather(*(work(ports[number % len(ports)]) for number in range(connections)))
    return load


async def read(reader: asyncio.StreamReader, begin: float, *, head: bool = False) -> Answer:
    """One response from a connection. Raises ``ValueError`` or ``EOFError`` for what is none."""
    text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = text.rstrip().split("\r\n")
    status = int(first.split(" ")[1])
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = b""
    if head or status in (204, 304):
        pass
    elif fields.get("transfer-encoding", "").lower() == "chunked":
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    elif "content-length" in fields:
        body = await reader.readexactly(int(fields["content-length"]))
    else:
        body = await reader.read()
    return Answer(status, fields, body, (time.perf_counter() - begin) * 1000)


def json_of(answer: Answer) -> dict[str, object]:
    """The body of an answer."""
    value: dict[str, object] = json.loads(answer.body)
    return value
