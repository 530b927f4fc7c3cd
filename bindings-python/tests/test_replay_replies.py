"""Replies of a Redis server, which come in any parts."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from redis.exceptions import BusyLoadingError, InvalidResponse, OutOfMemoryError, RedisError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError

from samebyte.replay._replies import read

REPLIES = b"$-1\r\n$3\r\na\r\n\r\n$0\r\n\r\n+OK\r\n-OOM no more\r\n-ERR \xff\r\n"


def told(*parts: bytes, number: int = 6) -> list[Any]:
    """What is read where the server says this and closes the connection."""
    from redis.asyncio import Connection

    async def work() -> list[Any]:
        reader = asyncio.StreamReader()
        reading = asyncio.ensure_future(read(SimpleNamespace(_reader=reader, _parser=Connection()._parser), number))
        for part in parts:
            await asyncio.sleep(0)
            reader.feed_data(part)
        await asyncio.sleep(0)
        reader.feed_eof()
        return await asyncio.wait_for(reading, 20)

    return asyncio.run(work())


@pytest.mark.parametrize("cut", range(len(REPLIES)))
def test_in_parts(cut: int) -> None:
    replies = told(REPLIES[:cut], REPLIES[cut:])
    assert replies[:4] == [None, b"a\r\n", b"", b"OK"]
    assert [type(each) for each in replies[4:]] == [OutOfMemoryError, ResponseError]


def test_byte_by_byte() -> None:
    assert told(*(REPLIES[at : at + 1] for at in range(len(REPLIES))))[:4] == [None, b"a\r\n", b"", b"OK"]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"", RedisConnectionError),
        (REPLIES[:-1], RedisConnectionError),
        (REPLIES + b"+OK\r\n", InvalidResponse),
        (b"-LOADING the dataset\r\n", BusyLoadingError),
        (b"$-2\r\n", InvalidResponse),
        (b"$\r\n", InvalidResponse),
        (b"$+1\r\na\r\n", InvalidResponse),
        (b"$1 \r\na\r\n", InvalidResponse),
        (b"$2\r\nabcd", InvalidResponse),
        (b"$1048577\r\n", InvalidResponse),
        (b"$" + b"9" * 5000 + b"\r\n", InvalidResponse),
        (b"*1\r\n:1\r\n", InvalidResponse),
        (b"\r\n", InvalidResponse),
        (b"+" * 1_200_000, InvalidResponse),
    ],
)
def test_what_no_server_says(said: bytes, error: type[RedisError]) -> None:
    with pytest.raises(error):
        told(said)


def test_another_client() -> None:
    """One whose connections are not known is asked for one reply after another."""

    class Connection:
        def __init__(self) -> None:
            self._said = iter((b"a", None, ResponseError("ERR")))

        async def read_response(self, *, disable_decoding: bool) -> Any:
            assert disable_decoding
            reply = next(self._said)
            if isinstance(reply, Exception):
                raise reply
            return reply

    first, second, third = asyncio.run(read(Connection(), 3))
    assert (first, second, type(third)) == (b"a", None, ResponseError)
