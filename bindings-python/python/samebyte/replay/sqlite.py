"""Replay store in a file of SQLite: several processes on one host, with nothing to install.

PHP reads and writes the same file. A process that is killed loses nothing. A machine that loses its power may lose the
last reservations; the file knows the machine's boot, and another one counts as lost state.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from pathlib import Path

from samebyte.replay._contract import Lost, Verdict, unfit

__all__ = ["SqliteStore"]

# Expired nonces that a reservation takes away.
_SWEEP = 100

# How long the opening of the file waits for others, in seconds.
_OPENING = 5.0

_BOOT = Path("/proc/sys/kernel/random/boot_id")

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS nonce(key BLOB PRIMARY KEY, owner BLOB NOT NULL, forget INTEGER NOT NULL)"
    " WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS nonce_forget ON nonce(forget)",
    "CREATE TABLE IF NOT EXISTS state(name TEXT PRIMARY KEY, value) WITHOUT ROWID",
    # Counting a million rows for each reservation would take too long.
    "CREATE TRIGGER IF NOT EXISTS nonce_added AFTER INSERT ON nonce"
    " BEGIN UPDATE state SET value = value + 1 WHERE name = 'nonces'; END",
    "CREATE TRIGGER IF NOT EXISTS nonce_removed AFTER DELETE ON nonce"
    " BEGIN UPDATE state SET value = value - 1 WHERE name = 'nonces'; END",
    "INSERT OR IGNORE INTO state VALUES ('schema', 1), ('nonces', (SELECT count(*) FROM nonce))",
)


class SqliteStore:
    """A replay store in the file ``path``, which is made where it is missing, readable for its owner alone.

    ``cap`` bounds the live nonces. ``timeout_ms`` bounds the wait for other processes. The file must lie on a disk of
    this host, not on a network drive.
    """

    def __init__(self, path: str | os.PathLike[str], *, cap: int = 1_000_000, timeout_ms: int = 50) -> None:
        self._path = Path(path)
        self._cap = cap
        self._timeout = timeout_ms / 1000
        self._lost: list[Lost] = []
        self._begin()

    def start(self, lost: Lost) -> None:
        """As :meth:`samebyte.replay.Store.start`. A new file counts as lost state."""
        with self._lock:
            self._lost.append(lost)
            self._close()
            try:
                self._open(_OPENING)
            except (sqlite3.Error, OSError) as error:
                raise unfit(f"the file of the replay store cannot be opened: {error}", "REPLAY_STORE") from None

    def reserve(self, key: bytes, owner: bytes, ttl_ms: int) -> Verdict:
        """As :meth:`samebyte.replay.Store.reserve`."""
        if self._process != os.getpid():
            # Closing what the process that forked has open would let go of its locks.
            self._inherited = self._database
            self._begin()
        if not self._lock.acquire(timeout=self._timeout):
            return Verdict.UNAVAILABLE
        try:
            return self._reserve(self._ready(), key, owner, ttl_ms)
        except sqlite3.Error as error:
            self._close()
            return Verdict.FULL if "disk is full" in str(error) else Verdict.UNAVAILABLE
        except OSError:
            self._close()
            return Verdict.UNAVAILABLE
        finally:
            self._lock.release()

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._close()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def _reserve(self, database: sqlite3.Connection, key: bytes, owner: bytes, ttl_ms: int) -> Verdict:
        # Reading waits for nobody, and a nonce that is there is a sure replay.
        held = _held(database, key, owner, _now(database))
        if held is not None:
            return held
        with _Transaction(database):
            now = _now(database)
            expired = "SELECT key FROM nonce WHERE forget <= ? ORDER BY forget LIMIT ?"
            database.execute(f"DELETE FROM nonce WHERE key IN ({expired})", (now, _SWEEP))  # noqa: S608, no input
            held = _held(database, key, owner, now)
            if held is not None:
                return held
            if _state(database, "nonces") >= self._cap:
                return Verdict.FULL
            # What is expired and was not swept; the trigger would not see that it is replaced.
            database.execute("DELETE FROM nonce WHERE key = ?", (key,))
            database.execute("INSERT INTO nonce VALUES (?, ?, ?)", (key, owner, now + max(ttl_ms, 1000)))
            database.execute("UPDATE state SET value = ? WHERE name = 'high'", (now,))
        return Verdict.NEW

    def _ready(self) -> sqlite3.Connection:
        """The open file; opened anew after an error, after a fork, and where the path leads to another file now."""
        if self._database is not None and _identity(self._path) != self._file:
            self._close()
        return self._database or self._open(self._timeout)

    def _open(self, wait: float) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        database = sqlite3.connect(self._path, timeout=wait, isolation_level=None, check_same_thread=False)
        try:
            boot = _boot()
            database.execute("PRAGMA journal_mode = WAL").fetchone()
            database.execute(f"PRAGMA synchronous = {'NORMAL' if boot else 'FULL'}")
            lost_ms = _prepared(database, boot)
            database.execute(f"PRAGMA busy_timeout = {int(self._timeout * 1000)}")
        except BaseException:
            database.close()
            raise
        self._file, self._database = _identity(self._path), database
        for lost in self._lost:
            lost(lost_ms)
        return database

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = None


class _Transaction:
    """Writes alone, or not at all."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def __exit__(self, error: object, *_: object) -> None:
        if error is None:
            self._database.execute("COMMIT")
        elif self._database.in_transaction:
            self._database.execute("ROLLBACK")


def _prepared(database: sqlite3.Connection, boot: str | None) -> int:
    """Makes what a new file lacks; when the state of the file was lost, in Unix milliseconds."""
    with _Transaction(database):
        for statement in _SCHEMA:
            database.execute(statement)
        if _state(database, "schema") != 1:
            raise sqlite3.DatabaseError("it is of another version")
        known = dict(database.execute("SELECT name, value FROM state"))
        if "lost" not in known or "high" not in known or known.get("boot") != boot:
            now = max(_wall(), known.get("high", 0))
            rows = [("lost", now), ("high", now), ("boot", boot)]
            database.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", rows)
        return _state(database, "lost")


def _held(database: sqlite3.Connection, key: bytes, owner: bytes, now: int) -> Verdict | None:
    """What the reservation says that holds this key; ``None`` where there is none."""
    held = database.execute("SELECT owner FROM nonce WHERE key = ? AND forget > ?", (key, now)).fetchone()
    if held is None:
        return None
    return Verdict.NEW if held[0] == owner else Verdict.REPLAY


def _state(database: sqlite3.Connection, name: str) -> int:
    row = database.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
    return int(row[0])


def _now(database: sqlite3.Connection) -> int:
    """The time in Unix milliseconds. A clock that steps back makes no nonce be forgotten later, or again new."""
    return max(_wall(), _state(database, "high"))


def _wall() -> int:
    return time.time_ns() // 1_000_000


def _boot() -> str | None:
    """The name of this run of the machine; ``None`` where the system tells none."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return None


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino
