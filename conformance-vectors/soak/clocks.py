"""Gateways whose clocks are wrong, or step."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from checks import Skip, equal, holds
from frames import Frame, Signer
from gateway import Gateway
from load import flood, flood_all
from redis_server import RedisServer


class Clock:
    """The clock of a process, which can be set while it runs."""

    def __init__(self, folder: str, offset: int = 0) -> None:
        libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        if not libraries:
            raise Skip("faketime is not installed")
        self._file = Path(folder) / "clock"
        self.set(offset)
        self.settings = {
            "LD_PRELOAD": str(libraries[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, offset: int) -> None:
        """Seconds ahead of the true time."""
        # Whole at once: it is read at any time.
        new = self._file.with_suffix(".new")
        new.write_text(f"{offset:+d}s\n")
        new.replace(self._file)


# In a gateway of the development preset nothing is cold, so that old frames meet the check that they are for.
DEV = {"PRESET": "dev", "REPLAY_STORE": "memory"}


def wrong_clock(kind: str, full_form: bool) -> str:
    """Gateways that are seconds to minutes off: the window is where it has to be."""
    signer = Signer()
    table = {
        -600: "signature_not_yet_valid",
        -31: "signature_not_yet_valid",
        -29: "signature_not_yet_valid",
        -3: "200",
        3: "200",
        29: "200",
        33: "signature_expired",
        600: "signature_expired",
    }
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock(folder)
        for offset, expected in table.items():
            clock.set(offset)
            # A new process for each: one that runs refuses a clock that steps back.
            with Gateway(kind, [signer], {**DEV, **clock.settings}) as gateway:
                code = gateway.send(Frame(signer, iat=int(time.time()), ttl=1)).code
                equal(code, expected, f"{offset:+d} s")
    return ", ".join(f"{offset:+d} s: {code}" for offset, code in table.items())


def step_back(kind: str, full_form: bool) -> str:
    """The clock of a running gateway is set back by ten minutes: refused until it has caught up, and nothing forgotten."""
    signer = Signer()
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock(folder)
        with Gateway(kind, [signer], {"REPLAY_STORE": "memory", **clock.settings}) as gateway:
            gateway.ready(signer)
            frames = [Frame(signer, ttl=290).wire() for _ in range(50)]
            equal(dict(flood(gateway.port, frames, 4).codes), {"200": 50}, "before")
            old = [Frame(signer, iat=int(time.time()) - 600, ttl=290).wire() for _ in range(20)]
            clock.set(-600)
            back = flood(gateway.port, frames + old, 4)
            equal(dict(back.codes), {"clock_stepped_back": 70}, "meanwhile")
            clock.set(0)
            gateway.ready(signer)
            after = flood(gateway.port, frames, 4)
            equal(dict(after.codes), {"replay_detected": 50}, "afterwards")
            clock.set(3600)
            equal(flood(gateway.port, frames, 4).codes["200"], 0, "an hour later")
    return f"back 10 min: {back.words()}; again: {after.words()}"


def two_clocks(kind: str, full_form: bool) -> str:
    """Two gateways on one Redis whose clocks are seconds apart: each frame runs once."""
    signer = Signer()
    count, apart = (5_000, 20) if full_form else (200, 4)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        redis = stack.enter_context(RedisServer())
        settings = {"REPLAY_STORE": redis.url, "CLOCK_SKEW": "5", "REPLAY_TIMEOUT_MS": "50" if full_form else "250"}
        true = stack.enter_context(Gateway(kind, [signer], settings))
        behind = stack.enter_context(Gateway(kind, [signer], {**settings, **Clock(folder, -apart).settings}))

        def frame() -> Frame:
            return Frame(signer, iat=int(time.time()) - apart + 2, ttl=290)

        # Until what is dated like this is younger than the start of both.
        for gateway in (true, behind):
            gateway.ready(frame)
        frames = [frame().wire() for _ in range(count)]
        wins: Counter[int] = Counter()
        for _ in range(2):
            flood_all([true.port, behind.port], frames, 8, lambda at, answer: wins.update({at: answer.status == 200}))
        equal(max(wins.values()), 1, "runs of a frame")
        holds(wins.total() >= count * 0.99, f"{wins.total()} of {count} ran")
    return f"{count} frames twice to both, {apart} s apart: {wins.total()} ran once, 0 twice"


CHECKS: tuple[Callable[[str, bool], str], ...] = (wrong_clock, step_back, two_clocks)
