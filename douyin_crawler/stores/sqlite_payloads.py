"""Payloads in SQLite: of each source the newest stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.items.observation import SOURCES
from douyin_crawler.stores.base import StoredPayload
from douyin_crawler.stores.payloads import decompress
from douyin_crawler.stores.sqlite_codec import parse_time, time_text
from douyin_crawler.stores.sqlite_schema import PAYLOADS, upsert

if TYPE_CHECKING:
    import sqlite3

    from douyin_crawler.items.observation import Observation, Source

_SAVE_NEWER = (
    upsert("payloads", tuple(PAYLOADS), ("kind", "id", "source"))
    + " WHERE excluded.observed_at > payloads.observed_at"
)
_SAME_SECOND = """
    SELECT text FROM payloads
    WHERE kind = ? AND id = ? AND source = ? AND observed_at = ?
"""
_REPLACE = "UPDATE payloads SET text = ? WHERE kind = ? AND id = ? AND source = ?"
_LOAD = """
    SELECT observed_at, text FROM payloads
    WHERE kind = ? AND id = ? AND source = ?
"""


def save_payload(
    connection: sqlite3.Connection, seen: Observation, frame: bytes
) -> None:
    """Keep the newest payload of a source; of one second the greater text."""
    key = seen.kind, seen.id, seen.source
    time = time_text(seen.observed_at)
    if connection.execute(_SAVE_NEWER, (*key, time, frame)).rowcount:
        return
    row = connection.execute(_SAME_SECOND, (*key, time)).fetchone()
    if row and row[0] != frame and decompress(row[0]) < seen.payload:
        connection.execute(_REPLACE, (frame, *key))


def load_payload(
    connection: sqlite3.Connection, kind: str, id: str, source: Source | None
) -> StoredPayload | None:
    """Return the payload of *source*, by default of the best one there is."""
    for name in (source,) if source else SOURCES:
        row = connection.execute(_LOAD, (kind, id, name)).fetchone()
        if row:
            return StoredPayload(
                kind=kind,
                id=id,
                source=name,
                observed_at=parse_time(row[0]),
                text=decompress(row[1]),
            )
    return None


def count_payloads(connection: sqlite3.Connection, kind: str) -> int:
    """Return how many ids of *kind* have a payload."""
    query = "SELECT COUNT(DISTINCT id) FROM payloads WHERE kind = ?"
    count: int = connection.execute(query, (kind,)).fetchone()[0]
    return count
