"""Gateways as their users run them: a process with settings from the environment."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from checks import Skip
from driver import BUILD, ROOT
from frames import ORIGIN, Frame, Signer
from load import Answer, ask, json_of
from redis_server import free_port

# How a gateway of each kind is started; PORT and UPSTREAM are filled in.
COMMANDS = {
    "python": [sys.executable, str(ROOT / "bindings-python/tests/soak_app.py"), "PORT"],
    "node": ["node", str(ROOT / "bindings-node/test/soak-app.mjs"), "PORT"],
    "php": ["php", "-d", "ffi.enable=true", "-S", "127.0.0.1:PORT", str(ROOT / "bindings-php/tests/soak_app.php")],
    "php-fpm": [sys.executable, str(Path(__file__).parent / "fpm.py"), "PORT"],
    "proxy": [
        str(BUILD / "release/samebyte"),
        "proxy",
        "--listen",
        "127.0.0.1:PORT",
        "--upstream",
        "http://127.0.0.1:UPSTREAM",
    ],
}

# What has to be built for it, where that is not the program itself.
NEEDED = {
    "node": ROOT / "bindings-node/node_modules",
    "php": BUILD / "release/libsamebyte.so",
    "php-fpm": BUILD / "release/libsamebyte.so",
}

# What stays when everything else of the environment is left out.
_KEPT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR")


class NotStarted(Exception):  # noqa: N818, some must not start
    """The gateway ended before it answered; the text is what it said."""


class Gateway:
    """One process with one gateway, and behind a proxy its upstream."""

    def __init__(
        self, kind: str, signers: list[Signer], settings: Mapping[str, str], wrapper: list[str] | None = None
    ) -> None:
        self.kind = kind
        self.port = free_port()
        self.signing_key = Signer()
        self._folder = tempfile.TemporaryDirectory()
        self._upstream: subprocess.Popen[bytes] | None = None
        environment = {
            "AUDIENCES": ORIGIN,
            "PUBLIC_ORIGINS": ORIGIN,
            "SIGNATURE_MODE": "/open/runs=off,/observed=observe,/optional=optional,*=required",
            "SIGNING_KEY": json.dumps(self.signing_key.private_jwk),
            "SIGN_RESPONSES": "on",
            "TRUSTED_KEYS": json.dumps({"keys": [signer.public_jwk for signer in signers]}),
            # The lock of the store in memory lies in the folder for temporary files: each gateway has its own,
            # unless a test says otherwise.
            "TMPDIR": self._folder.name,
            "SAMEBYTE_LIBRARY": str(BUILD / "release/libsamebyte.so"),
            **settings,
        }
        self._environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | environment
        self._wrapper = wrapper or []
        try:
            self._begin()
        except BaseException:
            self._end_upstream()
            raise

    def _begin(self) -> None:
        upstream = free_port()
        command = [
            part.replace("PORT", str(self.port)).replace("UPSTREAM", str(upstream)) for part in COMMANDS[self.kind]
        ]
        needed = NEEDED.get(self.kind, Path(command[0]))
        if shutil.which(command[0]) is None or not needed.exists():
            raise Skip(f"{needed.name} is not here")
        if self.kind == "proxy":
            self._upstream = subprocess.Popen(
                [sys.executable, str(Path(__file__).parent / "upstream.py"), str(upstream)]
            )
        self._said = (Path(self._folder.name) / "said").open("wb")
        self.process = subprocess.Popen(
            [*self._wrapper, *command], env=self._environment, stdout=self._said, stderr=subprocess.STDOUT
        )
        end = time.monotonic() + 60
        while True:
            # The proxy answers before its upstream does.
            with contextlib.suppress(OSError, EOFError, KeyError):
                self.runs()
                return
            if self.process.poll() is not None:
                text = self.said()
                self.close()
                raise NotStarted(text)
            if time.monotonic() > end:
                self.close()
                raise AssertionError("the gateway does not start")
            time.sleep(0.05)

    def said(self) -> str:
        """What it wrote to its output and its log."""
        return (Path(self._folder.name) / "said").read_text(errors="replace")

    def ready(self, frame: Signer | Callable[[], Frame], seconds: float = 90) -> None:
        """Waits until it accepts a request that is signed now: right after its start it refuses all that may be older."""
        make: Callable[[], Frame] = partial(Frame, frame) if isinstance(frame, Signer) else frame
        end = time.monotonic() + seconds
        while (answer := self.send(make())).status != 200:
            if time.monotonic() > end:
                raise AssertionError(f"the gateway accepts nothing: {answer.status} {answer.code}")
            time.sleep(0.1)

    def send(self, frame: Frame) -> Answer:
        """The answer to a request as it is."""
        return ask(self.port, frame.wire())

    def runs(self) -> tuple[int, int]:
        """How often the handler ran, and how often at most with one `id`."""
        told = json_of(ask(self.port, b"GET /open/runs HTTP/1.1\r\nHost: gw.example\r\n\r\n"))
        return int(str(told["runs"])), int(str(told["most"]))

    def resident_mb(self) -> float:
        """The memory of the process that is in use."""
        return self._memory("VmRSS")

    def peak_mb(self) -> float:
        """The most that it had in use since it began."""
        return self._memory("VmHWM")

    def _memory(self, name: str) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith(f"{name}:"))
        return int(line.split()[1]) / 1024

    def stop(self) -> None:
        """Ends it as it should end."""
        self.process.terminate()
        self.process.wait(30)

    def again(self) -> None:
        """Starts it anew after it has ended."""
        self._end_upstream()
        self._begin()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def _end_upstream(self) -> None:
        if self._upstream is not None:
            self._upstream.kill()
            self._upstream.wait()

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        self._end_upstream()
        self._said.close()
        self._folder.cleanup()

    def __enter__(self) -> Gateway:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
