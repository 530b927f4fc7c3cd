"""Middleware of ASGI: verifies requests and signs responses of FastAPI, Starlette and every other ASGI application.

It has to be the outermost middleware that reads bodies. The handler is given the canonical body, which is what was
verified, and the :class:`~samebyte.http.Identity` as ``scope["samebyte"]`` and ``request.state.samebyte``.

Responses are held back until they are complete, up to ``max_response`` bytes, and signed. One that is streamed
(``text/event-stream``), larger, or content-coded goes out unsigned; where the client requires a signature it gets 501
``response_not_signable`` instead.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias
from urllib.parse import quote

from samebyte import _native
from samebyte._errors import SamebyteError
from samebyte._within import within
from samebyte.http._asgi_response import SignedResponse, send_answer
from samebyte.http._beside import beside
from samebyte.http._gateway import (
    ACCEPT,
    BODY,
    FETCHES,
    JWKS_PATH,
    KEYS,
    REJECT,
    RESERVE,
    Gateway,
    consumed,
    log,
)
from samebyte.http._identity import Identity

__all__ = ["SignatureMiddleware"]

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

# What asks for another form of a response.
_CODED = frozenset((b"accept-encoding", b"range"))

# Ways to send what could not be signed: a file past the middleware, and fields behind the body.
_UNSIGNABLE = ("http.response.pathsend", "http.response.zerocopysend", "http.response.trailers")


class Disconnected(Exception):  # noqa: N818, no error: the client went away
    """The client went away before the body was complete."""


class SignatureMiddleware:
    """``app`` behind a :class:`~samebyte.http.Gateway`; by default one with settings from the environment.

    ``app.add_middleware(SignatureMiddleware, gateway=…)`` in FastAPI and Starlette. The gateway is started with the
    application (``lifespan``), which does not start where it cannot be; or else with the first request. The public key
    for responses is served at ``/.well-known/jwks.json``.

    Raises ``settings_invalid`` and the codes of keys.
    """

    def __init__(self, app: Any, gateway: Gateway | None = None) -> None:
        self.app: Application = app
        self.gateway = gateway or Gateway.from_environment()
        self._fetching: dict[int, asyncio.Task[None]] = {}
        self._thread: ThreadPoolExecutor | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        kind = scope["type"]
        if kind == "lifespan":
            await self._lifespan(scope, receive, send)
            return
        if not self.gateway.started:
            await self.gateway.start_async()
        if kind == "http":
            if scope["path"] == JWKS_PATH and self.gateway.publishes and scope["method"] in ("GET", "HEAD"):
                await self._publish(scope, send)
            else:
                await self._request(scope, receive, send)
        elif kind == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = self._begin(scope, scope["method"])
        step = exchange.step
        if step == KEYS:
            exchange = await self._fetched(exchange, scope, scope["method"])
            step = exchange.step
        if step == BODY:
            try:
                step, receive, changed = await self._body(exchange, scope, receive)
            except Disconnected:
                return
            if step == ACCEPT:
                scope = _accepted(scope, exchange, changed)
        log(exchange, step)
        if step == REJECT:
            await send_answer(send, exchange.answer())
        elif exchange.signs_response:
            await self._signed(exchange, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _begin(self, scope: Scope, method: str) -> _native.Exchange:
        """What the head of a request asks for."""
        gateway = self.gateway
        path = scope.get("raw_path") or quote(scope["path"]).encode()
        client = scope.get("client")
        peer = client[0] if client else None
        return gateway.native.begin(method, path, scope.get("query_string", b""), peer, scope["headers"], gateway.now())

    async def _fetched(self, exchange: _native.Exchange, scope: Scope, method: str) -> _native.Exchange:
        """What the head asks for, with keys that are as new as they have to be."""
        for _ in range(FETCHES):
            if exchange.step != KEYS:
                return exchange
            await self._fetch(exchange.source)
            exchange = self._begin(scope, method)
        raise RuntimeError("samebyte: keys are asked for again and again")

    async def _body(
        self, exchange: _native.Exchange, scope: Scope, receive: Receive
    ) -> tuple[int, Receive, int | None]:
        """Reads and verifies the body: the step, what gives the handler its body, and its length where that differs."""
        gateway, given = self.gateway, _Given(receive)
        refused: str | None = None
        try:
            await within(gateway.body_timeout, given.read(exchange.limit))
        except asyncio.TimeoutError:
            refused = "body_timeout"
        if not refused and (not given.complete or len(given.body) > exchange.limit):
            refused = "body_too_large"
        if refused:
            # Where requests are only observed the handler gets all of it.
            return exchange.refuse(refused, gateway.now()), given.again, None
        body = given.body
        if not body:
            _check_length(scope["headers"])
        step = await beside().read(exchange, body, gateway.now())
        if step == RESERVE:
            verdict = await self._reserve(*exchange.reservation())
            step = exchange.reserved(verdict, gateway.now())
        if step != ACCEPT:
            return step, given.again, None
        given.body = exchange.body()
        return step, given.again, len(given.body) if len(given.body) != len(body) else None

    async def _reserve(self, key: bytes, owner: bytes, ttl_ms: int) -> int:
        store: Any = self.gateway.replay
        if self.gateway.asynchronous:
            verdict: int = await store.reserve(key, owner, ttl_ms)
            return verdict
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "samebyte-replay")
        return await asyncio.get_running_loop().run_in_executor(self._thread, store.reserve, key, owner, ttl_ms)

    async def _fetch(self, source: int) -> None:
        """Fetches keys; all requests that want them wait for one fetch."""
        task = self._fetching.get(source)
        if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
            task = asyncio.create_task(asyncio.to_thread(self.gateway.fetch_keys, source))
            self._fetching[source] = task
        await asyncio.shield(task)

    async def _signed(self, exchange: _native.Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        # What is coded, or a part of it, cannot be signed.
        headers = [header for header in scope["headers"] if header[0] not in _CODED]
        scope = {**scope, "headers": headers}
        if scope.get("extensions"):
            scope["extensions"] = {name: v for name, v in scope["extensions"].items() if name not in _UNSIGNABLE}
        response = SignedResponse(exchange, self.gateway, send)
        try:
            await self.app(scope, receive, response.send)
        except Exception:
            await response.failed()
            raise
        except BaseException:
            response.abandon()
            raise
        await response.finish()

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A handshake is a GET without a body; what is said afterwards is not signed."""
        exchange = await self._fetched(self._begin(scope, "GET"), scope, "GET")
        step = exchange.step
        if step == BODY:
            step, _, _ = await self._body(exchange, {**scope, "headers": ()}, _nothing)
        log(exchange, step)
        if step != REJECT:
            await self.app(_accepted(scope, exchange, None) if step == ACCEPT else scope, receive, send)
            return
        await receive()
        if "websocket.http.response" in scope.get("extensions", ()):
            await send_answer(send, exchange.answer(), "websocket.http.response")
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": ""})

    async def _publish(self, scope: Scope, send: Send) -> None:
        """The public key for responses (RFC 7517)."""
        jwks = self.gateway.jwks()
        tag = b'"' + hashlib.sha256(jwks).hexdigest()[:32].encode() + b'"'
        fields = [(b"content-type", b"application/jwk-set+json"), (b"cache-control", b"max-age=300"), (b"etag", tag)]
        if (b"if-none-match", tag) in [tuple(header) for header in scope["headers"]]:
            await send({"type": "http.response.start", "status": 304, "headers": fields})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send_answer(send, (200, fields, jwks), head=scope["method"] == "HEAD")

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        try:
            await self.gateway.start_async()
        except SamebyteError as error:
            await send({"type": "lifespan.startup.failed", "message": f"samebyte: {error}"})
            raise
        first: list[Message] = [message]

        async def receiving() -> Message:
            return first.pop() if first else await receive()

        async def sending(message: Message) -> None:
            if message["type"] in ("lifespan.shutdown.complete", "lifespan.shutdown.failed", "lifespan.startup.failed"):
                await self.gateway.stop_async()
            await send(message)

        await self.app(scope, receiving, sending)


class _Given:
    """The body of a request as it comes in."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.body = b""
        self.complete = False
        self._told = False

    async def read(self, limit: int) -> None:
        """Reads to the end, or until there is more than ``limit``."""
        parts: list[bytes] = []
        length = 0
        try:
            while length <= limit:
                message = await self._receive()
                if message["type"] == "http.disconnect":
                    raise Disconnected
                part: bytes = message.get("body", b"")
                length += len(part)
                parts.append(part)
                if not message.get("more_body", False):
                    self.complete = True
                    return
        finally:
            # What was read is kept where reading is cut off.
            self.body = parts[0] if len(parts) == 1 else b"".join(parts)

    async def again(self) -> Message:
        """What was read, then what comes after it."""
        if self._told:
            return await self._receive()
        self._told = True
        return {"type": "http.request", "body": self.body, "more_body": not self.complete}


def _accepted(scope: Scope, exchange: _native.Exchange, length: int | None) -> Scope:
    """The scope for the handler: with the identity, and with the length of the body where that differs."""
    identity = Identity(exchange.identity() or b"{}")
    scope = {**scope, "samebyte": identity, "state": {**scope.get("state", {}), "samebyte": identity}}
    if length is not None:
        kept = [header for header in scope["headers"] if header[0] not in (b"content-length", b"transfer-encoding")]
        scope["headers"] = [*kept, (b"content-length", str(length).encode())]
    return scope


def _check_length(headers: Iterable[tuple[bytes, bytes]]) -> None:
    for name, value in headers:
        if name == b"content-length" and value.strip() != b"0":
            consumed()


async def _nothing() -> Message:
    """The body of a request that has none."""
    return {"type": "http.request", "body": b"", "more_body": False}
