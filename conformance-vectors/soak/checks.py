"""Counts what holds, what does not and what could not be tried, and keeps what was measured."""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


class Skip(Exception):  # noqa: N818, it is no error
    """Something that is needed is not here."""


@dataclass
class Results:
    """One line for each check, as it ends."""

    rows: list[dict[str, str]] = field(default_factory=list)
    # Where it is not empty, checks run only that have each of these words in their name.
    only: list[str] = field(default_factory=list)
    # Where the rows are written, after each check: a run that is broken off has measured what it has measured.
    file: Path | None = None

    def run(self, test: str, subject: str, check: Callable[[], str | None]) -> None:
        """Runs one check. What it returns is what was measured, in words."""
        if not all(word in f"{test}: {subject}" for word in self.only):
            return
        begin = time.monotonic()
        outcome, words = "ok", ""
        try:
            words = check() or ""
        except Skip as reason:
            outcome, words = "skipped", str(reason)
        except Exception as error:
            outcome, words = "FAILED", f"{type(error).__name__}: {error}"
            traceback.print_exc(file=sys.stdout)
        if outcome == "skipped":
            self.skip(test, subject, words)
            return
        seconds = time.monotonic() - begin
        print(f"{outcome} - {test}: {subject} ({seconds:.1f} s){': ' if words else ''}{words}", flush=True)
        self._note(test, subject, outcome, words, f"{seconds:.0f} s")

    def skip(self, test: str, subject: str, reason: str) -> None:
        """Says what was not tried, and why."""
        print(f"skipped - {test}: {subject}: {reason}", flush=True)
        self._note(test, subject, "skipped", reason, "")

    def _note(self, test: str, subject: str, outcome: str, words: str, took: str) -> None:
        date = time.strftime("%Y-%m-%d", time.gmtime())
        measured = " ".join(words.split())
        row = {"test": test, "subject": subject, "outcome": outcome, "measured": measured, "took": took, "date": date}
        self.rows.append(row)
        if self.file is not None:
            self.file.write_text(json.dumps(self.rows, ensure_ascii=False, indent=1))

    def count(self, outcome: str) -> int:
        return sum(row["outcome"] == outcome for row in self.rows)

    def summary(self) -> str:
        """The line that counts."""
        return f"{self.count('ok')} passed, {self.count('FAILED')} failed, {self.count('skipped')} skipped"


def equal(actual: object, expected: object, what: str) -> None:
    """Fails where two values differ."""
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r}, not {expected!r}")


def holds(condition: bool, what: str) -> None:
    """Fails where something does not hold."""
    if not condition:
        raise AssertionError(what)
