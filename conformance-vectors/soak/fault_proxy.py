"""A TCP proxy that does to the replies of a server what networks do."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable

# What is done to a piece of a reply: the bytes to pass on. It may raise `Broken`.
Fault = Callable[[bytes], bytes]


class Broken(Exception):  # noqa: N818, it is what was asked for
    """The connection ends here; with a reset, or as if the server had closed it."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__()
        self.reset = reset


def delay(seconds: float) -> Fault:
    """Replies come late."""

    def fault(reply: bytes) -> bytes:
        time.sleep(seconds)
        return reply

    return fault


def swallow(_: bytes) -> bytes:
    """The server has done what it was told, and nobody hears of it."""
    return b""


def reset(_: bytes) -> bytes:
    """RST instead of the reply."""
    raise Broken(reset=True)


def half_close(_: bytes) -> bytes:
    """FIN instead of the reply; what the client goes on sending is taken."""
    raise Broken(reset=False)


def cut(reply: bytes) -> bytes:
    """The first half, and no more."""
    return reply[: len(reply) // 2]


def garbage(_: bytes) -> bytes:
    """Bytes of no protocol."""
    return b"HTTP/1.1 200 OK\r\n\r\n\x00\xff"


class FaultProxy:
    """Listens on :attr:`port` and passes on to a port of this machine. ``fault`` may be changed at any time."""

    def __init__(self, target: int) -> None:
        self.fault: Fault | None = None
        # What is told of all that the client sends, where somebody wants to know.
        self.hear: Callable[[bytes], object] | None = None
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def close(self) -> None:
        """Takes no more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target), 5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
            threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := client.recv(65536):
                if self.hear is not None:
                    self.hear(piece)
                server.sendall(piece)
            server.shutdown(socket.SHUT_WR)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        try:
            while piece := server.recv(65536):
                client.sendall(piece if self.fault is None else self.fault(piece))
            client.shutdown(socket.SHUT_RDWR)
        except Broken as broken:
            with contextlib.suppress(OSError):
                if broken.reset:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    # It is closed when nobody reads from it any more.
                    client.shutdown(socket.SHUT_RD)
                    client.close()
                else:
                    client.shutdown(socket.SHUT_WR)
        except OSError:
            client.close()
        finally:
            server.close()
