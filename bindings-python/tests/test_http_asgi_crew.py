"""Middleware of ASGI: what threads do beside the event loop."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import time
import weakref
from pathlib import Path
from typing import Any

import pytest
from asgi_app import JSON, App, run
from gateways import ORIGIN, Clock, caller, session

from samebyte import SigningKey
from samebyte.http import Gateway
from samebyte.http._beside import beside
from samebyte.http._gateway import ACCEPT


class TestTogether:
    """Requests that come together are verified by other threads, each as it would be by itself."""

    def test_many(self, app: App, running: Gateway, clock: Clock) -> None:
        client, stranger = caller(running, clock), caller(running, clock, key=SigningKey.generate("EdDSA"))
        fields = [(b"content-type", b"application/json")]

        async def ask() -> tuple[list[int], list[int], list[bool]]:
            async with session(app.app, running, None) as http:

                async def send(line: tuple[str, str], body: bytes) -> int:
                    answer = await http.post("/rpc", content=body, headers={**JSON, **dict([line])})
                    return answer.status_code

                calls = [client.sign("POST", f"{ORIGIN}/rpc", fields, b"[%d]" % n) for n in range(100)]
                once = calls[0]
                # One frame from all sides; good ones; those that were changed.
                same = await asyncio.gather(*(send(once.header, b"[0]") for _ in range(100)))
                mixed = await asyncio.gather(
                    *(send(call.header, b"[%d]" % (n if n % 2 else n + 1)) for n, call in enumerate(calls[1:], 1))
                )
            async with session(app.app, running, stranger) as http:
                refused = await asyncio.gather(*(http.post("/rpc", json=n) for n in range(10)))
            return same, mixed, [answer.status_code == 401 for answer in refused]

        same, mixed, refused = run(ask())
        assert sorted(same) == [200] + [409] * 99
        assert mixed == [200 if n % 2 else 401 for n in range(1, 100)]
        assert all(refused)
        assert sorted(app.bodies) == sorted([b"[0]", *(b"[%d]" % n for n in range(1, 100, 2))])

    def test_who_gives_up(self, app: App, running: Gateway, clock: Clock) -> None:
        client = caller(running, clock)

        async def ask() -> list[tuple[int, bytes, bool]]:
            async with session(app.app, running, client) as http:
                gone = [asyncio.create_task(http.post("/rpc", json=n)) for n in range(50)]
                await asyncio.sleep(0)
                for task in gone[::2]:
                    task.cancel()
                await asyncio.gather(*gone, return_exceptions=True)
                answers = await asyncio.gather(*(http.post("/rpc", json=n) for n in range(50)))
            return [(answer.status_code, answer.content, answer.extensions["samebyte"].bound) for answer in answers]

        # Each has the signature over the response to its own request.
        assert run(ask()) == [(200, '{"a":"ü","z":1}'.encode(), True)] * 50

    @pytest.mark.parametrize("where", ["start", "collect", "outcome"])
    def test_memory_that_runs_out(self, running: Gateway, clock: Clock, where: str) -> None:
        """Whoever waits for what is lost is told, and those who come later are served."""

        class Short:
            """A crew whose outcomes cannot be told once."""

            def __init__(self, crew: Any) -> None:
                self._crew, self.failed = crew, False

            def __getattr__(self, name: str) -> Any:
                real = getattr(self._crew, name)
                return real if name not in ("start", "collect") else lambda: self._told(name, real())

            def _told(self, name: str, outcomes: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
                if self.failed or (not outcomes if where == "outcome" else name != where):
                    return outcomes
                self.failed = True
                if where != "outcome":
                    raise MemoryError
                return [(token, MemoryError()) for token, _ in outcomes]

        client = caller(running, clock)

        def exchanges() -> list[Any]:
            lines = [client.sign("GET", f"{ORIGIN}/").header for _ in range(8)]
            fields = [[(name.encode(), value.encode())] for name, value in lines]
            return [running.native.begin("GET", b"/", b"", None, each, clock()) for each in fields]

        async def ask() -> tuple[list[Any], list[Any]]:
            works = beside()
            if works._crew is None:
                pytest.skip("there is one processor, and so no crew")
            works._crew = short = Short(works._crew)

            async def read() -> list[Any]:
                works_on = [works.read(each, b"", clock()) for each in exchanges()]
                return await asyncio.wait_for(asyncio.gather(*works_on, return_exceptions=True), 20)

            first = await read()
            assert short.failed
            return first, await read()

        first, second = run(ask())
        lost = [each for each in first if isinstance(each, MemoryError)]
        assert lost
        assert all(each == ACCEPT for each in first if each not in lost)
        assert second == [ACCEPT] * 8

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
    def test_a_process_that_forks(self) -> None:
        """Its child has threads of its own."""
        work = """if True:
            import asyncio, os
            from samebyte.http._beside import beside

            async def found():
                return beside()

            loop = asyncio.new_event_loop()
            first = loop.run_until_complete(found())
            assert loop.run_until_complete(found()) is first
            child = os.fork()
            if child == 0:
                os._exit(7 if loop.run_until_complete(found()) is not first else 1)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """
        ran = subprocess.run([sys.executable, "-c", work], capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
        assert ran.stdout == "7\n"

    def test_loops_that_are_closed_early(self, running: Gateway, clock: Clock) -> None:
        """What a loop left undone does not keep it, nor the threads beside it."""
        client = caller(running, clock)

        async def leave() -> None:
            for _ in range(8):
                fields = [(name.encode(), value.encode()) for name, value in [client.sign("GET", f"{ORIGIN}/").header]]
                exchange = running.native.begin("GET", b"/", b"", None, fields, clock())
                beside().read(exchange, b"", clock())

        def left() -> weakref.ref[Any]:
            loop = asyncio.new_event_loop()
            loop.run_until_complete(leave())
            loop.close()
            return weakref.ref(loop)

        loops = [left() for _ in range(5)]
        for _ in range(100):
            # What a thread let go of is given up by the next call.
            running.stats()
            gc.collect()
            if not any(loop() for loop in loops[:-1]):
                break
            time.sleep(0.01)
        assert not any(loop() for loop in loops[:-1])

    @pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system does not list threads")
    def test_threads_end(self) -> None:
        work = """if True:
            import os, time
            from samebyte import SamebyteError, _native

            def threads():
                return len(os.listdir("/proc/self/task"))

            before = threads()
            crew = _native.Crew(3)
            assert threads() == before + 3 and crew.collect() == []
            del crew
            end = time.monotonic() + 20
            while threads() > before:
                assert time.monotonic() < end
                time.sleep(0.01)
            try:
                _native.Crew(0)
            except SamebyteError as error:
                print(error.code)
        """
        ran = subprocess.run([sys.executable, "-c", work], capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
        assert ran.stdout == "invalid_argument\n"
