"""Reads what a Redis server replies to several commands at once, from the connection of the ``redis`` package.

The package reads one reply after another, each through several coroutines, which takes as long as all the rest of a
reservation. Here all replies that came together are read at once.
"""

from __future__ import annotations

import asyncio
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import InvalidResponse, ResponseError

# The longest reply that is expected: that of INFO has some thousand bytes.
_LONGEST = 1 << 20

_CHUNK = 1 << 16


async def read(connection: Any, number: int) -> list[Any]:
    """So many replies; an error in a reply is its value. Raises ``RedisError`` and ``OSError``."""
    reader = getattr(connection, "_reader", None)
    error_of = getattr(getattr(connection, "_parser", None), "parse_error", None)
    if not isinstance(reader, asyncio.StreamReader) or error_of is None:
        return [await _one(connection) for _ in range(number)]
    replies: list[Any] = []
    data, at = b"", 0
    while True:
        at = _parse(data, at, replies, number, error_of)
        if len(replies) == number:
            break
        more = await reader.read(_CHUNK)
        if not more:
            raise RedisConnectionError("the server closed the connection")
        data, at = data[at:] + more, 0
        if len(data) > _LONGEST + _CHUNK:
            raise InvalidResponse("a reply is too long")
    if at != len(data):
        raise InvalidResponse("there are more replies than commands")
    return replies


def _parse(data: bytes, at: int, replies: list[Any], number: int, error_of: Any) -> int:
    """Reads the replies that are complete; where the next one begins."""
    while len(replies) < number:
        end = data.find(b"\r\n", at)
        if end < 0:
            break
        kind, line = data[at : at + 1], data[at + 1 : end]
        end += 2
        if kind == b"$" and line == b"-1":
            replies.append(None)
        elif kind == b"$":
            if not line.isdigit() or len(line) > 7 or int(line) > _LONGEST:
                raise InvalidResponse("a length that no reply has")
            begin, end = end, end + int(line)
            if len(data) < end + 2:
                break
            if data[end : end + 2] != b"\r\n":
                raise InvalidResponse("a reply is longer than it says")
            replies.append(data[begin:end])
            end += 2
        elif kind == b"+":
            replies.append(line)
        elif kind == b"-":
            error = error_of(line.decode("utf-8", "replace"))
            if not isinstance(error, ResponseError):
                # That of a server which starts, for one.
                raise error
            replies.append(error)
        else:
            raise InvalidResponse("a reply that no command of ours has")
        at = end
    return at


async def _one(connection: Any) -> Any:
    try:
        return await connection.read_response(disable_decoding=True)
    except ResponseError as error:
        return error
