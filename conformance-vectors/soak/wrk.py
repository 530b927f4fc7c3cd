"""One request, sent very often over many connections by ``wrk``, which leaves the processors to the gateway."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from load import Load, flood

# The longest that it may take, in seconds.
_PATIENCE = 800

_SCRIPT = Path(__file__).with_suffix(".lua")


def repeat(port: int, request: bytes, count: int, connections: int) -> Load:
    """Sends one request again and again, until `count` answers are there; the answers to a few more may be unheard."""
    command = shutil.which("wrk")
    if command is None or count < 10_000:
        return flood(port, (request for _ in range(count)), connections)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "request"
        file.write_bytes(request)
        options = ["-t1", f"-c{connections}", f"-d{_PATIENCE}s", "--timeout", "60s", "-s", str(_SCRIPT)]
        process = subprocess.Popen(
            [command, *options, f"http://127.0.0.1:{port}"],
            env={**os.environ, "SOAK_REQUEST": str(file), "SOAK_COUNT": str(count)},
            stdout=subprocess.PIPE,
            text=True,
        )
        said = []
        with process:
            assert process.stdout is not None
            for line in process.stdout:
                if line == "enough\n":
                    process.send_signal(signal.SIGINT)
                said.append(line)
    if "enough\n" not in said:
        raise AssertionError(f"{count} answers took longer than {_PATIENCE} s")
    load = Load()
    for words in (line.split() for line in said):
        match words:
            case ["code", code, number]:
                load.codes[code] += int(float(number))
            case ["broken", _, number]:
                load.broken = int(float(number))
            case ["slowest", _, microseconds]:
                load.slowest_ms = float(microseconds) / 1000
    return load
