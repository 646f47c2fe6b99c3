"""Requests spent and the next one's turn, in SQLite."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from douyin_crawler.stores.base import Reservation

if TYPE_CHECKING:
    import sqlite3

BUDGET = {
    "session": "TEXT NOT NULL",
    "day": "TEXT NOT NULL",
    "spent": "INTEGER",
    "next_at": "REAL",  # Unix seconds, as at
    "at": "REAL",
}
BUDGET_KEY = ("session", "day")
_FIND = "SELECT spent, next_at, at FROM budget WHERE session = ? AND day = ?"
_LATEST = """
    SELECT 0, next_at, at FROM budget WHERE session = ? ORDER BY day DESC LIMIT 1
"""
_SAVE = """
    INSERT INTO budget (session, day, spent, next_at, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (session, day) DO UPDATE SET
        spent = excluded.spent, next_at = excluded.next_at, at = excluded.at
"""
# Another process may already count for the day that follows.
_HOLD = """
    UPDATE budget SET next_at = MAX(next_at, MAX(at, ?) + ?)
    WHERE session = ? AND day >= ?
"""


def reserve(
    connection: sqlite3.Connection,
    session: str,
    day: str,
    *,
    limit: int,
    interval: float,
) -> Reservation:
    """Count a request of *session* and give it its turn, in the open transaction."""
    row = connection.execute(_FIND, (session, day)).fetchone()
    if row is None:  # a new day goes on at the pace of the last one
        row = connection.execute(_LATEST, (session,)).fetchone() or (0, 0.0, 0.0)
    spent, next_at, at = row
    if 0 < limit <= spent:
        return Reservation(granted=False, spent=spent, wait=0.0)
    now = time.time()
    # Where the clock was set back, the turns that are given keep their distance.
    wait = max(0.0, next_at - max(now, at))
    row = session, day, spent + 1, now + wait + interval, now
    connection.execute(_SAVE, row)
    return Reservation(granted=True, spent=spent + 1, wait=wait)


def hold(
    connection: sqlite3.Connection, session: str, day: str, seconds: float
) -> None:
    """Give *session* no turn for so long, in the open transaction."""
    if connection.execute(_FIND, (session, day)).fetchone() is None:
        row = connection.execute(_LATEST, (session,)).fetchone() or (0, 0.0, 0.0)
        connection.execute(_SAVE, (session, day, *row))
    connection.execute(_HOLD, (time.time(), seconds, session, day))


def spent(connection: sqlite3.Connection, session: str, day: str) -> int:
    """Return how many requests *session* has spent on *day*."""
    row = connection.execute(_FIND, (session, day)).fetchone()
    return int(row[0]) if row else 0
