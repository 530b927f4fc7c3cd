"""Fetches a JWK Set from an address that is written in the settings, and from nowhere else.

https only, no redirects, no proxy, no credentials; the address that the name leads to must be public, and is the one
that is connected to, so that a name that is looked up twice and answered differently gains nothing; a set is small, and
it is there soon.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from samebyte import _native

# Addresses of a name that are tried.
_ADDRESSES = 4


class Fetcher:
    """Fetches one address at a time for each caller.

    ``max_bytes`` bounds the set, ``timeout_ms`` the whole of it, name resolution included. ``private_addresses``
    permits http, and addresses that are not public: for development.
    """

    def __init__(
        self,
        *,
        max_bytes: int = 65_536,
        timeout_ms: int = 2_000,
        private_addresses: bool = False,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._max_bytes = max_bytes
        self._timeout = timeout_ms / 1000
        self._private = private_addresses
        self._context = context

    def __call__(self, url: str) -> bytes | None:
        """The set, or ``None`` where it cannot be had."""
        outcome: list[bytes | None] = [None]
        sockets: list[socket.socket] = []
        deadline = time.monotonic() + self._timeout

        def work() -> None:
            try:
                outcome[0] = self._fetch(url, deadline, sockets.append)
            except (OSError, ValueError, http.client.HTTPException):
                outcome[0] = None

        # Name resolution has no deadline of its own, and a server may send one byte a second.
        worker = threading.Thread(target=work, name="samebyte-jwks", daemon=True)
        worker.start()
        worker.join(self._timeout)
        if worker.is_alive():
            for each in sockets:
                _cut(each)
            return None
        return outcome[0]

    def _fetch(self, url: str, deadline: float, opened: Callable[[socket.socket], None]) -> bytes | None:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        if not (secure or (parts.scheme == "http" and self._private)) or not parts.hostname or parts.username:
            return None
        port = parts.port or (443 if secure else 80)
        connected = self._connect(parts.hostname, port, deadline)
        if connected is None:
            return None
        opened(connected)
        with connected:
            if secure:
                context = self._context or ssl.create_default_context()
                connected = context.wrap_socket(connected, server_hostname=parts.hostname)
                opened(connected)
            with connected:
                return self._get(connected, parts.netloc, (parts.path or "/") + (f"?{parts.query}" * bool(parts.query)))

    def _connect(self, host: str, port: int, deadline: float) -> socket.socket | None:
        """A connection to an address that may be connected to."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, address in found[:_ADDRESSES]:
            if not self._allowed(str(address[0])):
                continue
            made = socket.socket(family, kind, protocol)
            try:
                made.settimeout(max(deadline - time.monotonic(), 0.001))
                made.connect(address)
                if self._allowed(str(made.getpeername()[0])):
                    return made
            except OSError:
                pass
            made.close()
        return None

    def _allowed(self, address: str) -> bool:
        return self._private or _native.http_address_is_public(address)

    def _get(self, connected: socket.socket, authority: str, target: str) -> bytes | None:
        headers = f"Host: {authority}\r\nAccept: application/jwk-set+json, application/json\r\n"
        request = f"GET {target} HTTP/1.1\r\n{headers}Accept-Encoding: identity\r\nConnection: close\r\n\r\n"
        connected.sendall(request.encode("ascii"))
        response = http.client.HTTPResponse(connected, method="GET")
        try:
            response.begin()
            if response.status != 200 or response.getheader("content-encoding", "identity") != "identity":
                return None
            body = response.read(self._max_bytes + 1)
            # What is left of the announced length, where the connection ended too soon.
            return None if response.length or len(body) > self._max_bytes else body
        finally:
            response.close()


def _cut(connection: socket.socket) -> None:
    """Makes whoever waits for this socket stop waiting."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It is closed already.
        return
