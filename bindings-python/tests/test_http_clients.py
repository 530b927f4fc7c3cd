"""Clients over `httpx` and `requests`: against a server behind sockets, and against one that lies."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
import requests
import uvicorn
from gateways import CALLER, SERVER, settings
from servers import free_port, wait_for
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

import samebyte
from samebyte import Keyset, SigningKey
from samebyte.http import Client, Gateway
from samebyte.http.asgi import SignatureMiddleware
from samebyte.http.httpx import AsyncSignedTransport, SignedTransport
from samebyte.http.requests import SignedAdapter


class Served:
    """A gateway under uvicorn, in a thread."""

    def __init__(self) -> None:
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.bodies: list[bytes] = []
        self.gateway = Gateway(
            settings(public_origins=[self.origin], audiences=[self.origin], preset="dev", mode="optional"),
            signing_key=SERVER,
        )
        app = Starlette(
            routes=[
                Route("/echo", self._echo, methods=["GET", "POST", "PUT", "HEAD"]),
                Route("/moved", lambda request: RedirectResponse("/echo?moved=1", 307), methods=["GET", "POST"]),
                Route("/stream", self._stream),
                Route("/large", lambda request: PlainTextResponse("x" * 300_000)),
                Route("/cookies", self._cookies),
                Route("/missing", lambda request: JSONResponse({"no": 1}, 404)),
            ]
        )
        app.add_middleware(SignatureMiddleware, gateway=self.gateway)
        # Outside of the signature: what is on the way is compressed.
        app.add_middleware(GZipMiddleware, minimum_size=200)
        config = uvicorn.Config(app, host="127.0.0.1", port=self.port, log_level="warning", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        wait_for(self.port)

    async def _echo(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        identity = getattr(request.state, "samebyte", None)
        told = {"kid": identity.kid if identity else None, "body": self.bodies[-1].decode("latin-1"), "fill": "x" * 200}
        return JSONResponse(told)

    async def _cookies(self, request: Request) -> Response:
        response = JSONResponse([])
        response.set_cookie("one", "1")
        response.set_cookie("two", "2")
        return response

    async def _stream(self, request: Request) -> Response:
        async def events() -> Any:
            yield b"data: 1\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    server = Served()
    yield server
    server.close()


# Sends a request and tells the status, the content, and what was verified.
Ask = Callable[..., tuple[int, bytes, Any]]


@pytest.fixture(params=["httpx", "httpx, asynchronous", "requests"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """One of the clients."""

    def with_httpx(client: Client, method: str, url: str, **more: Any) -> tuple[int, bytes, Any]:
        with httpx.Client(transport=SignedTransport(client), follow_redirects=True) as http:
            answer = http.request(method, url, **more)
            return answer.status_code, answer.content, answer.extensions["samebyte"]

    def with_asynchronous(client: Client, method: str, url: str, **more: Any) -> tuple[int, bytes, Any]:
        async def work() -> tuple[int, bytes, Any]:
            async with httpx.AsyncClient(transport=AsyncSignedTransport(client), follow_redirects=True) as http:
                answer = await http.request(method, url, **more)
                return answer.status_code, answer.content, answer.extensions["samebyte"]

        return asyncio.run(work())

    def with_requests(client: Client, method: str, url: str, **more: Any) -> tuple[int, bytes, Any]:
        if "content" in more:
            more["data"] = more.pop("content")
        with requests.Session() as http:
            http.mount("http://", SignedAdapter(client))
            answer = http.request(method, url, **more)
            verified: Any = answer.samebyte  # type: ignore[attr-defined]
            return answer.status_code, answer.content, verified

    chosen: dict[str, Ask] = {
        "httpx": with_httpx,
        "httpx, asynchronous": with_asynchronous,
        "requests": with_requests,
    }
    return chosen[request.param]


def client(**more: Any) -> Client:
    return Client(CALLER, more.pop("responses", SERVER.public_key), **more)


def test_signed_and_verified(served: Served, ask: Ask) -> None:
    status, content, verified = ask(client(), "POST", f"{served.origin}/echo?q=%7e&b=1", json={"b": 1.0, "a": "ü"})
    assert served.bodies[-1] == '{"a":"ü","b":1}'.encode()
    assert (status, verified.signed, verified.bound, verified.kid) == (200, True, True, SERVER.kid)
    assert content == verified.body
    assert verified.json()["kid"] == CALLER.kid


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_without_a_body(served: Served, ask: Ask, method: str) -> None:
    status, content, verified = ask(client(), method, f"{served.origin}/echo")
    assert (status, verified.bound) == (200, True)
    assert bool(content) is (method == "GET")


def test_another_media_type(served: Served, ask: Ask) -> None:
    ask(client(), "PUT", f"{served.origin}/echo", content=b"\x00\xff", headers={"content-type": "image/x"})
    assert served.bodies[-1] == b"\x00\xff"


def test_a_redirect_is_signed_anew(served: Served, ask: Ask) -> None:
    status, _, verified = ask(client(), "POST", f"{served.origin}/moved", json=[1])
    assert (status, verified.bound) == (200, True)
    assert served.bodies[-1] == b"[1]"


def test_an_error_is_signed(served: Served, ask: Ask) -> None:
    status, _, verified = ask(client(), "GET", f"{served.origin}/missing")
    assert (status, verified.bound) == (404, True)
    status, _, verified = ask(Client(SigningKey.generate("EdDSA"), SERVER.public_key), "GET", f"{served.origin}/echo")
    assert (status, verified.signed, verified.bound) == (401, True, False)
    assert verified.json()["error"] == "signature_unknown"


def test_credentials_are_bound(served: Served, ask: Ask) -> None:
    status, _, _ = ask(client(), "GET", f"{served.origin}/echo", headers={"authorization": "Bearer abc"})
    assert status == 200
    status, _, _ = ask(client(), "GET", f"{served.origin}/echo", auth=("user", "word"))
    assert status == 200


def test_more_fields_are_bound(served: Served, ask: Ask) -> None:
    bound = client(hdr=["idempotency-key"])
    assert ask(bound, "POST", f"{served.origin}/echo", json={}, headers={"Idempotency-Key": "1"})[0] == 200


def test_a_stream(served: Served, ask: Ask) -> None:
    with pytest.raises(samebyte.RejectedError) as refused:
        ask(client(), "GET", f"{served.origin}/stream")
    assert refused.value.code == "signature_missing"
    _, content, verified = ask(client(require_signed=False), "GET", f"{served.origin}/stream")
    assert (content, verified.signed) == (b"data: 1\n\n", False)
    status, _, verified = ask(client(demand_signature=True), "GET", f"{served.origin}/stream")
    assert (status, verified.bound) == (501, True)


def test_a_response_that_is_too_large(served: Served, ask: Ask) -> None:
    assert len(ask(client(), "GET", f"{served.origin}/large")[1]) == 300_000
    with pytest.raises(samebyte.LimitError) as refused:
        ask(client(max_body=100_000), "GET", f"{served.origin}/large")
    assert refused.value.code == "body_too_large"


def test_without_keys_for_responses(served: Served, ask: Ask) -> None:
    status, _, verified = ask(client(responses=None), "GET", f"{served.origin}/echo")
    assert (status, verified.signed) == (200, False)


def test_bodies_that_cannot_be_signed(served: Served, ask: Ask) -> None:
    headers = {"content-type": "application/json"}
    with pytest.raises(samebyte.SamebyteError) as refused:
        ask(client(), "POST", f"{served.origin}/echo", content=b'{"a":1,"a":2}', headers=headers)
    assert refused.value.code == "body_not_canonicalizable"
    with pytest.raises(samebyte.UsageError):
        ask(client(), "POST", f"{served.origin}/echo", content=b"{}")


def test_a_streamed_body_of_requests() -> None:
    with requests.Session() as http:
        http.mount("http://", SignedAdapter(client()))
        with pytest.raises(samebyte.UsageError, match="streamed"):
            http.post("http://127.0.0.1:1", data=(part for part in [b"{}"]))


def test_cookies_of_a_signed_response(served: Served) -> None:
    with requests.Session() as http:
        http.mount("http://", SignedAdapter(client()))
        assert http.get(f"{served.origin}/cookies").cookies.get_dict() == {"one": "1", "two": "2"}
        assert http.cookies.get_dict() == {"one": "1", "two": "2"}


class TestLies:
    """Responses that are not those to the request, or not as the gateway sent them."""

    @pytest.fixture
    def real(self, served: Served) -> Callable[..., httpx.Response]:
        """What the gateway answers to a request, as it is on the way."""

        def ask(request: httpx.Request) -> httpx.Response:
            with httpx.HTTPTransport() as transport:
                headers = [header for header in request.headers.raw if header[0].lower() != b"accept-encoding"]
                plain = httpx.Request(request.method, request.url, headers=headers, content=request.content)
                answer = transport.handle_request(plain)
                content = answer.read()
                return httpx.Response(answer.status_code, headers=answer.headers.raw, content=content)

        return ask

    def through(
        self, served: Served, lie: Callable[[httpx.Request], httpx.Response], method: str = "POST", **more: Any
    ) -> httpx.Response:
        transport = SignedTransport(client(**more), httpx.MockTransport(lie))
        with httpx.Client(transport=transport) as http:
            return http.request(method, f"{served.origin}/echo", json={"n": str(time.time_ns())})

    def refused(self, *arguments: Any, **more: Any) -> tuple[str, Any]:
        with pytest.raises(samebyte.SamebyteError) as caught:
            self.through(*arguments, **more)
        return str(caught.value.code), caught.value.detail.get("member")

    def test_none(self, served: Served, real: Any) -> None:
        assert self.through(served, real).status_code == 200

    def test_of_another_request(self, served: Served, real: Any) -> None:
        """Two responses are swapped; an old one is sent again."""
        kept: list[httpx.Response] = []

        def keep(request: httpx.Request) -> httpx.Response:
            kept.append(real(request))
            return kept[0]

        assert self.through(served, keep).status_code == 200
        assert self.refused(served, keep) == ("signature_binding_mismatch", "rqh")

    def test_another_status(self, served: Served, real: Any) -> None:
        def lie(request: httpx.Request) -> httpx.Response:
            answer = real(request)
            return httpx.Response(201, headers=answer.headers.raw, content=answer.content)

        assert self.refused(served, lie) == ("signature_binding_mismatch", "sts")

    def test_another_body(self, served: Served, real: Any) -> None:
        def lie(request: httpx.Request) -> httpx.Response:
            answer = real(request)
            headers = [header for header in answer.headers.raw if header[0].lower() != b"content-length"]
            return httpx.Response(200, headers=headers, content=answer.content.replace(b"{", b'{"x":1,', 1))

        assert self.refused(served, lie)[0] == "signature_invalid"

    @pytest.mark.parametrize("spelling", [b'{"fill" : "f", "kid":null, "body":""}', b""])
    def test_without_a_signature(self, served: Served, spelling: bytes) -> None:
        assert self.refused(served, lambda request: httpx.Response(200, content=spelling))[0] == "signature_missing"

    def test_of_another_type(self, served: Served, real: Any) -> None:
        def lie(request: httpx.Request) -> httpx.Response:
            answer = real(request)
            return httpx.Response(200, headers={**answer.headers, "content-type": "text/html"}, content=answer.content)

        assert self.refused(served, lie) == ("signature_binding_mismatch", "cty")

    def test_the_request_sent_back(self, served: Served) -> None:
        def lie(request: httpx.Request) -> httpx.Response:
            headers = {"content-type": "application/json", "x-signature": request.headers["x-signature"]}
            return httpx.Response(200, headers=headers, content=request.content)

        both = Keyset([CALLER.public_key, SERVER.public_key])
        assert self.refused(served, lie, responses=both)[0] == "signature_malformed"

    def test_of_a_key_that_nobody_knows(self, served: Served, real: Any) -> None:
        stranger = SigningKey.generate("ES256").public_key
        assert self.refused(served, real, responses=stranger)[0] == "signature_unknown"

    def test_two_signatures(self, served: Served, real: Any) -> None:
        def lie(request: httpx.Request) -> httpx.Response:
            answer = real(request)
            line = (b"X-Signature", answer.headers["x-signature"].encode())
            return httpx.Response(200, headers=[*answer.headers.raw, line], content=answer.content)

        assert self.refused(served, lie)[0] == "signature_malformed"

    def test_an_error_that_is_bound_to_nothing_is_no_success(self, served: Served, real: Any) -> None:
        stranger = SigningKey.generate("EdDSA")

        def lie(request: httpx.Request) -> httpx.Response:
            answer = real(request)
            assert answer.status_code == 401
            return httpx.Response(200, headers=answer.headers.raw, content=answer.content)

        transport = SignedTransport(Client(stranger, SERVER.public_key), httpx.MockTransport(lie))
        with ExitStack() as stack:
            http = stack.enter_context(httpx.Client(transport=transport))
            with pytest.raises(samebyte.SamebyteError) as caught:
                http.post(f"{served.origin}/echo", json={})
        assert caught.value.code == "signature_binding_mismatch"
