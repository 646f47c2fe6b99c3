"""A SQLite file, opened for several processes at once, and its transactions."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAGE_BYTES = 8192
"""Of a new file. Rows are large: SQLite's default takes half as much CPU again."""


def connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Return a connection that waits for others so long, and opens no transactions."""
    return sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)


def prepare_file(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """Make commits durable, and let reading go on while another writes."""
    connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
    _use_wal(connection, busy_seconds)
    connection.execute("PRAGMA synchronous = FULL")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the file's write lock from the start: what is read stays true.

    A deferred transaction that turns to writing fails at once when another process
    wrote meanwhile, whatever the timeout is.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _use_wal(connection: sqlite3.Connection, seconds: float) -> None:
    """Turn the write-ahead log on; SQLite itself does not wait for others here."""
    until = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
