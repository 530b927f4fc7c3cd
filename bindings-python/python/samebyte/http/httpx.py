"""Transports of ``httpx`` that sign every request and verify every response.

``httpx.Client(transport=SignedTransport(client))``, ``httpx.AsyncClient(transport=AsyncSignedTransport(client))``. What
``httpx`` sends anew, after a redirect for one, goes through the transport too: each request has a signature of its own.

``response.extensions["samebyte"]`` is the :class:`~samebyte.http.VerifiedResponse`, and the content of a signed
response is what was verified. A response that is refused raises the exception of its code. One that is not signed, and
need not be, is passed on as it is.
"""

from __future__ import annotations

import httpx

from samebyte.http._client import Call, Client, VerifiedResponse, too_large

__all__ = ["AsyncSignedTransport", "SignedTransport"]

# What speaks of the bytes on the way.
_TRANSFER = (b"content-encoding", b"content-length", b"transfer-encoding")


class SignedTransport(httpx.BaseTransport):
    """Signs with ``client`` and sends over ``transport``, by default ``httpx.HTTPTransport()``."""

    def __init__(self, client: Client, transport: httpx.BaseTransport | None = None) -> None:
        self._client = client
        self._transport = transport or httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request."""
        request.read()
        signed, call = _signed(self._client, request)
        response = self._transport.handle_request(signed)
        try:
            if self._client.signs(response.headers.raw):
                body = bytearray()
                for part in response.iter_bytes():
                    body += part
                    too_large(body, self._client)
                response.close()
                return _verified(call, response, bytes(body))
            response.extensions["samebyte"] = _unsigned(call, response)
        except BaseException:
            response.close()
            raise
        return response

    def close(self) -> None:
        """Closes the transport beneath."""
        self._transport.close()


class AsyncSignedTransport(httpx.AsyncBaseTransport):
    """As :class:`SignedTransport`, for ``httpx.AsyncClient``."""

    def __init__(self, client: Client, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = client
        self._transport = transport or httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request."""
        await request.aread()
        signed, call = _signed(self._client, request)
        response = await self._transport.handle_async_request(signed)
        try:
            if self._client.signs(response.headers.raw):
                body = bytearray()
                async for part in response.aiter_bytes():
                    body += part
                    too_large(body, self._client)
                await response.aclose()
                return _verified(call, response, bytes(body))
            response.extensions["samebyte"] = _unsigned(call, response)
        except BaseException:
            await response.aclose()
            raise
        return response

    async def aclose(self) -> None:
        """Closes the transport beneath."""
        await self._transport.aclose()


def _signed(client: Client, request: httpx.Request) -> tuple[httpx.Request, Call]:
    dropped = (client.header, *_TRANSFER[1:])
    headers = [header for header in request.headers.raw if header[0].lower() not in dropped]
    # As it is sent: without credentials, without fragment.
    url = b"%b://%b%b" % (request.url.raw_scheme, request.url.netloc, request.url.raw_path)
    call = client.sign(request.method, url.decode("ascii"), headers, request.content or None)
    name, value = call.header
    headers.append((name.encode(), value.encode()))
    return httpx.Request(
        request.method, request.url, headers=headers, content=call.body, extensions=request.extensions
    ), call


def _unsigned(call: Call, response: httpx.Response) -> VerifiedResponse:
    return call.verify(response.status_code, response.headers.raw, b"")


def _verified(call: Call, response: httpx.Response, body: bytes) -> httpx.Response:
    verified = call.verify(response.status_code, response.headers.raw, body)
    headers = [header for header in response.headers.raw if not body or header[0].lower() not in _TRANSFER]
    extensions = {**response.extensions, "samebyte": verified}
    return httpx.Response(response.status_code, headers=headers, content=verified.body, extensions=extensions)
