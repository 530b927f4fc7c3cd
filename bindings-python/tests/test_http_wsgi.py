"""Middleware of WSGI, in front of Flask and of applications that are out of the ordinary."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterable
from typing import Any

import flask
import pytest
from gateways import CALLER, ORIGIN, SERVER, Clock, caller, gateway
from werkzeug.test import Client as Browser
from werkzeug.test import TestResponse

import samebyte
from samebyte import SigningKey
from samebyte.http import Call, Gateway
from samebyte.http.wsgi import SignatureMiddleware

JSON = [(b"content-type", b"application/json")]


class App:
    """A Flask application that counts its calls and keeps what it was given."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.kids: list[str | None] = []
        self.answer: Any = flask.Response(
            b'{ "b" : 1, "a" : 2 }', mimetype="application/json", headers={"x-more": "kept"}
        )
        app = flask.Flask("example")
        app.add_url_rule("/<path:path>", view_func=self.handle, methods=["GET", "POST", "PUT", "OPTIONS"])
        self.wsgi = app.wsgi_app

    def handle(self, path: str) -> Any:
        self.bodies.append(flask.request.get_data())
        identity = flask.request.environ.get("samebyte")
        self.kids.append(identity.kid if identity else None)
        return self.answer


@pytest.fixture
def app() -> App:
    return App()


def send(app: Any, made: Gateway, call: Call | None, body: Any = None, path: str = "/rpc", **more: Any) -> TestResponse:
    headers = [call.header] if call else []
    if body is None:
        body = call.body if call else b"{}"
    return Browser(SignatureMiddleware(app, made)).open(
        path,
        method=more.pop("method", "POST"),
        base_url=ORIGIN,
        data=body,
        content_type=more.pop("content_type", "application/json"),
        headers=[*headers, *more.pop("headers", [])],
        **more,
    )


def raw(response: TestResponse) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in response.headers.items()]


def code(response: TestResponse) -> tuple[int, str]:
    assert response.headers["x-signature-error"] == json.loads(response.data)["error"]
    return response.status_code, response.headers["x-signature-error"]


def test_the_handler_gets_what_was_verified(app: App, running: Gateway, clock: Clock) -> None:
    call = caller(running, clock).sign("POST", f"{ORIGIN}/a%2Fb/%C3%BC?q=%7e", JSON, b'{"b":1,"a":[2.50]}')
    response = send(app.wsgi, running, call, b'{ "b": 1, "a": [25e-1] }', "/a%2Fb/%C3%BC?q=%7e")
    assert response.status_code == 200
    assert app.bodies == [b'{"a":[2.5],"b":1}']
    assert app.kids == [CALLER.kid]
    verified = call.verify(200, raw(response), response.data)
    assert (verified.bound, verified.kid, verified.body) == (True, SERVER.kid, b'{"a":2,"b":1}')
    assert response.data == verified.body
    assert response.headers["x-more"] == "kept"
    assert response.headers["content-length"] == str(len(response.data))


def test_the_scenarios(app: App, running: Gateway, clock: Clock) -> None:
    client = caller(running, clock)
    stranger = caller(running, clock, key=SigningKey.generate("EdDSA"))
    call = stranger.sign("POST", f"{ORIGIN}/rpc", JSON, b"{}")
    assert code(send(app.wsgi, running, call)) == (401, "signature_unknown")
    assert app.bodies == []
    call = client.sign("POST", f"{ORIGIN}/rpc", JSON, b'{"id":1}', nonce="abc123")
    assert send(app.wsgi, running, call).status_code == 200
    again = send(app.wsgi, running, call)
    assert code(again) == (409, "replay_detected")
    assert call.verify(409, raw(again), again.data).bound
    assert len(app.bodies) == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"body": b'{"a":2}'}, (401, "signature_invalid")),
        ({"body": b'{"a":1,"a":1}'}, (400, "body_not_canonicalizable")),
        ({"body": b" " * 1_048_577}, (413, "body_too_large")),
        ({"path": "/other"}, (401, "signature_binding_mismatch")),
        ({"method": "PUT"}, (401, "signature_binding_mismatch")),
        ({"content_type": "text/plain"}, (401, "signature_binding_mismatch")),
        ({"headers": [("content-encoding", "gzip")]}, (415, "content_encoding_unsupported")),
        ({"headers": [("x-original-url", "/")]}, (401, "signature_binding_mismatch")),
        ({"headers": [("x-signature", "a..b")]}, (400, "signature_malformed")),
    ],
)
def test_refused(app: App, running: Gateway, clock: Clock, change: Any, expected: Any) -> None:
    call = caller(running, clock).sign("POST", f"{ORIGIN}/rpc", JSON, b'{"a":1}')
    assert code(send(app.wsgi, running, call, **change)) == expected
    assert app.bodies == []
    assert send(app.wsgi, running, call).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_without_a_body(app: App, running: Gateway, clock: Clock, method: str) -> None:
    call = caller(running, clock).sign(method, f"{ORIGIN}/rpc")
    response = send(app.wsgi, running, call, b"", method=method, content_type=None)
    assert call.verify(200, raw(response), response.data).bound
    if method == "HEAD":
        assert response.headers["content-length"] == "20"
    unsigned = send(app.wsgi, running, None, b"", method=method, content_type=None)
    assert unsigned.headers["x-signature-error"] == "signature_missing"


@pytest.mark.parametrize("mode", ["off", "observe", "optional", "required"])
def test_roll_out(app: App, clock: Clock, mode: str) -> None:
    made = gateway(clock, mode=mode)
    assert send(app.wsgi, made, None).status_code == (401 if mode == "required" else 200)
    call = caller(made, clock).sign("POST", f"{ORIGIN}/rpc", JSON, b"[]")
    response = send(app.wsgi, made, call, b"[1]")
    assert response.status_code == (200 if mode in ("off", "observe") else 401)
    if mode in ("off", "observe"):
        assert app.bodies[-1] == b"[1]"
    made.stop()


def test_a_body_that_is_only_observed_is_given_on(app: App, clock: Clock) -> None:
    made = gateway(clock, mode="observe", max_body=10)
    call = caller(made, clock).sign("POST", f"{ORIGIN}/rpc", JSON, b"[]")
    large = b"[" + b" " * 100_000 + b"]"
    assert send(app.wsgi, made, call, large).status_code == 200
    assert app.bodies == [large]
    made.stop()


class Chunked(io.BytesIO):
    """A body whose length nobody announced."""


def test_chunked(app: App, running: Gateway, clock: Clock) -> None:
    call = caller(running, clock).sign("POST", f"{ORIGIN}/rpc", JSON, b'{"a":1}')
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/rpc",
        "SERVER_NAME": "gw.example",
        "SERVER_PORT": "443",
        "wsgi.url_scheme": "https",
        "CONTENT_TYPE": "application/json",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "HTTP_X_SIGNATURE": call.header[1],
        "wsgi.input": Chunked(b'{"a":1}'),
        "wsgi.input_terminated": True,
    }
    status: list[str] = []

    def start(line: str, headers: Any, exc_info: Any = None) -> Any:
        status.append(line)

    body = b"".join(SignatureMiddleware(app.wsgi, running)(environ, start))
    assert (status, body) == (["200 OK"], b'{"a":2,"b":1}')
    assert app.bodies == [b'{"a":1}']


def test_a_stream(app: App, running: Gateway, clock: Clock) -> None:
    app.answer = flask.Response((b"data: %d\n\n" % number for number in range(3)), mimetype="text/event-stream")
    response = send(app.wsgi, running, caller(running, clock).sign("POST", f"{ORIGIN}/rpc", JSON, b"{}"))
    assert response.data == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"
    assert "x-signature" not in response.headers
    app.answer = flask.Response((b"data: %d\n\n" % number for number in range(3)), mimetype="Text/Event-Stream")
    call = caller(running, clock, demand_signature=True).sign("POST", f"{ORIGIN}/rpc", JSON, b"{}")
    assert code(send(app.wsgi, running, call)) == (501, "response_not_signable")


def test_a_response_that_is_too_large(app: App, clock: Clock) -> None:
    made = gateway(clock, options={"max_response": 10})
    response = send(app.wsgi, made, caller(made, clock).sign("POST", f"{ORIGIN}/rpc", JSON, b"{}"))
    assert response.data == b'{ "b" : 1, "a" : 2 }'
    assert "x-signature" not in response.headers
    made.stop()


def test_a_handler_that_fails(running: Gateway, clock: Clock) -> None:
    def fail(environ: Any, start_response: Any) -> Iterable[bytes]:
        raise ValueError("of the application")

    call = caller(running, clock).sign("POST", f"{ORIGIN}/rpc", JSON, b"{}")
    response = send(fail, running, call)
    assert response.status_code == 500
    assert call.verify(500, raw(response), response.data).bound
    assert b"of the application" not in response.data


def test_what_is_written_and_what_is_closed(running: Gateway, clock: Clock) -> None:
    closed: list[bool] = []

    class Parts(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def old(environ: Any, start_response: Any) -> Iterable[bytes]:
        write = start_response("200 OK", [("Content-Type", "application/json")])
        write(b"[1,")
        return Parts([b"2", b"]"])

    call = caller(running, clock).sign("POST", f"{ORIGIN}/rpc", JSON, b"{}")
    response = send(old, running, call)
    assert call.verify(200, raw(response), response.data).body == b"[1,2]"
    assert closed == [True]


def test_a_body_that_was_read_before(app: App, running: Gateway, clock: Clock) -> None:
    inner = SignatureMiddleware(app.wsgi, running)

    def eager(environ: Any, start_response: Any) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        return inner(environ, start_response)

    call = caller(running, clock).sign("POST", f"{ORIGIN}/rpc", JSON, b"{}")
    with pytest.raises(RuntimeError, match="outermost"):
        Browser(eager).post("/rpc", base_url=ORIGIN, data=b"{}", content_type="application/json", headers=[call.header])


def test_a_slow_body(app: App, clock: Clock) -> None:
    made = gateway(clock, options={"body_timeout": 0.02})

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            time.sleep(0.03)
            return super().read(size)

    call = caller(made, clock).sign("POST", f"{ORIGIN}/rpc", JSON, b"{}")
    inner = SignatureMiddleware(app.wsgi, made)

    def slow(environ: Any, start_response: Any) -> Iterable[bytes]:
        return inner({**environ, "wsgi.input": Slow(environ["wsgi.input"].read())}, start_response)

    browser = Browser(slow)
    response = browser.post("/rpc", base_url=ORIGIN, data=b"{}", content_type="application/json", headers=[call.header])
    assert code(response) == (408, "body_timeout")
    made.stop()


def test_the_key_for_responses(app: App, running: Gateway) -> None:
    browser = Browser(SignatureMiddleware(app.wsgi, running))
    response = browser.get("/.well-known/jwks.json", base_url=ORIGIN)
    (key,) = json.loads(response.data)["keys"]
    assert key["kid"] == SERVER.kid
    assert not {"d", "k"} & key.keys()
    tag = response.headers["etag"]
    assert browser.get("/.well-known/jwks.json", headers=[("if-none-match", tag)]).status_code == 304


def test_two_gateways_of_one_memory(app: App, running: Gateway, clock: Clock) -> None:
    SignatureMiddleware(app.wsgi, running)
    second = gateway(clock, audiences=running._members["audiences"])
    with pytest.raises(samebyte.UsageError, match="memory with several workers"):
        SignatureMiddleware(app.wsgi, second)
