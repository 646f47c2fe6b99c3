"""Payloads in SQLite: of each source the newest stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.observation import SOURCES
from douyin_crawler.stores.base import StoredPayload
from douyin_crawler.stores.payloads import (
    DamagedPayload,
    damaged,
    decompress,
    readable,
)
from douyin_crawler.stores.sqlite_codec import parse_time
from douyin_crawler.stores.sqlite_schema import PAYLOADS, upsert
from douyin_crawler.stores.storable import time_text, without_halves

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
_OF_RECORDS = f"kind IN ({', '.join('?' * len(KINDS))})"
_COUNT = f"SELECT COUNT(*) FROM payloads WHERE {_OF_RECORDS}"  # noqa: S608
_NEXT = f"""
    SELECT observed_at, kind, id, source, text FROM payloads
    WHERE (observed_at, kind, id, source) > (?, ?, ?, ?) AND +{_OF_RECORDS}
    ORDER BY observed_at, kind, id, source LIMIT 100
"""  # noqa: S608


def save_payload(
    connection: sqlite3.Connection, seen: Observation, frame: bytes
) -> None:
    """Keep the newest payload of a source; of one second the greater text."""
    id_ = without_halves(seen.payload_id or seen.id)
    key = seen.kind, id_, seen.source
    time = time_text(seen.observed_at)
    if connection.execute(_SAVE_NEWER, (*key, time, frame)).rowcount:
        return
    row = connection.execute(_SAME_SECOND, (*key, time)).fetchone()
    if row and row[0] != frame and readable(row[0]) < seen.payload:
        connection.execute(_REPLACE, (frame, *key))


def load_payload(
    connection: sqlite3.Connection, kind: str, id: str, source: Source | None
) -> StoredPayload | None:
    """Return the payload of *source*, by default of the best one there is.

    Raises:
        StoreError: it is damaged.
    """
    for name in (source,) if source else SOURCES:
        row = connection.execute(_LOAD, (kind, without_halves(id), name)).fetchone()
        if row:
            try:
                return _payload(row[0], kind, id, name, decompress(row[1]))
            except DamagedPayload:
                raise damaged(kind, id) from None
    return None


def load_payloads(
    connection: sqlite3.Connection, after: StoredPayload | None
) -> list[StoredPayload]:
    """Return the payloads of records that come next in the order of their time.

    The text of one that is damaged is b"".
    """
    start = ("",) * 4
    if after is not None:
        time = time_text(after.observed_at)
        start = (time, after.kind, after.id, after.source)
    rows = connection.execute(_NEXT, (*start, *KINDS)).fetchall()
    return [
        _payload(time, kind, key, source, readable(frame))
        for time, kind, key, source, frame in rows
    ]


def count_payloads(connection: sqlite3.Connection) -> int:
    """Return how many payloads of records there are."""
    count: int = connection.execute(_COUNT, tuple(KINDS)).fetchone()[0]
    return count


def count_ids(connection: sqlite3.Connection, kind: str) -> int:
    """Return how many ids of *kind* have a payload."""
    query = "SELECT COUNT(DISTINCT id) FROM payloads WHERE kind = ?"
    count: int = connection.execute(query, (kind,)).fetchone()[0]
    return count


def _payload(
    time: str, kind: str, id: str, source: Source, text: bytes
) -> StoredPayload:
    return StoredPayload(
        kind=kind,
        id=id,
        source=source,
        observed_at=parse_time(time),
        text=text,
    )
