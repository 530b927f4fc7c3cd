"""Replay stores: one verdict for each reservation, whoever asks, and none that accepts once the store is in doubt."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import secrets
import sqlite3
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import pytest
import redis.asyncio
from servers import RedisServer

import samebyte
from samebyte.replay import SqliteStore, Verdict
from samebyte.replay._exclusive import Exclusive
from samebyte.replay.redis import AsyncRedisStore, RedisStore

TTL = 60_000

# Most tests are about verdicts: a busy machine is no reason for `UNAVAILABLE`.
PATIENT: Any = {"timeout_ms": 5_000, "connect_timeout_ms": 5_000}


def key() -> bytes:
    return secrets.token_bytes(16)


class Driven(Protocol):
    """A store as a test drives it: with what it told about lost state."""

    lost: list[int]

    def reserve(self, key: bytes, owner: bytes, ttl_ms: int) -> Verdict: ...
    def race(self, keys: list[bytes], times: int) -> Counter[tuple[bytes, Verdict]]: ...
    def close(self) -> None: ...


class Threaded:
    """A store that blocks."""

    def __init__(self, store: RedisStore | SqliteStore) -> None:
        self.lost: list[int] = []
        self._store = store
        store.start(self.lost.append)
        self.reserve, self.close = store.reserve, store.close

    def race(self, keys: list[bytes], times: int) -> Counter[tuple[bytes, Verdict]]:
        with ThreadPoolExecutor(8) as pool:
            work = [pool.submit(lambda name: (name, self.reserve(name, key(), TTL)), name) for name in keys * times]
            return Counter(each.result() for each in work)


class OnLoop:
    """A store of an event loop, driven from outside of it."""

    def __init__(self, server: RedisServer, **options: Any) -> None:
        self.lost: list[int] = []
        self._loop = asyncio.new_event_loop()
        self._store = AsyncRedisStore(redis.asyncio.Redis(port=server.port), **options)
        try:
            self._run(self._store.start(self.lost.append))
        except BaseException:
            self.close()
            raise

    def _run(self, work: Any) -> Any:
        return self._loop.run_until_complete(work)

    def reserve(self, key: bytes, owner: bytes, ttl_ms: int) -> Verdict:
        verdict: Verdict = self._run(self._store.reserve(key, owner, ttl_ms))
        return verdict

    def race(self, keys: list[bytes], times: int) -> Counter[tuple[bytes, Verdict]]:
        async def each(name: bytes) -> tuple[bytes, Verdict]:
            return name, await self._store.reserve(name, key(), TTL)

        async def every() -> list[tuple[bytes, Verdict]]:
            return await asyncio.gather(*(each(name) for name in keys * times))

        return Counter(self._run(every()))

    def close(self) -> None:
        self._run(self._store.close())
        self._loop.close()


Make = Callable[[], Driven]


@pytest.fixture(params=["redis", "redis.asyncio", "sqlite"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Makes stores that share one place."""
    made: list[Driven] = []
    server: RedisServer | None = None
    if request.param != "sqlite":
        server = request.getfixturevalue("redis_server")

    def one() -> Driven:
        if server is None:
            made.append(Threaded(SqliteStore(tmp_path / "nonces.db", timeout_ms=5_000)))
        elif request.param == "redis":
            made.append(Threaded(RedisStore(server.client(), **PATIENT)))
        else:
            made.append(OnLoop(server, **PATIENT))
        return made[-1]

    yield one
    for store in made:
        store.close()


def test_one_owner(make: Make) -> None:
    store, nonce, owner = make(), key(), key()
    assert store.reserve(nonce, owner, TTL) is Verdict.NEW
    assert store.reserve(nonce, owner, TTL) is Verdict.NEW, "the reply to the first may have been lost"
    assert store.reserve(nonce, key(), TTL) is Verdict.REPLAY
    assert make().reserve(nonce, key(), TTL) is Verdict.REPLAY, "stores of one place share it"
    assert store.reserve(key(), owner, TTL) is Verdict.NEW


def test_a_nonce_is_forgotten_when_its_time_is_over_and_not_before(make: Make) -> None:
    store, nonce = make(), key()
    assert store.reserve(nonce, key(), 1) is Verdict.NEW
    assert store.reserve(nonce, key(), 1_000) is Verdict.REPLAY, "a lifetime is at least one second"
    time.sleep(1.05)
    assert store.reserve(nonce, key(), 1_000) is Verdict.NEW


def test_a_race_has_one_winner(make: Make) -> None:
    keys = [key() for _ in range(20)]
    verdicts = make().race(keys, 50)
    for nonce in keys:
        assert verdicts[nonce, Verdict.NEW] == 1
        assert verdicts[nonce, Verdict.REPLAY] == 49


def test_new_state_is_lost_state_for_all_who_start_later(make: Make) -> None:
    before = time.time_ns() // 1_000_000
    first, second = make(), make()
    assert first.lost == second.lost
    assert before - 1 <= first.lost[-1] <= time.time_ns() // 1_000_000


class TestRedis:
    @pytest.fixture(params=[Threaded, OnLoop])
    def make(self, request: pytest.FixtureRequest, redis_server: RedisServer) -> Iterator[Callable[..., Driven]]:
        made: list[Driven] = []

        def one(**options: Any) -> Driven:
            on_loop = request.param is OnLoop
            made.append(
                OnLoop(redis_server, **options) if on_loop else Threaded(RedisStore(redis_server.client(), **options))
            )
            return made[-1]

        yield one
        for store in made:
            store.close()

    def test_what_is_on_the_wire(self, make: Callable[..., Driven], redis_server: RedisServer) -> None:
        store, client = make(prefix="mine:", **PATIENT), redis_server.client()
        nonce, owner = key(), key()
        store.reserve(nonce, owner, TTL)
        name = b"mine:n:" + nonce.hex().encode()
        assert sorted(client.keys()) == [b"mine:epoch", name]
        assert client.get(name) == owner.hex().encode()
        assert TTL - 5_000 < client.pttl(name) <= TTL
        assert client.ttl("mine:epoch") == -1

    def test_emptied(self, make: Callable[..., Driven], redis_server: RedisServer) -> None:
        store, nonce = make(**PATIENT), key()
        assert store.reserve(nonce, key(), TTL) is Verdict.NEW
        lost = store.lost[-1]
        time.sleep(0.002)
        redis_server.client().flushall()
        assert store.reserve(nonce, key(), TTL) is Verdict.COLD
        assert store.lost[-1] > lost
        # What may be accepted now is for the guard to say: the store was told of nothing since.
        assert Verdict.NEW in {store.reserve(key(), key(), TTL) for _ in range(2)}

    def test_restarted_empty(self, make: Callable[..., Driven], redis_server: RedisServer) -> None:
        store, nonce = make(connect_timeout_ms=5_000), key()
        assert store.reserve(nonce, key(), TTL) is Verdict.NEW
        lost = store.lost[-1]
        redis_server.kill()
        assert {store.reserve(nonce, key(), TTL) for _ in range(3)} == {Verdict.UNAVAILABLE}
        redis_server.begin()
        verdicts = [store.reserve(nonce, key(), TTL)]
        while verdicts[-1] is Verdict.UNAVAILABLE and len(verdicts) < 50:
            verdicts.append(store.reserve(nonce, key(), TTL))
        assert verdicts[-1] is Verdict.COLD
        assert store.lost[-1] > lost

    def test_stalled(self, make: Callable[..., Driven], redis_server: RedisServer) -> None:
        store, nonce = make(), key()
        assert Verdict.NEW in {store.reserve(nonce, key(), TTL) for _ in range(5)}
        with redis_server.stopped():
            waits = []
            for _ in range(4):
                begin = time.monotonic()
                assert store.reserve(key(), key(), TTL) is Verdict.UNAVAILABLE
                waits.append(time.monotonic() - begin)
            # Once at least the machine had nothing else to do.
            assert min(waits) < 0.150
        assert store.reserve(nonce, key(), TTL) in (Verdict.REPLAY, Verdict.UNAVAILABLE)

    def test_full(self, make: Callable[..., Driven], redis_server: RedisServer) -> None:
        store, nonce = make(**PATIENT), key()
        assert store.reserve(nonce, key(), TTL) is Verdict.NEW
        redis_server.client().config_set("maxmemory", 1)
        assert store.reserve(key(), key(), TTL) is Verdict.FULL
        redis_server.client().config_set("maxmemory", 0)
        assert store.reserve(nonce, key(), TTL) is Verdict.REPLAY

    def test_a_server_that_evicts(self, make: Callable[..., Driven], redis_server: RedisServer) -> None:
        store, client = make(**PATIENT), redis_server.client()
        client.config_set("maxmemory-policy", "volatile-lru")
        time.sleep(1.05)
        assert store.reserve(key(), key(), TTL) is Verdict.UNAVAILABLE, "it is looked at once a second"
        with pytest.raises(samebyte.UsageError, match="noeviction") as refused:
            make()
        assert (refused.value.code, refused.value.detail) == ("settings_invalid", {"setting": "REPLAY_STORE"})
        assert make(allow_eviction=True).reserve(key(), key(), TTL) is Verdict.NEW

    def test_another_server_at_the_same_place(self, make: Callable[..., Driven], redis_server: RedisServer) -> None:
        """A copy took over: it has the epoch, and may lack the last nonces."""
        store, client = make(**PATIENT), redis_server.client()
        epoch = client.get("samebyte:epoch")
        lost = store.lost[-1]
        redis_server.kill()
        redis_server.begin()
        client.set("samebyte:epoch", epoch)  # type: ignore[arg-type]
        verdicts = [store.reserve(key(), key(), TTL)]
        while verdicts[-1] is Verdict.UNAVAILABLE and len(verdicts) < 50:
            verdicts.append(store.reserve(key(), key(), TTL))
        assert verdicts[-1] is Verdict.COLD
        assert store.lost[-1] > lost

    def test_a_replica(self, make: Callable[..., Driven], redis_server: RedisServer) -> None:
        store = make(**PATIENT)
        redis_server.client().replicaof("127.0.0.1", 1)
        assert store.reserve(key(), key(), TTL) is Verdict.UNAVAILABLE

    def test_many_wait_no_longer_than_one(self, redis_server: RedisServer) -> None:
        async def flood() -> tuple[set[Verdict], float]:
            store = AsyncRedisStore(redis.asyncio.Redis(port=redis_server.port))
            await store.start(lambda lost: None)
            with redis_server.stopped():
                begin = time.monotonic()
                verdicts = await asyncio.gather(*(store.reserve(key(), key(), TTL) for _ in range(1_000)))
                waited = time.monotonic() - begin
            await store.close()
            return set(verdicts), waited

        verdicts, waited = asyncio.run(flood())
        assert verdicts == {Verdict.UNAVAILABLE}
        # One after another they would wait for 50 seconds.
        assert waited < 1

    def test_who_gives_up_takes_no_other_reply(self, redis_server: RedisServer) -> None:
        async def give_up() -> Verdict:
            store = AsyncRedisStore(redis.asyncio.Redis(port=redis_server.port), **PATIENT)
            await store.start(lambda lost: None)
            seen = key()
            await store.reserve(seen, key(), TTL)
            for _ in range(50):
                gone = asyncio.create_task(store.reserve(key(), key(), TTL))
                await asyncio.sleep(0)
                gone.cancel()
                assert await store.reserve(seen, key(), TTL) is Verdict.REPLAY
            verdict = await store.reserve(key(), key(), TTL)
            await store.close()
            return verdict

        assert asyncio.run(give_up()) is Verdict.NEW

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
    @pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
    @pytest.mark.parametrize("stalled", [False, True])
    def test_after_a_fork(self, redis_server: RedisServer, stalled: bool) -> None:
        """A child has a connection of its own: on one connection the parent would take its replies."""
        seen, loop = key(), asyncio.new_event_loop()
        store = AsyncRedisStore(redis.asyncio.Redis(port=redis_server.port), **PATIENT)

        async def ask(name: bytes) -> Verdict:
            return await store.reserve(name, key(), TTL)

        async def begin() -> None:
            await store.start(lambda lost: None)
            assert await ask(seen) is Verdict.NEW

        loop.run_until_complete(begin())
        with redis_server.stopped() if stalled else contextlib.nullcontext():
            # The parent waits for a reply.
            waiting = loop.create_task(ask(seen)) if stalled else None
            loop.run_until_complete(asyncio.sleep(0.01))
            child = os.fork()
            if child == 0:
                with contextlib.suppress(Exception):
                    os._exit(asyncio.run(asyncio.wait_for(ask(seen), 10)))
                os._exit(99)
        verdicts = [loop.run_until_complete(ask(seen)) for _ in range(3)]
        assert verdicts == [Verdict.REPLAY] * 3
        assert waiting is None or waiting.result() is Verdict.REPLAY
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == Verdict.REPLAY
        assert loop.run_until_complete(ask(seen)) is Verdict.REPLAY
        loop.run_until_complete(store.close())
        loop.close()

    def test_a_cluster_is_refused(self) -> None:
        with pytest.raises(samebyte.UsageError, match="single primary"):
            RedisStore(object())  # type: ignore[arg-type]

    def test_nobody_there(self) -> None:
        store = RedisStore(redis.Redis(port=1))
        store.start(lambda lost: None)
        assert store.reserve(key(), key(), TTL) is Verdict.UNAVAILABLE


def _contend(path: Path, keys: list[bytes], outcomes: Any) -> None:
    store = SqliteStore(path, timeout_ms=5_000)
    store.start(lambda lost: None)
    outcomes.put([(nonce, store.reserve(nonce, key(), TTL)) for nonce in keys])


class TestSqlite:
    def test_processes_share_it(self, tmp_path: Path) -> None:
        keys = [key() for _ in range(100)]
        spawn = multiprocessing.get_context("spawn")
        outcomes = spawn.Queue()
        workers = [spawn.Process(target=_contend, args=(tmp_path / "n.db", keys, outcomes)) for _ in range(4)]
        for worker in workers:
            worker.start()
        verdicts = Counter(outcome for _ in workers for outcome in outcomes.get(timeout=60))
        for worker in workers:
            worker.join()
        assert all(verdicts[nonce, Verdict.NEW] == 1 for nonce in keys)
        assert all(verdicts[nonce, Verdict.REPLAY] == 3 for nonce in keys)

    def test_full(self, tmp_path: Path) -> None:
        store = SqliteStore(tmp_path / "n.db", cap=2)
        store.start(lambda lost: None)
        live = key()
        assert store.reserve(live, key(), TTL) is Verdict.NEW
        assert store.reserve(key(), key(), 1_000) is Verdict.NEW
        assert store.reserve(key(), key(), TTL) is Verdict.FULL
        time.sleep(1.05)
        assert store.reserve(key(), key(), TTL) is Verdict.NEW, "what is expired makes room"
        assert store.reserve(live, key(), TTL) is Verdict.REPLAY, "what is live does not"
        store.close()

    def test_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "n.db"
        store = SqliteStore(path)
        lost: list[int] = []
        store.start(lost.append)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for _ in range(3):
            store.reserve(key(), key(), TTL)
        store.close()
        with sqlite3.connect(path) as database:
            state = dict(database.execute("SELECT name, value FROM state"))
            assert (state["schema"], state["nonces"], state["lost"]) == (1, 3, lost[0])
            # Another boot: the last writes before it may be missing.
            database.execute("UPDATE state SET value = 'another' WHERE name = 'boot'")
        database.close()
        time.sleep(0.002)
        store.start(lost.append)
        assert lost[-1] > lost[0]
        store.close()

    def test_a_clock_that_steps_back(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        store, nonce, wall = SqliteStore(tmp_path / "n.db"), key(), time.time_ns()
        store.start(lambda lost: None)
        assert store.reserve(nonce, key(), TTL) is Verdict.NEW
        monkeypatch.setattr(time, "time_ns", lambda: wall - 600 * 10**9)
        assert store.reserve(nonce, key(), TTL) is Verdict.REPLAY
        assert store.reserve(late := key(), key(), 1_000) is Verdict.NEW
        monkeypatch.setattr(time, "time_ns", lambda: wall + 2 * 10**9)
        assert store.reserve(late, key(), TTL) is Verdict.NEW
        store.close()

    def test_taken_away_and_locked(self, tmp_path: Path) -> None:
        path, lost = tmp_path / "n.db", list[int]()
        store = SqliteStore(path)
        store.start(lost.append)
        blocker = sqlite3.connect(path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        begin = time.monotonic()
        assert store.reserve(key(), key(), TTL) is Verdict.UNAVAILABLE
        assert time.monotonic() - begin < 0.150
        blocker.execute("ROLLBACK")
        blocker.close()
        assert store.reserve(key(), key(), TTL) is Verdict.NEW
        for file in tmp_path.iterdir():
            file.unlink()
        time.sleep(0.002)
        assert store.reserve(key(), key(), TTL) is Verdict.UNAVAILABLE
        store.reserve(key(), key(), TTL)
        assert lost[-1] > lost[0], "a new file has lost what was in the old one"
        store.close()

    def test_not_a_database(self, tmp_path: Path) -> None:
        path = tmp_path / "n.db"
        path.write_text("no database, and long enough to be looked at" * 100)
        with pytest.raises(samebyte.UsageError, match="cannot be opened"):
            SqliteStore(path).start(lambda lost: None)

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
    @pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
    def test_after_a_fork(self, tmp_path: Path) -> None:
        store, nonce = SqliteStore(tmp_path / "n.db"), key()
        store.start(lambda lost: None)
        store.reserve(nonce, key(), TTL)
        child = os.fork()
        if child == 0:
            os._exit(store.reserve(nonce, key(), TTL))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == Verdict.REPLAY
        assert store.reserve(nonce, key(), TTL) is Verdict.REPLAY
        store.close()


def test_memory_is_of_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    held = Exclusive(["https://a.example"], ["https://a.example"])
    other = Exclusive(["https://b.example"], [])
    with pytest.raises(samebyte.UsageError, match="memory with several workers") as refused:
        Exclusive(["https://a.example"], ["https://a.example"])
    assert refused.value.code == "settings_invalid"
    held.release()
    Exclusive(["https://a.example"], ["https://a.example"]).release()
    other.release()
