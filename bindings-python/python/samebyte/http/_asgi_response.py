"""The response of an ASGI application, held back until it is signed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from samebyte import _native
from samebyte._errors import SamebyteError
from samebyte.http._beside import Answer, beside
from samebyte.http._gateway import Gateway, logger

Message: TypeAlias = MutableMapping[str, Any]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


async def send_answer(send: Send, answer: Answer, prefix: str = "http.response", *, head: bool = False) -> None:
    """Sends a complete response; to HEAD without its body."""
    status, fields, body = answer
    headers = [*fields, (b"content-length", str(len(body)).encode())]
    await send({"type": f"{prefix}.start", "status": status, "headers": headers})
    await send({"type": f"{prefix}.body", "body": b"" if head else body})


class SignedResponse:
    """Takes what an application sends, and sends it signed; or as it is, where it cannot be signed and need not be.

    The application does not wait for the signature: what it holds while it runs is given back meanwhile. Where it goes
    on after its response (a background task), the response does not wait for it.
    """

    def __init__(self, exchange: _native.Exchange, gateway: Gateway, send: Send) -> None:
        self._exchange = exchange
        self._gateway = gateway
        self._send = send
        self._start: Message = {}
        self._type: bytes | None = None
        self._parts: list[bytes] = []
        self._length = 0
        # What becomes of what the application sends from now on.
        self._then: Send | None = None
        self._body = b""
        self._signing: asyncio.Future[Answer] | None = None
        # Whether somebody is sending the complete response, and who, if the application was still running.
        self._taken = False
        self._late: asyncio.Task[None] | None = None

    async def send(self, message: Message) -> None:
        """What the application is given as ``send``."""
        if self._then is not None:
            await self._then(message)
        elif message["type"] == "http.response.start":
            if message.get("trailers", False):
                raise RuntimeError("samebyte: the response has trailers, which no signature covers")
            self._start = message
            streamed, self._type = _native.http_response_head(message.get("headers", ()))
            if streamed:
                await self._unsigned()
        elif message["type"] == "http.response.body":
            part: bytes = message.get("body", b"")
            self._parts.append(part)
            self._length += len(part)
            more = message.get("more_body", False)
            if self._length > self._gateway.max_response:
                await self._unsigned(more=more)
            elif not more:
                self._sign(b"".join(self._parts))
        else:
            # Early hints, for one: no part of the response.
            await self._send(message)

    async def failed(self) -> None:
        """The application raised an exception: the client gets an error that nobody can have forged."""
        if self._then is None:
            self._type = b"text/plain; charset=utf-8"
            self._start = {"status": 500, "headers": [(b"content-type", self._type)]}
            self._sign(b"Internal Server Error")
        await self.finish()

    async def finish(self) -> None:
        """The application returned."""
        if self._then is None and self._start:
            # A signature says that this is the whole response, and what is there may be a part of it.
            logger.warning("the application returned without completing its response")
            await self.failed()
        elif self._late is not None:
            await self._late
        elif self._signing is not None and not self._taken:
            self._taken = True
            self._signing.remove_done_callback(self._signed_early)
            await self._deliver(self._signing)

    def abandon(self) -> None:
        """The request was cancelled: whoever did that may answer it, and nothing else is sent for it."""
        self._taken = True
        if self._late is not None:
            self._late.cancel()
        elif self._signing is not None:
            self._signing.cancel()

    def _sign(self, body: bytes) -> None:
        status, now_ms = self._start["status"], self._gateway.now()
        self._signing = beside().respond(self._exchange, status, self._type, body, now_ms)
        self._then, self._body = _swallow, body
        self._signing.add_done_callback(self._signed_early)

    def _signed_early(self, signing: asyncio.Future[Answer]) -> None:
        """The signature is there, and the application is still running."""
        if not self._taken:
            self._taken = True
            self._late = asyncio.ensure_future(self._deliver(signing))

    async def _deliver(self, signing: asyncio.Future[Answer]) -> None:
        try:
            signed = await signing
        except SamebyteError as error:
            _goes_unsigned(error)
            await self._forward([self._body], more=False)
        else:
            await self._replace(signed)

    async def _unsigned(self, *, more: bool = True) -> None:
        """A response that cannot be signed: it goes on as it is, unless the client requires a signature."""
        try:
            # At once: while this waited, the application could send more, or be cancelled.
            replaced = self._exchange.respond(self._start["status"], self._type, None, self._gateway.now())
        except SamebyteError as error:
            _goes_unsigned(error)
            await self._forward(self._parts, more=more)
        else:
            await self._replace(replaced)

    async def _forward(self, parts: list[bytes], *, more: bool) -> None:
        self._then = self._send if more else _swallow
        await self._send(self._start)
        for part in parts:
            await self._send({"type": "http.response.body", "body": part, "more_body": True})
        if not more:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _replace(self, answer: Answer) -> None:
        self._then = _swallow
        status, fields, body = answer
        if status != self._start["status"]:
            await send_answer(self._send, answer)
            return
        headers = _native.http_response_fields(self._start.get("headers", ()), fields, len(body))
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _goes_unsigned(error: SamebyteError) -> None:
    logger.debug("a response goes out unsigned: %s", error)


async def _swallow(message: Message) -> None:
    """The response is complete; what the application still sends is of one that nobody gets."""
