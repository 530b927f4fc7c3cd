"""Canonicalization against its peers: medians of interleaved rounds, as a Markdown table.

``python bench_jcs.py DOCUMENTS [--json FILE] [--rounds N] [--only WORD]``: DOCUMENTS is a folder of JSON files, such as
``cargo bench -p samebyte --bench jcs -- --documents DOCUMENTS`` writes. The JSON rows are
``{"document","bytes","peer","ns"}``.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson
import rfc8785

import samebyte

# How long one peer works on one document in one round, in nanoseconds.
BATCH = 40_000_000

OWN = "samebyte dict"

Work = Callable[[], object]


def peers(text: bytes, value: Any) -> dict[str, Work]:
    """What is measured on a document: its text, and the object that the text means."""
    return {
        OWN: lambda: samebyte.canonicalize(value),
        "samebyte bytes": lambda: samebyte.canonicalize(text),
        "orjson dict (sorted keys, not RFC 8785)": lambda: orjson.dumps(value, option=orjson.OPT_SORT_KEYS),
        "rfc8785 dict": lambda: rfc8785.dumps(value),
    }


def once(work: Work, times: int) -> int:
    """How long ``times`` calls take, in nanoseconds."""
    start = time.perf_counter_ns()
    for _ in range(times):
        work()
    return time.perf_counter_ns() - start


def measure(text: bytes, rounds: int) -> dict[str, float]:
    """Nanoseconds for one call of each peer: the median of rounds in which the peers take turns."""
    gc.disable()
    work = peers(text, json.loads(text))
    if samebyte.canonicalize(json.loads(text)) != samebyte.canonicalize(text):
        raise SystemExit("the object and its text give different bytes")
    times = {name: max(1, BATCH // max(1, once(call, 1))) for name, call in work.items()}
    # The first call is slower than those that follow.
    times = {name: max(1, BATCH * times[name] // max(1, once(call, times[name]))) for name, call in work.items()}
    samples: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, call in work.items():
            # Not counted: it finds the caches and the heap as another peer left them.
            call()
            samples[name].append(once(call, times[name]) / times[name])
    return {name: statistics.median(taken) for name, taken in samples.items()}


def shown(nanoseconds: float) -> str:
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.2f} {unit}"
    return f"{nanoseconds:.0f} ns"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    files = sorted(arguments.documents.glob("*.json"), key=lambda file: file.stat().st_size)
    files = [file for file in files if arguments.only in file.stem]
    if not files:
        parser.error("there are no such documents")
    rows: list[dict[str, Any]] = []
    names = list(peers(b"", None))
    print("| document | bytes | " + " | ".join(names) + " |")
    print("|---|---:|" + "---:|" * len(names))
    for file in files:
        text = file.read_bytes()
        # In a process of its own: where objects lie must not depend on what was measured before.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            taken = process.submit(measure, text, arguments.rounds).result()
        cells = [
            shown(taken[name]) if name == OWN else f"{shown(taken[name])} ({taken[name] / taken[OWN]:.2f}x)"
            for name in names
        ]
        print(f"| {file.stem} | {len(text)} | " + " | ".join(cells) + " |", flush=True)
        rows += [{"document": file.stem, "bytes": len(text), "peer": name, "ns": round(taken[name])} for name in names]
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
