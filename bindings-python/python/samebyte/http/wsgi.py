"""Middleware of WSGI: verifies requests and signs responses of Flask, Django and every other WSGI application.

It has to be the outermost middleware that reads bodies. The handler is given the canonical body, which is what was
verified, and the :class:`~samebyte.http.Identity` as ``environ["samebyte"]``.

Responses are signed up to ``max_response`` bytes; one that is streamed (``text/event-stream``), larger, or
content-coded goes out unsigned; where the client requires a signature it gets 501 ``response_not_signable`` instead.

WSGI knows no time limit while a body is read: that is for the server to have. A body that took longer than
``body_timeout`` is refused once it is there.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterable, Iterator
from http.client import responses
from typing import Any, TypeAlias
from urllib.parse import quote

from samebyte import _native
from samebyte._errors import SamebyteError
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
    logger,
)
from samebyte.http._identity import Identity

__all__ = ["SignatureMiddleware"]

Environ: TypeAlias = dict[str, Any]
Headers: TypeAlias = list[tuple[str, str]]
Answer: TypeAlias = tuple[int, list[tuple[bytes, bytes]], bytes]
Application: TypeAlias = Callable[[Environ, Any], Iterable[bytes]]

_CODED = ("HTTP_ACCEPT_ENCODING", "HTTP_RANGE")


class SignatureMiddleware:
    """``app`` behind a :class:`~samebyte.http.Gateway`; by default one with settings from the environment.

    The gateway is started at once. The public key for responses is served at ``/.well-known/jwks.json``.

    Raises ``settings_invalid`` and the codes of keys.
    """

    def __init__(self, app: Application, gateway: Gateway | None = None) -> None:
        self.app = app
        self.gateway = gateway or Gateway.from_environment(asynchronous=False)
        if self.gateway.asynchronous:
            raise TypeError("a replay store of asyncio cannot be used in WSGI")
        self.gateway.start()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Serves one request."""
        method, headers = environ["REQUEST_METHOD"], _fields(environ)
        if environ.get("PATH_INFO") == JWKS_PATH and self.gateway.publishes and method in ("GET", "HEAD"):
            return self._publish(environ, start_response)
        exchange = self._begin(environ, method, headers)
        step = exchange.step
        if step == BODY:
            step = self._body(exchange, environ)
        log(exchange, step)
        if step == REJECT:
            return _send(start_response, exchange.answer())
        if step == ACCEPT:
            body = exchange.body()
            identity = Identity(exchange.identity() or b"{}")
            environ = {
                **environ,
                "samebyte": identity,
                "wsgi.input": io.BytesIO(body),
                "CONTENT_LENGTH": str(len(body)),
            }
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        if exchange.signs_response:
            return self._signed(exchange, environ, start_response)
        return self.app(environ, start_response)

    def _begin(self, environ: Environ, method: str, headers: list[tuple[bytes, bytes]]) -> _native.Exchange:
        gateway = self.gateway
        path, query = _target(environ)
        for _ in range(FETCHES):
            exchange = gateway.native.begin(method, path, query, environ.get("REMOTE_ADDR"), headers, gateway.now())
            if exchange.step != KEYS:
                return exchange
            gateway.fetch_keys(exchange.source)
        raise RuntimeError("samebyte: keys are asked for again and again")

    def _body(self, exchange: _native.Exchange, environ: Environ) -> int:
        gateway = self.gateway
        begun = time.monotonic()
        body, rest = _read(environ, exchange.limit)
        # Whoever is only observed gets all of it.
        environ["wsgi.input"] = _Joined(body, environ["wsgi.input"]) if rest else io.BytesIO(body)
        if rest:
            return exchange.refuse("body_too_large", gateway.now())
        if time.monotonic() - begun > gateway.body_timeout:
            return exchange.refuse("body_timeout", gateway.now())
        step = exchange.read(body, gateway.now())
        if step == RESERVE:
            store: Any = gateway.replay
            step = exchange.reserved(store.reserve(*exchange.reservation()), gateway.now())
        return step

    def _signed(self, exchange: _native.Exchange, environ: Environ, start_response: Any) -> Iterable[bytes]:
        held = _Held()
        # What is coded, or a part of it, cannot be signed.
        environ = {name: value for name, value in environ.items() if name not in _CODED}
        try:
            result = self.app(environ, held.start)
            parts = iter(result)
            body, complete = _gather(held, parts, self.gateway.max_response)
        except Exception:
            kind = "text/plain; charset=utf-8"
            answer = _respond(exchange, self.gateway, 500, kind.encode(), b"Internal Server Error")
            if answer is None:
                raise
            logger.exception("the application failed")
            return _send(start_response, answer, ("500 Internal Server Error", [("content-type", kind)]))
        status = int(held.status[:3])
        answer = _respond(exchange, self.gateway, status, held.content_type, body if complete else None)
        if answer is None:
            start_response(held.status, held.headers)
            return _Rest(body, parts, result)
        _close(result)
        return _send(start_response, answer, (held.status, held.headers) if answer[0] == status else None)

    def _publish(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """The public key for responses (RFC 7517)."""
        jwks = self.gateway.jwks()
        tag = f'"{hashlib.sha256(jwks).hexdigest()[:32]}"'
        fields = [("Content-Type", "application/jwk-set+json"), ("Cache-Control", "max-age=300"), ("ETag", tag)]
        if environ.get("HTTP_IF_NONE_MATCH") == tag:
            start_response("304 Not Modified", fields)
            return [b""]
        start_response("200 OK", [*fields, ("Content-Length", str(len(jwks)))])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else jwks]


class _Held:
    """What the application says of its response before it is sent."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: Headers = []
        self.streamed = False
        self.content_type: bytes | None = None
        self.written: list[bytes] = []

    def start(self, status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, list(headers)
        fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers]
        self.streamed, self.content_type = _native.http_response_head(fields)
        return self.written.append


class _Rest:
    """What was held back of a response that goes out as it is, and what is still to come of it."""

    def __init__(self, body: bytes, parts: Iterator[bytes], result: Iterable[bytes]) -> None:
        self._body, self._parts, self._result = body, parts, result

    def __iter__(self) -> Iterator[bytes]:
        yield self._body
        yield from self._parts

    def close(self) -> None:
        _close(self._result)


class _Joined(io.RawIOBase):
    """A body of which the beginning was read already."""

    def __init__(self, begun: bytes, rest: Any) -> None:
        self._begun, self._rest = io.BytesIO(begun), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._begun.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


def _gather(held: _Held, parts: Iterator[bytes], limit: int) -> tuple[bytes, bool]:
    """The beginning of a response, and whether it is all of it and may be signed."""
    body: list[bytes] = []
    length = 0
    for part in parts:
        body.append(part)
        length += len(part)
        if held.streamed or length > limit:
            return b"".join([*held.written, *body]), False
    whole = b"".join([*held.written, *body])
    return whole, len(whole) <= limit and not held.streamed


def _respond(
    exchange: _native.Exchange, gateway: Gateway, status: int, content_type: bytes | None, body: bytes | None
) -> Answer | None:
    """The signed response; ``None`` where the response goes out as it is."""
    try:
        return exchange.respond(status, content_type, body, gateway.now())
    except SamebyteError as error:
        logger.debug("a response goes out unsigned: %s", error)
        return None


def _send(start_response: Any, answer: Answer, before: tuple[str, Headers] | None = None) -> list[bytes]:
    """Sends a complete response, with what the handler said ``before`` where that still holds."""
    status, fields, body = answer
    line = before[0] if before else f"{status} {responses.get(status, 'Status')}"
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields]
    if body or not before:
        headers.append(("content-length", str(len(body))))
    replaced = {name for name, _ in headers}
    kept = [header for header in before[1] if header[0].lower() not in replaced] if before else []
    start_response(line, [*kept, *headers])
    return [body]


def _close(result: Any) -> None:
    if hasattr(result, "close"):
        result.close()


def _read(environ: Environ, limit: int) -> tuple[bytes, bool]:
    """The body, and whether there is more of it than ``limit``."""
    length = environ.get("CONTENT_LENGTH") or ""
    given = environ["wsgi.input"]
    if length.isascii() and length.isdigit():
        wanted = min(int(length), limit + 1)
    elif environ.get("wsgi.input_terminated") or environ.get("HTTP_TRANSFER_ENCODING"):
        wanted = limit + 1
    else:
        return b"", False
    parts: list[bytes] = []
    left = wanted
    while left and (part := given.read(left)):
        parts.append(part)
        left -= len(part)
    body = b"".join(parts)
    if wanted and not body and length:
        consumed()
    return body, len(body) > limit


def _fields(environ: Environ) -> list[tuple[bytes, bytes]]:
    fields = [
        (name[5:].replace("_", "-").lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    for name, field in (("CONTENT_TYPE", b"content-type"), ("CONTENT_LENGTH", b"content-length")):
        if environ.get(name):
            fields.append((field, environ[name].encode("latin-1")))
    return fields


def _target(environ: Environ) -> tuple[bytes, bytes]:
    """Path and query as they were received, which servers keep under several names; else spelled anew."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw:
        path, _, query = raw.encode("latin-1", "replace").partition(b"?")
        return path, query
    decoded = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1")
    return quote(decoded).encode(), environ.get("QUERY_STRING", "").encode("latin-1")
