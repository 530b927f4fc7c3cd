#!/usr/bin/env python3
"""Runs adapters (PROTOCOL.md) against the vectors and against each other.

    run.py vectors ADAPTER…     every vector of manifest.json, the same number for each adapter
    run.py matrix ADAPTER…      each adapter signs, every adapter verifies

An adapter is an executable of any implementation. Needs Python 3.10 and nothing else. The last line is
`N passed, N failed, N skipped`; the exit code is 0 when nothing failed.
"""

import argparse
import sys
from pathlib import Path

import matrix
import vectors
from adapter import Adapter
from report import Report

_HERE = Path(__file__).resolve().parent


def main(arguments):
    """The command; the exit code of the process."""
    parser = argparse.ArgumentParser(
        prog="run.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("vectors", "matrix"))
    parser.add_argument("adapters", nargs="+", metavar="ADAPTER", help="an executable that speaks PROTOCOL.md")
    parser.add_argument("--root", default=_HERE.parent, help="the folder that holds manifest.json")
    parser.add_argument("--xfails", default=_HERE / "xfails", help="the folder of the lists of expected failures")
    parser.add_argument("--timeout", type=float, default=30.0, help="seconds to wait for one reply (default 30)")
    options = parser.parse_args(arguments)
    adapters = [Adapter(path, options.timeout) for path in options.adapters]
    if len({adapter.name for adapter in adapters}) != len(adapters):
        parser.error("two adapters have the same file name")
    report = Report(options.xfails)
    {"vectors": vectors.run, "matrix": matrix.run}[options.what](options.root, adapters, report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
