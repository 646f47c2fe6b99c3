"""One batch into SQLite: loaded by id, merged in order, saved, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.observation import Observation
from douyin_crawler.stores.base import MAX_BYTES
from douyin_crawler.stores.batch import Batch
from douyin_crawler.stores.merge import record_of
from douyin_crawler.stores.payloads import compress
from douyin_crawler.stores.sqlite_codec import (
    Layout,
    decode,
    encode_fields,
    encode_rest,
    layout_of,
    size_of,
)
from douyin_crawler.stores.sqlite_history import save_verdict
from douyin_crawler.stores.sqlite_payloads import save_payload
from douyin_crawler.stores.sqlite_schema import (
    metrics_columns,
    names,
    quote,
    upsert,
)
from douyin_crawler.stores.storable import time_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from douyin_crawler.stores.base import Entry, Outcome
    from douyin_crawler.stores.batch import Key
    from douyin_crawler.stores.merge import Record

_IDS_A_QUERY = 500
"""SQLite takes 999 parameters in its older builds."""


@dataclass(slots=True)
class Prepared:
    """An entry with all that can be computed before the file is locked."""

    entry: Entry
    record: Record | None = None
    row: list[Any] = field(default_factory=list)
    """The record's fields as they are stored."""
    frame: bytes = b""
    too_large: bool = False


def prepare(entry: Entry, *, reparsed: bool = False) -> Prepared:
    """Return *entry* with its record, measured, and its payload, compressed.

    A payload that is *reparsed* is stored already.
    """
    if not isinstance(entry, Observation):
        return Prepared(entry)
    if len(entry.payload) > MAX_BYTES:
        return Prepared(entry, too_large=True)
    frame = b"" if reparsed else compress(entry.payload)
    if entry.item is None or entry.kind not in KINDS:
        return Prepared(entry, frame=frame)
    record = record_of(entry)
    row = encode_fields(layout_of(KINDS[entry.kind]), record)
    return Prepared(entry, record, row, frame, too_large=size_of(row) > MAX_BYTES)


@dataclass(slots=True)
class BatchWriter:
    """Writes prepared entries inside the transaction that is open."""

    connection: sqlite3.Connection
    reparsed: bool = False

    def write(self, entries: Sequence[Prepared]) -> list[Outcome | None]:
        """Return what became of each of *entries*."""
        batch: Batch[list[Any]] = Batch(self._load(entries), self.reparsed)
        outcomes = [self._write(prepared, batch) for prepared in entries]
        self._save(batch)
        self._note_counters(batch)
        return outcomes

    def _load(self, entries: Sequence[Prepared]) -> dict[Key, Record]:
        stored = {}
        for kind in KINDS.values():
            records = (p.record for p in entries if p.record is not None)
            ids = dict.fromkeys(r.id for r in records if r.kind == kind.name)
            found = load_records(self.connection, layout_of(kind), list(ids))
            stored.update({(kind.name, r.id): r for r in found.values()})
        return stored

    def _write(self, prepared: Prepared, batch: Batch[list[Any]]) -> Outcome | None:
        entry = prepared.entry
        if not isinstance(entry, Observation):
            save_verdict(self.connection, entry)
            return None
        if prepared.too_large:
            return "too_large"
        if not self.reparsed:
            save_payload(self.connection, entry, prepared.frame)
        if prepared.record is None:
            return "payload"
        return batch.add(prepared.record, prepared.row)

    def _save(self, batch: Batch[list[Any]]) -> None:
        for kind in KINDS.values():
            layout = layout_of(kind)
            keys = [key for key in batch.merged if key[0] == kind.name]
            statement = upsert(layout.table, layout.names, (layout.key,))
            rows = (_row(layout, batch, key) for key in keys)
            self.connection.executemany(statement, rows)

    def _note_counters(self, batch: Batch[list[Any]]) -> None:
        for (kind, key, time), record in batch.counted.items():
            layout = layout_of(KINDS[kind])
            known = {
                name: layout.columns[name].store(record.fields[name])
                for name in KINDS[kind].counters
                if name in record.fields
            }
            statement = upsert("metrics", (*_METRICS_KEY, *known), _METRICS_KEY)
            row = (kind, key, time_text(time), *known.values())
            self.connection.execute(statement, row)


def _row(layout: Layout, batch: Batch[list[Any]], key: Key) -> list[Any]:
    record = batch.merged[key]
    record.revision = batch.revision(key)
    row = batch.encoded.get(key) or encode_fields(layout, record)
    return row + encode_rest(record)


_METRICS_KEY = tuple(metrics_columns())[:3]


def load_records(
    connection: sqlite3.Connection, layout: Layout, ids: Sequence[str]
) -> dict[str, Record]:
    """Return the records of *ids* that are stored."""
    found = {}
    for start in range(0, len(ids), _IDS_A_QUERY):
        some = ids[start : start + _IDS_A_QUERY]
        marks = ", ".join("?" * len(some))
        query = (
            f"SELECT {names(layout.names)} FROM {quote(layout.table)} "  # noqa: S608
            f"WHERE {quote(layout.key)} IN ({marks})"
        )
        for row in connection.execute(query, some):
            record = decode(layout, row)
            found[record.id] = record
    return found
