"""Middleware of ASGI: what reaches the handler, and what does not."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from asgi_app import App, code, post, run
from gateways import CALLER, ORIGIN, SERVER, Clock, audience, caller, gateway, session
from starlette.responses import JSONResponse, PlainTextResponse, Response

import samebyte
from samebyte import SigningKey
from samebyte.http import Gateway
from samebyte.http.asgi import SignatureMiddleware


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
