"""What a run has proved against implementations that are not ours, kept for docs/reference/interoperability.md."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "build" / "interop" / "python.json"

_ROWS: dict[tuple[str, str, str, str], dict[str, Any]] = {}


def proved(
    what: str,
    algorithm: str,
    form: str,
    peer: str,
    *,
    ours_to_theirs: bool | None,
    theirs_to_ours: bool | None,
    version: str | None = None,
) -> None:
    """Keeps a row. A direction is ``True``, or ``None`` where the peer has no such thing.

    ``version`` is that of a peer that is not in the environment of the tests.
    """
    key = (what, algorithm, form, peer)
    assert key not in _ROWS, key
    assert False not in (ours_to_theirs, theirs_to_ours), key
    _ROWS[key] = {
        "what": what,
        "algorithm": algorithm,
        "form": form,
        "peer": peer,
        "version": version or importlib.metadata.version(peer),
        "ours_to_theirs": ours_to_theirs,
        "theirs_to_ours": theirs_to_ours,
    }


def write() -> None:
    """Writes the rows of this run over those of the same subjects in the file."""
    if not _ROWS:
        return
    kept = json.loads(FILE.read_text()) if FILE.exists() else []
    subjects = {row["what"] for row in _ROWS.values()}
    rows = [row for row in kept if row["what"] not in subjects] + list(_ROWS.values())
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n")
