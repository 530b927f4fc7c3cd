"""Middleware of ASGI: what the caller gets."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from asgi_app import JSON, App, code, post, run
from gateways import ORIGIN, Clock, caller, gateway
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response, StreamingResponse

from samebyte.http import Gateway
from samebyte.http.asgi import SignatureMiddleware
from samebyte.http.httpx import AsyncSignedTransport


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
        app.answer = StreamingResponse(self._events(), media_type="Text/Event-Stream", headers={"set-cookie": "a=b"})
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
        # Nothing is coded by the name of no coding.
        app.answer = Response(b"{}", headers={**JSON, "content-encoding": "identity"})
        assert run(post(app, running, caller(running, clock))).extensions["samebyte"].signed

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

    def test_trailers(self, running: Gateway, clock: Clock) -> None:
        """No signature covers them: they are not offered, and whoever sends them all the same has failed."""
        offered: list[Any] = []

        async def trailing(scope: Any, receive: Any, send: Any) -> None:
            offered.append(scope["extensions"])
            await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": True})
            await send({"type": "http.response.body", "body": b"{}"})
            await send({"type": "http.response.trailers", "headers": [(b"x-more", b"1")]})

        async def offering(scope: Any, receive: Any, send: Any) -> None:
            extensions: dict[str, Any] = {"http.response.trailers": {}, "http.response.debug": {}}
            await SignatureMiddleware(trailing, running)({**scope, "extensions": extensions}, receive, send)

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(offering, raise_app_exceptions=False)
            client = AsyncSignedTransport(caller(running, clock), transport)
            async with httpx.AsyncClient(transport=client, base_url=ORIGIN) as http:
                return await http.get("/")

        response = run(ask())
        assert offered == [{"http.response.debug": {}}]
        assert (response.status_code, response.text) == (500, "Internal Server Error")
        assert response.extensions["samebyte"].bound

    def test_fields_of_the_same_names(self, running: Gateway, clock: Clock) -> None:
        """Those of the signature take the place of the application's, however these are spelled."""

        async def spelling(scope: Any, receive: Any, send: Any) -> None:
            headers = [[b"Content-Length", b"7"], [b"X-Signature", b"forged"], (b"CONTENT-TYPE", b"application/json")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b'{ "a":1}'})

        (start, body), _ = run(self._served(spelling, running, caller(running, clock).sign("GET", f"{ORIGIN}/")))
        assert [name for name, _ in start["headers"]] == [b"CONTENT-TYPE", b"x-signature", b"content-length"]
        assert dict(start["headers"])[b"x-signature"] != b"forged"
        assert dict(start["headers"])[b"content-length"] == b"%d" % len(body["body"])

    @pytest.mark.parametrize("wanted", [True, False])
    def test_signed_for_those_who_ask(self, app: App, clock: Clock, wanted: bool) -> None:
        made = gateway(clock, sign_responses="required-by-client")
        client = caller(made, clock, demand_signature=wanted, require_signed=wanted)
        assert run(post(app, made, client)).extensions["samebyte"].signed is wanted
        made.stop()
