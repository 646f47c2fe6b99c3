"""What SQLite's errors mean to a person."""

from __future__ import annotations

import sqlite3

_LOCKED = "another program holds it locked: close that, then run it again"
_READONLY = "it can't be written: check who owns the file and its folder"
_ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full: free some space, then run it again",
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PROTOCOL: _LOCKED,
    sqlite3.SQLITE_NOTADB: "it is no SQLite database: choose another file",
    sqlite3.SQLITE_CORRUPT: "it is damaged: restore a copy, or choose another file",
    sqlite3.SQLITE_READONLY: _READONLY,
    sqlite3.SQLITE_PERM: _READONLY,
    sqlite3.SQLITE_CANTOPEN: "it can't be opened: check the path and who owns it",
    sqlite3.SQLITE_IOERR: "its disk can't be read or written",
}
_PASSING = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
)


def is_transient(error: sqlite3.Error) -> bool:
    """Return whether the same call may well succeed in a while."""
    return _code(error) in _PASSING


def explain(error: sqlite3.Error) -> str:
    """Return one line that says what to do, with SQLite's own words behind it."""
    advice = _ADVICE.get(_code(error))
    return f"{advice} ({error})" if advice else str(error)


def _code(error: sqlite3.Error) -> int:
    """Return the primary code; 0 for errors of the module itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
