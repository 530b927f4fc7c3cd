"""Middleware of ASGI: clocks that differ, bodies that are late, and frames that are sent again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from asgi_app import App, code, post, run
from gateways import ORIGIN, SERVER, Clock, caller, gateway, settings
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

import samebyte
from samebyte.http import Gateway


class TestTime:
    @pytest.mark.parametrize(
        ("seconds", "expected"),
        [
            (0, None),
            (29, None),
            (-5, None),
            (90, None),
            (-6, "signature_not_yet_valid"),
            (-600, "signature_not_yet_valid"),
            (91, "signature_expired"),
            (600, "signature_expired"),
        ],
    )
    def test_clocks_that_differ(self, app: App, clock: Clock, seconds: int, expected: str | None) -> None:
        made, theirs = gateway(clock), Clock()
        theirs.ms = clock.ms // 1000 * 1000 - seconds * 1000
        clock.ms = clock.ms // 1000 * 1000
        call = caller(made, theirs).sign("GET", f"{ORIGIN}/")
        response = run(post(app, made, None, None, method="GET", path="/", headers=dict([call.header])))
        assert response.headers.get("x-signature-error") == expected
        made.stop()

    def test_a_clock_that_steps_back(self, app: App, running: Gateway, clock: Clock) -> None:
        client = caller(running, clock)
        assert run(post(app, running, client)).status_code == 200
        clock.go(-600)
        with pytest.raises(samebyte.RejectedError, match="signature_missing"):
            run(post(app, running, client))
        lenient = caller(running, clock, require_signed=False)
        assert code(run(post(app, running, lenient))) == (503, "clock_stepped_back")
        clock.go(600)
        assert run(post(app, running, client)).status_code == 200

    def test_cold_after_a_start(self, app: App, clock: Clock) -> None:
        made = Gateway(settings(), signing_key=SERVER, clock=clock)
        client = caller(made, clock)
        assert code(run(post(app, made, client))) == (503, "replay_state_cold")
        clock.go(7)
        assert run(post(app, made, client)).status_code == 200
        made.stop()

    def test_a_body_that_does_not_come(self, app: App, clock: Clock) -> None:
        made = gateway(clock, options={"body_timeout": 0.05})

        async def slow() -> AsyncIterator[bytes]:
            yield b'{"a":'
            await asyncio.sleep(60)

        call = caller(made, clock).sign("POST", f"{ORIGIN}/rpc", [(b"content-type", b"application/json")], b'{"a":1}')
        response = run(post(app, made, None, slow(), headers=dict([call.header])))
        assert code(response) == (408, "body_timeout")
        made.stop()

    def test_a_body_that_comes_after_the_end(self, app: App, clock: Clock) -> None:
        made = gateway(clock)

        async def slow() -> AsyncIterator[bytes]:
            yield b'{"a":'
            clock.go(91)
            yield b"1}"

        call = caller(made, clock).sign("POST", f"{ORIGIN}/rpc", [(b"content-type", b"application/json")], b'{"a":1}')
        response = run(post(app, made, None, slow(), headers=dict([call.header])))
        assert code(response) == (401, "signature_expired")
        made.stop()

    @examples(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        ttl=st.integers(1, 300),
        phase=st.integers(0, 999),
        arrivals=st.lists(st.tuples(st.integers(0, 420_000), st.integers(0, 120_000)), min_size=2, max_size=6),
    )
    def test_no_frame_is_accepted_twice(self, ttl: int, phase: int, arrivals: list[tuple[int, int]]) -> None:
        """Whenever it arrives, and however slowly."""
        clock, app = Clock(), App()
        clock.ms = clock.ms // 1000 * 1000 + phase
        made = gateway(clock)
        begin = clock.ms
        call = caller(made, clock, ttl=ttl).sign("POST", f"{ORIGIN}/", [(b"content-type", b"application/json")], b"{}")

        async def body(end: int) -> AsyncIterator[bytes]:
            yield b"{"
            clock.ms = max(clock.ms, end)
            yield b"}"

        accepted = 0
        for after, delay in sorted(arrivals):
            clock.ms = max(clock.ms, begin + after)
            response = run(post(app, made, None, body(clock.ms + delay), path="/", headers=dict([call.header])))
            accepted += response.status_code == 200
        made.stop()
        assert accepted <= 1
        assert accepted == len(app.bodies)
