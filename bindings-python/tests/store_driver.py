"""The driver of the replay stores of Python: speaks conformance-vectors/soak/README.md."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import redis
import redis.asyncio

from samebyte import SamebyteError
from samebyte.replay import AsyncStore, SqliteStore, Store, Verdict
from samebyte.replay.redis import AsyncRedisStore, RedisStore


class Blocking:
    """A store of threads, asked from an event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(16)

    async def start(self, lost: Any) -> None:
        self._store.start(lost)

    async def reserve(self, key: bytes, owner: bytes, ttl_ms: int) -> Verdict:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._store.reserve, key, owner, ttl_ms)

    async def close(self) -> None:
        self._store.close()


def made(store: dict[str, Any]) -> AsyncStore | None:
    target, timeout = store["target"], store["timeout_ms"]
    match store["kind"], store.get("client"):
        case "sqlite", None:
            return Blocking(SqliteStore(target, cap=store["cap"], timeout_ms=timeout))
        case "redis", "threads":
            return Blocking(RedisStore(redis.Redis.from_url(target), timeout_ms=timeout))
        case "redis", "asyncio":
            return AsyncRedisStore(redis.asyncio.Redis.from_url(target), timeout_ms=timeout)
    return None


async def main() -> None:
    lost: list[int] = []
    store: AsyncStore | None = None
    for line in sys.stdin:
        question = json.loads(line)
        answer: dict[str, Any]
        begin = time.perf_counter()
        if "open" in question:
            store = made(question["open"])
            answer = {"opened": True} if store is not None else {"error": "unsupported"}
            try:
                if store is not None:
                    await store.start(lost.append)
            except SamebyteError as error:
                answer = {"error": error.code}
        else:
            assert store is not None
            wanted = question.get("together") or [question["reserve"]]
            tasks = [store.reserve(bytes.fromhex(key), bytes.fromhex(owner), ttl) for key, owner, ttl in wanted]
            names = [verdict.name.lower() for verdict in await asyncio.gather(*tasks)]
            answer = {"verdicts": names} if "together" in question else {"verdict": names[0]}
        answer["ms"] = (time.perf_counter() - begin) * 1000
        if lost:
            answer["lost"] = max(lost)
            lost.clear()
        print(json.dumps(answer), flush=True)


asyncio.run(main())
