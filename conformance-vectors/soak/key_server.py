"""A server of key sets that can be made to answer as broken and hostile ones do."""

from __future__ import annotations

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What it can be made to do.
FAULTS = ("500", "redirect", "huge", "garbage", "slow")


class KeyServer:
    """Serves `keys`, or what `fault` says, and notes when it was asked."""

    def __init__(self) -> None:
        self.keys: list[dict[str, str]] = []
        # What stands where a redirect leads: the keys of somebody else.
        self.elsewhere: list[dict[str, str]] = []
        self.fault: str | None = None
        self.asked: list[float] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(time.monotonic())
                fault = outer.fault
                keys = outer.elsewhere if self.path == "/other" else outer.keys
                body = b"<html>" if fault == "garbage" else json.dumps({"keys": keys}).encode()
                if fault == "huge":
                    body += b" " * 1_000_000
                if fault == "slow":
                    time.sleep(5)
                try:
                    self.send_response({"500": 500, "redirect": 302}.get(fault or "", 200))
                    if fault == "redirect":
                        self.send_header("Location", f"http://127.0.0.1:{outer.port}/other")
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    # Whoever asked has had enough.
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/jwks.json"

    @property
    def fetches(self) -> int:
        return len(self.asked)

    def shortest_pause(self) -> float:
        """The least time between two fetches, in seconds."""
        return min((later - sooner for sooner, later in zip(self.asked, self.asked[1:], strict=False)), default=3600.0)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> KeyServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Listener:
    """A port that takes connections, and counts them: nobody is to connect to it."""

    def __init__(self) -> None:
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        # A thread that waits in `accept` is woken by this alone.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
