"""A store behind its driver (README.md): a process that answers one line for each line."""

from __future__ import annotations

import json
import os
import queue
import secrets
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# What cargo builds.
BUILD = Path(os.environ.get("SAMEBYTE_BUILD", ROOT / "target"))
DRIVERS = Path(__file__).parent / "drivers"

# Longer than any store may take by far: then the driver hangs, which is a failure of its own.
_PATIENCE = 30.0

Reservation = tuple[str, str, int]


class Refused(Exception):  # noqa: N818, it is a verdict
    """The store did not start; the text is the code."""


class Driver:
    """One process with one store."""

    def __init__(self, language: str, store: dict[str, Any], *, wrapper: Sequence[str] = ()) -> None:
        self._process = subprocess.Popen(
            [*wrapper, str(DRIVERS / language)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.lost: int | None = None
        self.slowest = 0.0
        try:
            answer = self._ask({"open": store})
            if "error" in answer:
                raise Refused(answer["error"])
        except BaseException:
            self.kill()
            raise

    def reserve(self, key: str, owner: str | None = None, ttl: int = 300_000) -> str:
        """The verdict on one nonce."""
        answer = self._ask({"reserve": [key, owner or token(), ttl]})
        verdict: str = answer["verdict"]
        return verdict

    def together(self, reservations: Sequence[Reservation]) -> list[str]:
        """The verdicts on several nonces at once."""
        verdicts: list[str] = self._ask({"together": reservations})["verdicts"]
        return verdicts

    def tell(self, reservations: Sequence[Reservation]) -> None:
        """Sends reservations without waiting for what :meth:`heard` gives."""
        self._write({"together": reservations})

    def heard(self) -> list[str]:
        """The verdicts of the oldest :meth:`tell` that was not heard."""
        verdicts: list[str] = self._answer()["verdicts"]
        return verdicts

    def take_lost(self) -> int | None:
        """What the store said of its state since this was last asked."""
        lost, self.lost = self.lost, None
        return lost

    def take_slowest(self) -> float:
        """The longest call since this was last asked, in milliseconds."""
        slowest, self.slowest = self.slowest, 0.0
        return slowest

    def kill(self) -> None:
        """Ends the process in the middle of what it does."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Ends the process as it should end."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def __enter__(self) -> Driver:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        self._write(question)
        return self._answer()

    def _write(self, question: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=_PATIENCE)
        except queue.Empty:
            raise AssertionError("the driver does not answer") from None
        if not line:
            raise AssertionError("the driver ended")
        answer: dict[str, Any] = json.loads(line)
        if answer.get("lost") is not None:
            self.lost = max(answer["lost"], self.lost or 0)
        self.slowest = max(self.slowest, answer.get("ms", 0.0))
        return answer

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")


def token() -> str:
    """A key or an owner that nobody has had."""
    return secrets.token_hex(16)
