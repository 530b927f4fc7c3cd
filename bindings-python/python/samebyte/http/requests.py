"""Adapter of ``requests`` that signs every request and verifies every response.

``session.mount("https://gw.example", SignedAdapter(client))``. What ``requests`` sends anew, after a redirect for one,
goes through the adapter too: each request has a signature of its own.

``response.samebyte`` is the :class:`~samebyte.http.VerifiedResponse`, and the content of a signed response is what was
verified. A response that is refused raises the exception of its code. One that is not signed, and need not be, is
passed on as it is.
"""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from samebyte._errors import error_of
from samebyte.http._client import Call, Client, too_large

__all__ = ["SignedAdapter"]

_PART = 65_536


class SignedAdapter(HTTPAdapter):
    """Signs with ``client``. Other parameters are those of ``HTTPAdapter``.

    Leave its retries off: what is sent twice is refused as a replay.
    """

    def __init__(self, client: Client, **options: Any) -> None:
        self._client = client
        super().__init__(**options)

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, stream: bool = False, **options: Any
    ) -> requests.Response:
        """Sends one request."""
        signed, call = _signed(self._client, request)
        response = super().send(signed, stream=True, **options)
        headers = _fields(response.raw.headers)
        try:
            if not self._client.signs(headers):
                response.samebyte = call.verify(response.status_code, headers, b"")  # type: ignore[attr-defined]
                if not stream:
                    # As `requests` does by itself where nothing is streamed.
                    response.content  # noqa: B018
                return response
            body = bytearray()
            while part := response.raw.read(_PART, decode_content=True):
                body += part
                too_large(body, self._client)
            verified = call.verify(response.status_code, headers, bytes(body))
        except BaseException:
            response.close()
            raise
        response.close()
        # Without a body it is the response to HEAD, or 304, and speaks of another.
        dropped = ("content-encoding", "content-length", "transfer-encoding") if body else ()
        raw = HTTPResponse(
            io.BytesIO(verified.body),
            headers=HTTPHeaderDict(
                [(name, value) for name, value in response.raw.headers.items() if name.lower() not in dropped]
            ),
            status=response.status_code,
            reason=response.reason,
            preload_content=False,
            enforce_content_length=False,
            # Cookies are read from it.
            original_response=getattr(response.raw, "_original_response", None),
        )
        made = self.build_response(request, raw)
        made.samebyte = verified  # type: ignore[attr-defined]
        return made


def _signed(client: Client, request: requests.PreparedRequest) -> tuple[requests.PreparedRequest, Call]:
    signed = request.copy()
    signed.headers.pop(client.header.decode(), None)
    parts = urlsplit(request.url or "")
    # As it is sent: without credentials, without fragment.
    url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{request.path_url}"
    call = client.sign(request.method or "", url, _fields(signed.headers), _body(request.body))
    name, value = call.header
    signed.headers[name] = value
    if call.body is not None:
        signed.headers.pop("Transfer-Encoding", None)
        signed.headers["Content-Length"] = str(len(call.body))
        signed.body = call.body
    return signed, call


def _body(body: Any) -> bytes | None:
    """The body as bytes, which is all that can be signed."""
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        body = body.read()
    if body is not None and not isinstance(body, (bytes, bytearray)):
        raise error_of("invalid_argument", "a body that is streamed cannot be signed", "")
    return bytes(body) if body else None


def _fields(headers: Any) -> list[tuple[bytes, bytes]]:
    return [(_bytes(name), _bytes(value)) for name, value in headers.items()]


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")
