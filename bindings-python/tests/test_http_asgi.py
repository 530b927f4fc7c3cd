"""Middleware of ASGI: what reaches the handler, what the caller gets, and what becomes of what is unusual."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import gzip
import json
import logging
import os
import subprocess
import sys
import time
import weakref
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gateways import CALLER, ORIGIN, SERVER, Clock, audience, caller, gateway, session, settings
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

import samebyte
from samebyte import SigningKey
from samebyte.http import Gateway, Identity
from samebyte.http._beside import beside
from samebyte.http.asgi import SignatureMiddleware

JSON = {"content-type": "application/json"}


class App:
    """An application that counts its calls and keeps what it was given."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.identities: list[Identity | None] = []
        self.answer: Response = JSONResponse({"z": 1, "a": "ü"}, headers={"x-more": "kept"})
        routes = [
            Route("/{path:path}", self.handle, methods=["GET", "POST", "PUT", "OPTIONS", "DELETE"]),
            WebSocketRoute("/ws", self.websocket),
        ]
        self.app = Starlette(routes=routes)

    async def handle(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        self.identities.append(getattr(request.state, "samebyte", None))
        if "length" in request.query_params:
            assert int(request.headers["content-length"]) == len(self.bodies[-1])
        return self.answer

    async def websocket(self, websocket: WebSocket) -> None:
        await websocket.accept()
        identity = getattr(websocket.state, "samebyte", None)
        await websocket.send_text(identity.kid if identity else "nobody")
        await websocket.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def running(clock: Clock) -> Iterator[Gateway]:
    made = gateway(clock)
    yield made
    made.stop()


def run(work: Any) -> Any:
    return asyncio.run(work)


async def post(app: App, made: Gateway, client: Any, body: Any = b'{"b":1, "a":2}', **more: Any) -> httpx.Response:
    async with session(app.app, made, client) as http:
        return await http.request(
            more.pop("method", "POST"),
            more.pop("path", "/rpc"),
            content=body,
            headers={**JSON, **more.pop("headers", {})},
            **more,
        )


def code(response: httpx.Response) -> tuple[int, str]:
    """Of a refusal, which says it three times."""
    content = response.json()
    assert content["status"] == response.status_code
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-signature-error"] == content["error"]
    if response.status_code == 401:
        assert response.headers["www-authenticate"] == f'Signature error="{content["error"]}"'
    return response.status_code, content["error"]


class TestAccepted:
    def test_the_handler_gets_what_was_verified(self, app: App, running: Gateway, clock: Clock) -> None:
        client = caller(running, clock)
        response = run(post(app, running, client, path="/rpc?length=1&x=%7e"))
        assert response.status_code == 200
        assert app.bodies == [b'{"a":2,"b":1}']
        identity = app.identities[0]
        assert identity is not None
        assert (identity.tenant, identity.kid, identity.algorithm) == ("acme", CALLER.kid, "EdDSA")
        assert (identity.audience, identity.issuer) == (audience(running), None)
        assert identity.expires_at - identity.issued_at == 60
        assert identity.issued_at == clock.ms // 1000

    def test_the_response_is_signed_and_bound(self, app: App, running: Gateway, clock: Clock) -> None:
        response = run(post(app, running, caller(running, clock)))
        verified = response.extensions["samebyte"]
        assert (verified.signed, verified.bound, verified.kid) == (True, True, SERVER.kid)
        assert response.content == verified.body == '{"a":"ü","z":1}'.encode()
        assert response.headers["x-more"] == "kept"
        assert response.headers["content-length"] == str(len(response.content))

    @pytest.mark.parametrize("spelling", [{"indent": 3}, {"separators": (",", ":")}, {"ensure_ascii": False}])
    def test_another_spelling_of_the_body(self, app: App, running: Gateway, clock: Clock, spelling: Any) -> None:
        """What proxies do to JSON on the way breaks nothing."""
        document = {"b": [1, 2.5, "ü"], "a": {"y": None, "x": True}}
        call = caller(running, clock).sign("POST", f"{ORIGIN}/rpc", [(b"content-type", b"application/json")], b"{}")
        assert call.body == b"{}"
        call = caller(running, clock).sign(
            "POST", f"{ORIGIN}/rpc", [(b"content-type", b"application/json")], json.dumps(document).encode()
        )
        sent = json.dumps(dict(reversed(document.items())), **spelling).encode().replace(b"2.5", b"25e-1")
        response = run(post(app, running, None, sent, headers=dict([call.header])))
        assert response.status_code == 200
        assert app.bodies == [samebyte.canonicalize(document)]

    def test_the_original_body_where_that_is_asked_for(self, app: App, clock: Clock) -> None:
        made = gateway(clock, forward_body="original")
        call = caller(made, clock).sign("POST", f"{ORIGIN}/rpc", [(b"content-type", b"application/json")], b'{"a":1}')
        run(post(app, made, None, b'{ "a" : 1.0 }', headers=dict([call.header])))
        assert app.bodies == [b'{ "a" : 1.0 }']
        made.stop()

    @pytest.mark.parametrize("method", ["GET", "OPTIONS", "HEAD", "DELETE"])
    def test_without_a_body(self, app: App, running: Gateway, clock: Clock, method: str) -> None:
        async def ask() -> httpx.Response:
            async with session(app.app, running, caller(running, clock)) as http:
                return await http.request(method, "/rpc?q=1")

        response = run(ask())
        assert response.status_code == 200
        assert response.extensions["samebyte"].bound
        assert app.identities[0] is not None
        if method == "HEAD":
            assert response.headers["content-length"] == str(len(app.answer.body))

    @pytest.mark.parametrize("status", [204, 304, 404, 500])
    def test_any_status(self, app: App, running: Gateway, clock: Clock, status: int) -> None:
        app.answer = Response(status_code=status) if status in (204, 304) else JSONResponse({}, status)
        response = run(post(app, running, caller(running, clock)))
        assert response.status_code == status
        assert response.extensions["samebyte"].bound

    def test_another_media_type(self, app: App, running: Gateway, clock: Clock) -> None:
        app.answer = PlainTextResponse("ü")
        response = run(post(app, running, caller(running, clock), b"\xff\x00", headers={"content-type": "image/x"}))
        assert (response.status_code, response.text) == (200, "ü")
        assert app.bodies == [b"\xff\x00"]
        assert response.extensions["samebyte"].signed

    def test_in_parts(self, app: App, running: Gateway, clock: Clock) -> None:
        async def parts() -> AsyncIterator[bytes]:
            yield b'{"a":'
            yield b""
            yield b"1}"

        made = caller(running, clock).sign(
            "POST", f"{ORIGIN}/rpc", [(b"content-type", b"application/json")], b'{"a":1}'
        )
        response = run(post(app, running, None, parts(), headers=dict([made.header])))
        assert response.status_code == 200
        assert app.bodies == [b'{"a":1}']

    def test_the_state_of_the_lifespan_is_there_too(self, running: Gateway, clock: Clock) -> None:
        seen: list[Any] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            seen.append(scope)
            await Response("{}", media_type="application/json")(scope, receive, send)

        call = caller(running, clock).sign("GET", f"{ORIGIN}/")
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in [call.header]],
            "state": {"pool": 1},
        }
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request"}

        async def send(message: Any) -> None:
            sent.append(message)

        run(SignatureMiddleware(app, running)(scope, receive, send))
        assert seen[0]["state"]["pool"] == 1
        assert seen[0]["state"]["samebyte"] is seen[0]["samebyte"]
        assert "samebyte" not in scope
        assert sent[0]["status"] == 200


class TestRefused:
    def test_an_unknown_key_does_not_reach_the_handler(self, app: App, running: Gateway, clock: Clock) -> None:
        stranger = SigningKey.generate("EdDSA")
        response = run(post(app, running, caller(running, clock, key=stranger)))
        assert code(response) == (401, "signature_unknown")
        assert app.bodies == []
        assert response.extensions["samebyte"].signed

    def test_a_nonce_is_accepted_once(self, app: App, running: Gateway, clock: Clock) -> None:
        client = caller(running, clock)
        fields = [(b"content-type", b"application/json")]
        call = client.sign("POST", f"{ORIGIN}/rpc", fields, b'{"id":1}', nonce="abc123")
        first, second = (run(post(app, running, None, call.body, headers=dict([call.header]))) for _ in range(2))
        assert first.status_code == 200
        assert code(second) == (409, "replay_detected")
        assert call.verify(409, second.headers.raw, second.content).bound
        again = client.sign("POST", f"{ORIGIN}/rpc", fields, b'{"id":2}', nonce="abc123")
        assert code(run(post(app, running, None, again.body, headers=dict([again.header])))) == (409, "replay_detected")
        assert len(app.bodies) == 1

    @pytest.mark.parametrize(
        ("sent", "expected"),
        [
            (b'{"a":2}', (401, "signature_invalid")),
            (b'{"a":1,"a":1}', (400, "body_not_canonicalizable")),
            (b'{"a":9007199254740993}', (400, "body_not_canonicalizable")),
            (b'{"a":"\xff"}', (400, "body_not_canonicalizable")),
            (b"[" * 1_000_000, (400, "body_not_canonicalizable")),
            (b'{"a":' + b"9" * 1_000_000 + b"}", (400, "body_not_canonicalizable")),
            (b"", (400, "body_not_canonicalizable")),
            (b" " * 1_048_577, (413, "body_too_large")),
        ],
    )
    def test_another_body(self, app: App, running: Gateway, clock: Clock, sent: bytes, expected: Any) -> None:
        call = caller(running, clock).sign("POST", f"{ORIGIN}/", [(b"content-type", b"application/json")], b'{"a":1}')
        response = run(post(app, running, None, sent, path="/", headers=dict([call.header])))
        assert code(response) == expected
        assert app.bodies == []
        # The nonce is not used up by those who do not have the key.
        assert run(post(app, running, None, call.body, path="/", headers=dict([call.header]))).status_code == 200

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"method": "PUT"}, "signature_binding_mismatch"),
            ({"path": "/rpc?x=1"}, "signature_binding_mismatch"),
            ({"path": "/RPC"}, "signature_binding_mismatch"),
            ({"headers": {"content-type": "application/x+json"}}, "signature_binding_mismatch"),
            ({"headers": {"x-http-method-override": "GET"}}, "signature_binding_mismatch"),
        ],
    )
    def test_another_place(self, app: App, running: Gateway, clock: Clock, change: Any, expected: str) -> None:
        call = caller(running, clock).sign("POST", f"{ORIGIN}/rpc", [(b"content-type", b"application/json")], b"{}")
        headers = {**dict([call.header]), **change.pop("headers", {})}
        assert code(run(post(app, running, None, b"{}", headers=headers, **change))) == (401, expected)
        assert app.bodies == []

    def test_a_coded_body(self, app: App, running: Gateway, clock: Clock) -> None:
        call = caller(running, clock).sign("POST", f"{ORIGIN}/rpc", [(b"content-type", b"application/json")], b"{}")
        headers = {**dict([call.header]), "content-encoding": "gzip"}
        response = run(post(app, running, None, gzip.compress(b"{}"), headers=headers))
        assert code(response) == (415, "content_encoding_unsupported")

    def test_several_signatures(self, app: App, running: Gateway, clock: Clock) -> None:
        async def ask() -> httpx.Response:
            lines = [caller(running, clock).sign("GET", f"{ORIGIN}/rpc").header for _ in range(2)]
            async with session(app.app, running, None) as http:
                return await http.get("/rpc", headers=lines)

        assert code(run(ask())) == (400, "signature_malformed")

    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
    def test_unsigned(self, app: App, running: Gateway, method: str) -> None:
        async def ask() -> httpx.Response:
            async with session(app.app, running, None) as http:
                return await http.request(method, "/rpc")

        assert run(ask()).headers["x-signature-error"] == "signature_missing"
        assert app.bodies == []

    def test_a_client_that_goes_away(self, app: App, running: Gateway, clock: Clock) -> None:
        call = caller(running, clock).sign("POST", f"{ORIGIN}/", [(b"content-type", b"application/json")], b"{}")
        messages = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
        headers = [(b"content-type", b"application/json"), *((n.encode(), v.encode()) for n, v in [call.header])]
        scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}

        async def receive() -> Any:
            return messages.pop(0)

        async def send(message: Any) -> None:
            pytest.fail("there is nobody to answer")

        run(SignatureMiddleware(app.app, running)(scope, receive, send))
        assert app.bodies == []


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


class TestModes:
    @pytest.mark.parametrize(
        ("mode", "unsigned", "forged", "signed"),
        [
            ("off", 200, 200, 200),
            ("observe", 200, 200, 200),
            ("optional", 200, 401, 200),
            ("required", 401, 401, 200),
        ],
    )
    def test_roll_out(self, app: App, clock: Clock, mode: str, unsigned: int, forged: int, signed: int) -> None:
        made = gateway(clock, mode=mode)
        client, stranger = caller(made, clock), caller(made, clock, key=SigningKey.generate("EdDSA"))
        assert run(post(app, made, None)).status_code == unsigned
        call = stranger.sign("POST", f"{ORIGIN}/rpc", [(b"content-type", b"application/json")], b"{}")
        assert run(post(app, made, None, b"{}", headers=dict([call.header]))).status_code == forged
        call = client.sign("POST", f"{ORIGIN}/rpc", [(b"content-type", b"application/json")], b"{ }")
        for _ in range(2):
            again = run(post(app, made, None, b"{ }", headers=dict([call.header])))
            if mode in ("off", "observe"):
                assert again.status_code == 200
        if mode == "off":
            assert app.identities[-1] is None
            assert app.bodies[-1] == b"{ }"
        verified = mode in ("optional", "required")
        assert again.status_code == (409 if verified else signed)
        if verified:
            assert app.bodies[-1] == b"{}"
        made.stop()

    def test_observing_reports_and_uses_up_nothing(
        self, app: App, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        made = gateway(clock, mode="observe", max_body=64)
        with caplog.at_level(logging.DEBUG, "samebyte.http"):
            assert run(post(app, made, None)).status_code == 200
            call = caller(made, clock).sign("POST", f"{ORIGIN}/rpc", [(b"content-type", b"application/json")], b"[]")
            large = b"[" + b" " * 100 + b"]"
            assert run(post(app, made, None, large, headers=dict([call.header]))).status_code == 200
        events = [json.loads(record.message) for record in caplog.records]
        assert [(event["outcome"], event["code"]) for event in events] == [
            ("passed", "signature_missing"),
            ("passed", "body_too_large"),
        ]
        assert app.bodies[-1] == large
        assert made.stats()["passed"] >= 1
        made.stop()

    def test_by_route(self, app: App, clock: Clock) -> None:
        made = gateway(clock, mode="optional", routes=[{"method": "POST", "path": "/rpc", "mode": "required"}])
        assert run(post(app, made, None)).status_code == 401
        assert run(post(app, made, None, path="/other")).status_code == 200
        assert run(post(app, made, None, method="PUT")).status_code == 200
        made.stop()


class TestResponses:
    @staticmethod
    async def _events() -> AsyncIterator[bytes]:
        yield b"data: 1\n\n"
        yield b"data: 2\n\n"

    def test_a_stream_is_not_signed(self, app: App, running: Gateway, clock: Clock) -> None:
        app.answer = StreamingResponse(self._events(), media_type="text/event-stream")
        response = run(post(app, running, caller(running, clock, require_signed=False)))
        assert response.content == b"data: 1\n\ndata: 2\n\n"
        assert not response.extensions["samebyte"].signed

    def test_a_stream_is_refused_where_a_signature_is_asked_for(self, app: App, running: Gateway, clock: Clock) -> None:
        app.answer = StreamingResponse(self._events(), media_type="text/event-stream", headers={"set-cookie": "a=b"})
        response = run(post(app, running, caller(running, clock, demand_signature=True)))
        assert code(response) == (501, "response_not_signable")
        assert response.extensions["samebyte"].bound
        assert "set-cookie" not in response.headers

    def test_the_first_event_of_a_stream_does_not_wait(self, running: Gateway, clock: Clock) -> None:
        go, seen = asyncio.Event(), list[bytes]()

        async def events() -> AsyncIterator[bytes]:
            yield b"data: 1\n\n"
            await go.wait()

        async def send(message: Any) -> None:
            if message.get("body"):
                seen.append(message["body"])
                go.set()

        messages = [{"type": "http.request"}]

        async def receive() -> Any:
            if not messages:
                await asyncio.sleep(60)
            return messages.pop()

        call = caller(running, clock).sign("GET", f"{ORIGIN}/")
        headers = [(name.encode(), value.encode()) for name, value in [call.header]]
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
        stream = StreamingResponse(events(), media_type="text/event-stream")
        run(asyncio.wait_for(SignatureMiddleware(stream, running)(scope, receive, send), 10))
        assert seen == [b"data: 1\n\n"]

    def test_in_parts(self, app: App, running: Gateway, clock: Clock) -> None:
        async def parts() -> AsyncIterator[bytes]:
            yield b'{"b":1,'
            yield b'"a":2}'

        app.answer = StreamingResponse(parts(), media_type="application/json")
        response = run(post(app, running, caller(running, clock)))
        assert response.content == b'{"a":2,"b":1}'
        assert response.extensions["samebyte"].bound

    @pytest.mark.parametrize("parts", [1, 3])
    def test_too_large(self, app: App, clock: Clock, parts: int) -> None:
        made = gateway(clock, options={"max_response": 100})

        async def large() -> AsyncIterator[bytes]:
            for _ in range(parts):
                yield b"x" * (300 // parts)

        app.answer = StreamingResponse(large(), media_type="text/plain")
        response = run(post(app, made, caller(made, clock, require_signed=False)))
        assert response.content == b"x" * 300
        assert not response.extensions["samebyte"].signed
        app.answer = StreamingResponse(large(), media_type="text/plain")
        response = run(post(app, made, caller(made, clock, demand_signature=True)))
        assert code(response) == (501, "response_not_signable")
        made.stop()

    def test_coded_already(self, app: App, running: Gateway, clock: Clock) -> None:
        app.answer = Response(gzip.compress(b"{}"), headers={**JSON, "content-encoding": "gzip"})
        response = run(post(app, running, caller(running, clock, require_signed=False)))
        assert response.json() == {}
        assert not response.extensions["samebyte"].signed

    def test_compression_inside_is_left_out(self, app: App, running: Gateway, clock: Clock) -> None:
        app.answer = JSONResponse(["x" * 2_000])
        inner = App()
        inner.app = GZipMiddleware(app.app)  # type: ignore[assignment]
        response = run(post(inner, running, caller(running, clock), headers={"accept-encoding": "gzip"}))
        assert "content-encoding" not in response.headers
        assert response.extensions["samebyte"].bound

    def test_json_without_one_meaning(self, app: App, running: Gateway, clock: Clock) -> None:
        app.answer = Response(b'{"a":1,"a":2}', media_type="application/json")
        response = run(post(app, running, caller(running, clock, demand_signature=True)))
        assert code(response) == (501, "response_not_signable")

    def test_a_handler_that_fails(self, running: Gateway, clock: Clock) -> None:
        async def fail(scope: Any, receive: Any, send: Any) -> None:
            raise ValueError("of the application")

        async def ask() -> httpx.Response:
            plain = httpx.ASGITransport(SignatureMiddleware(fail, running), raise_app_exceptions=False)
            from samebyte.http.httpx import AsyncSignedTransport

            transport = AsyncSignedTransport(caller(running, clock), plain)
            async with httpx.AsyncClient(transport=transport) as http:
                return await http.get(ORIGIN)

        response = run(ask())
        assert response.status_code == 500
        assert response.extensions["samebyte"].bound
        assert "of the application" not in response.text

    @pytest.mark.parametrize("waits", [True, False])
    @pytest.mark.parametrize("fails", [True, False])
    def test_an_application_that_goes_on(self, running: Gateway, clock: Clock, waits: bool, fails: bool) -> None:
        """Its response does not wait for what it does afterwards, and is sent once, whatever becomes of that."""
        arrived, seen = asyncio.Event(), list[Any]()

        async def going_on(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"done"})
            await send({"type": "http.response.body", "body": b"too late"})
            if waits:
                await arrived.wait()
            if fails:
                raise ValueError("of the application")

        async def send(message: Any) -> None:
            seen.append(message)
            if message["type"] == "http.response.body":
                arrived.set()

        async def receive() -> Any:
            return {"type": "http.request"}

        call = caller(running, clock).sign("GET", f"{ORIGIN}/")
        headers = [(name.encode(), value.encode()) for name, value in [call.header]]
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
        served = SignatureMiddleware(going_on, running)(scope, receive, send)
        with pytest.raises(ValueError, match="of the application") if fails else contextlib.nullcontext():
            run(asyncio.wait_for(served, 10))
        start, body = seen
        assert (start["status"], body["body"]) == (200, b"done")
        assert call.verify(200, start["headers"], body["body"]).bound

    @staticmethod
    async def _served(app: Any, made: Gateway, call: Any) -> tuple[list[Any], list[Any]]:
        """What is sent for one request, until it has ended and afterwards."""
        seen = list[Any]()

        async def send(message: Any) -> None:
            seen.append(message)

        async def receive() -> Any:
            return {"type": "http.request"}

        headers = [(name.encode(), value.encode()) for name, value in [call.header]]
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
        with contextlib.suppress(asyncio.CancelledError, OverflowError):
            await SignatureMiddleware(app, made)(scope, receive, send)
        during = len(seen)
        await asyncio.sleep(0.05)
        return seen[:during], seen[during:]

    @pytest.mark.parametrize("turns", [0, 1, 2, 20])
    def test_a_request_that_is_cancelled(self, running: Gateway, clock: Clock, turns: int) -> None:
        """Nothing is sent for it afterwards: whoever cancelled it may be answering."""

        async def cancelled(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"done"})
            for _ in range(turns):
                await asyncio.sleep(0)
            raise asyncio.CancelledError

        call = caller(running, clock).sign("GET", f"{ORIGIN}/")
        during, afterwards = run(self._served(cancelled, running, call))
        assert afterwards == []
        assert len(during) in ([2] if turns == 20 else [0, 2])

    def test_a_body_that_is_a_view(self, app: App, running: Gateway, clock: Clock) -> None:
        app.answer = Response(memoryview(b"seen"), media_type="text/plain")
        response = run(post(app, running, caller(running, clock)))
        assert response.content == b"seen"
        assert response.extensions["samebyte"].bound

    @pytest.mark.parametrize("parts", [0, 1])
    def test_a_response_without_an_end(self, running: Gateway, clock: Clock, parts: int) -> None:
        """A part of a response is not signed as if it were the whole."""

        async def ending_early(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
            for _ in range(parts):
                await send({"type": "http.response.body", "body": b"a part", "more_body": True})

        call = caller(running, clock).sign("GET", f"{ORIGIN}/")
        (start, body), _ = run(self._served(ending_early, running, call))
        assert (start["status"], body["body"]) == (500, b"Internal Server Error")
        assert call.verify(500, start["headers"], body["body"]).bound

    def test_a_status_that_is_none(self, running: Gateway, clock: Clock) -> None:
        async def wrong(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 1_000_000, "headers": []})
            await send({"type": "http.response.body", "body": b"done"})

        call = caller(running, clock).sign("GET", f"{ORIGIN}/")
        (start, body), _ = run(self._served(wrong, running, call))
        assert (start["status"], body["body"]) == (500, b"Internal Server Error")
        assert call.verify(500, start["headers"], body["body"]).bound

    def test_a_stream_that_runs_out_of_time(self, running: Gateway, clock: Clock) -> None:
        """What was begun as a stream does not become a signed response without a body."""

        async def begun(scope: Any, receive: Any, send: Any) -> None:
            asyncio.get_running_loop().call_soon(asyncio.current_task().cancel)  # type: ignore[union-attr]
            start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}
            with contextlib.suppress(asyncio.CancelledError):
                await send(start)
                await asyncio.sleep(1)

        call = caller(running, clock).sign("GET", f"{ORIGIN}/")
        (start,), afterwards = run(self._served(begun, running, call))
        assert afterwards == []
        assert (start["status"], start["headers"]) == (200, [(b"content-type", b"text/event-stream")])

    def test_parts_that_are_sent_at_once(self, clock: Clock) -> None:
        """Where they are too many to be signed, each is sent once."""
        made = gateway(clock, options={"max_response": 100})

        async def parts(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await asyncio.gather(
                *(send({"type": "http.response.body", "body": b"%d" % n * 90, "more_body": True}) for n in range(5))
            )
            await send({"type": "http.response.body", "body": b""})

        (start, *bodies), _ = run(self._served(parts, made, caller(made, clock).sign("GET", f"{ORIGIN}/")))
        assert start["type"] == "http.response.start"
        assert [each["body"] for each in bodies] == [*(b"%d" % n * 90 for n in range(5)), b""]
        made.stop()

    @pytest.mark.parametrize("wanted", [True, False])
    def test_signed_for_those_who_ask(self, app: App, clock: Clock, wanted: bool) -> None:
        made = gateway(clock, sign_responses="required-by-client")
        client = caller(made, clock, demand_signature=wanted, require_signed=wanted)
        assert run(post(app, made, client)).extensions["samebyte"].signed is wanted
        made.stop()


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


class TestAround:
    def test_a_body_that_was_read_before(self, app: App, running: Gateway, clock: Clock) -> None:
        inner = SignatureMiddleware(app.app, running)

        async def eager(scope: Any, receive: Any, send: Any) -> None:
            await receive()

            async def again() -> Any:
                return {"type": "http.request", "body": b"", "more_body": False}

            await inner(scope, again, send)

        async def ask() -> None:
            call = caller(running, clock).sign("POST", f"{ORIGIN}/", [(b"content-type", b"application/json")], b"{}")
            async with httpx.AsyncClient(transport=httpx.ASGITransport(eager), base_url=ORIGIN) as http:
                await http.post("/", content=b"{}", headers={**JSON, **dict([call.header])})

        with pytest.raises(RuntimeError, match="outermost"):
            run(ask())
        assert app.bodies == []

    def test_the_key_for_responses(self, app: App, running: Gateway) -> None:
        async def ask(**headers: str) -> httpx.Response:
            async with session(app.app, running, None) as http:
                return await http.get("/.well-known/jwks.json", headers=headers)

        response = run(ask())
        assert response.headers["cache-control"] == "max-age=300"
        (key,) = response.json()["keys"]
        assert key["kid"] == SERVER.kid
        assert not {"d", "k", "p", "q"} & key.keys()
        assert run(ask(**{"if-none-match": response.headers["etag"]})).status_code == 304
        assert app.bodies == []

    def test_a_websocket(self, app: App, running: Gateway, clock: Clock) -> None:
        browser = TestClient(SignatureMiddleware(app.app, running), base_url=ORIGIN)
        with pytest.raises(WebSocketDisconnect), browser.websocket_connect("/ws"):
            pass
        call = caller(running, clock).sign("GET", f"{ORIGIN}/ws")
        with browser.websocket_connect("/ws", headers=dict([call.header])) as connection:
            assert connection.receive_text() == CALLER.kid
        with (
            pytest.raises(WebSocketDisconnect),
            browser.websocket_connect("/ws", headers=dict([call.header])),
        ):
            pytest.fail("it was used before")

    def test_it_starts_with_the_application(self, app: App, clock: Clock) -> None:
        made = gateway(clock)
        with TestClient(SignatureMiddleware(app.app, made)):
            assert made.started
        assert not made.started

    def test_it_does_not_start_where_another_process_has_the_memory(self, app: App, clock: Clock) -> None:
        first = gateway(clock)
        second = gateway(clock, audiences=[audience(first)])
        first.start()
        with pytest.raises(BaseException) as failed, TestClient(SignatureMiddleware(app.app, second)):  # noqa: PT011
            pass
        assert not second.started
        assert failed.value is not None
        first.stop()
        second.start()
        second.stop()

    def test_several_gateways_that_do_nothing(self, clock: Clock) -> None:
        first = gateway(clock, mode="off")
        second = gateway(clock, mode="off", audiences=[audience(first)])
        first.start()
        second.start()
        first.stop()
        second.stop()

    def test_contradictions(self, clock: Clock) -> None:
        for wrong, name in (
            ({"mode": "strict"}, "settings_invalid"),
            ({"moed": "off"}, "unknown_option"),
            ({"public_origins": []}, "settings_invalid"),
            ({"nonce_ttl": 0}, "settings_invalid"),
            ({"replay": "external"}, "settings_invalid"),
        ):
            with pytest.raises(samebyte.SamebyteError) as refused:
                Gateway(settings(**wrong), signing_key=SERVER)
            assert refused.value.code == name
        with pytest.raises(samebyte.SamebyteError) as refused:
            Gateway(settings())
        assert refused.value.code == "settings_invalid"
