"""One process per set of nonces in memory: a lock on a file, for the life of the process."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from samebyte._native import jcs_canonicalize
from samebyte.replay._contract import unfit


class Exclusive:
    """The lock for nonces of these audiences and origins. Bindings in other languages take the same.

    Raises ``settings_invalid`` where another process, or another gateway in this one, holds it.
    """

    def __init__(self, audiences: list[Any], public_origins: list[Any]) -> None:
        self._file = -1
        subject = hashlib.sha256(jcs_canonicalize([*audiences, *public_origins])).hexdigest()[:16]
        path = Path(tempfile.gettempdir()) / f"samebyte-replay-{subject}.lock"
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except OSError as error:
            raise unfit(f"the lock of the replay memory cannot be opened: {error}", "REPLAY_STORE") from None
        try:
            _lock(self._file)
        except OSError:
            self.release()
            raise unfit(
                "memory with several workers: another gateway of these audiences keeps its nonces elsewhere; "
                "use redis:// or sqlite:",
                "REPLAY_STORE",
            ) from None

    def release(self) -> None:
        """Lets others take it. The end of the process does so too."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def __del__(self) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
