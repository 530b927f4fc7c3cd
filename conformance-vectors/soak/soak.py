#!/usr/bin/env python3
"""Runs the suites of races and faults: ``soak.py [--full] [--json FILE] [--only WORD]… [stores] [gateways]``."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import gateways
import stores
from checks import Results

SUITES = {"stores": stores.run, "gateways": gateways.run}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="the long form")
    parser.add_argument("--json", type=Path, help="where the rows are written")
    parser.add_argument("--only", action="append", default=[], help="checks whose name or subject has this word in it")
    parser.add_argument("suites", nargs="*", default=list(SUITES))
    arguments = parser.parse_args()
    begin = time.monotonic()
    results = Results(only=arguments.only, file=arguments.json)
    for name in arguments.suites:
        SUITES[name](results, full_form=arguments.full)
    print(f"# {time.monotonic() - begin:.0f} s")
    print(results.summary())
    return 1 if results.count("FAILED") else 0


if __name__ == "__main__":
    sys.exit(main())
