"""Middleware of ASGI: its modes, and what is around requests, from the start to the end."""

from __future__ import annotations

import json
import logging
from typing import Any

import httpx
import pytest
from asgi_app import JSON, App, post, run
from gateways import CALLER, ORIGIN, SERVER, Clock, audience, caller, gateway, session, settings
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import samebyte
from samebyte import SigningKey
from samebyte.http import Gateway
from samebyte.http.asgi import SignatureMiddleware


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
