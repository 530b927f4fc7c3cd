"""A ``redis-server`` of our own on this machine, and a client of a few lines, so that none of the tested ones is judge."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Not among those that the system gives to whoever connects, and each once: checks that run beside each other, and others'
# connections, take no port that was just found to be free. Another process begins elsewhere.
_PORTS = itertools.count(os.getpid() * 251)


def free_port() -> int:
    """A port that nobody listens on."""
    for number in _PORTS:
        port = 20_000 + number % 12_000
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("numbers do not end")


class RedisServer:
    """A server that keeps nothing on disk: killed, it has forgotten everything."""

    def __init__(self, *options: str) -> None:
        self.port = free_port()
        self._folder = tempfile.TemporaryDirectory()
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.begin()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def begin(self) -> None:
        """Starts it, on the port that it had."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        command += ["--dir", self._folder.name, "--loglevel", "warning", *self._options]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while True:
            try:
                if self.command("PING") == "PONG":
                    return
            except OSError:
                pass
            if time.monotonic() > end:
                raise AssertionError("redis-server does not start")
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """A server that takes connections and bytes, and answers nothing until it goes on."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._process.pid, signal.SIGCONT)

    def command(self, *words: str) -> str | int | None:
        """The reply to one command that answers with a line, a number or a text."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
            parts = [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
            connection.sendall(f"*{len(words)}\r\n{''.join(parts)}".encode())
            replies = connection.makefile("rb")
            head = replies.readline().decode().strip()
            if head.startswith("-"):
                raise OSError(head)
            if head.startswith("$"):
                length = int(head[1:])
                return None if length < 0 else replies.read(length).decode()
            return int(head[1:]) if head.startswith(":") else head[1:]

    def close(self) -> None:
        self.kill()
        self._folder.cleanup()

    def __enter__(self) -> RedisServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
