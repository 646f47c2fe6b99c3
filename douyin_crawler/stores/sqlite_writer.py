"""One batch into SQLite: loaded by id, merged in order, saved, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.observation import Observation
from douyin_crawler.stores.base import MAX_BYTES
from douyin_crawler.stores.merge import merge, record_of
from douyin_crawler.stores.payloads import compress
from douyin_crawler.stores.sqlite_codec import (
    Layout,
    decode,
    encode_fields,
    encode_rest,
    layout_of,
    size_of,
    time_text,
)
from douyin_crawler.stores.sqlite_history import save_verdict
from douyin_crawler.stores.sqlite_payloads import save_payload
from douyin_crawler.stores.sqlite_schema import (
    metrics_columns,
    names,
    quote,
    upsert,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from douyin_crawler.stores.base import Entry, Outcome
    from douyin_crawler.stores.merge import Record

Key: TypeAlias = tuple[str, str]
"""Kind and id."""

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


def prepare(entry: Entry) -> Prepared:
    """Return *entry* with its record, measured, and its payload, compressed."""
    if not isinstance(entry, Observation):
        return Prepared(entry)
    if len(entry.payload) > MAX_BYTES:
        return Prepared(entry, too_large=True)
    frame = compress(entry.payload)
    if entry.item is None or entry.kind not in KINDS:
        return Prepared(entry, frame=frame)
    record = record_of(entry)
    row = encode_fields(layout_of(KINDS[entry.kind]), record)
    return Prepared(entry, record, row, frame, too_large=size_of(row) > MAX_BYTES)


@dataclass(slots=True)
class BatchWriter:
    """Writes prepared entries inside the transaction that is open."""

    connection: sqlite3.Connection
    stored: dict[Key, Record] = field(default_factory=dict)
    merged: dict[Key, Record] = field(default_factory=dict)
    """What changed, and is to be saved."""
    rows: dict[Key, list[Any]] = field(default_factory=dict)
    """Rows that need not be encoded again."""

    def write(self, batch: Sequence[Prepared]) -> list[Outcome | None]:
        """Return what became of each entry of *batch*."""
        self._load(batch)
        outcomes = [self._write(prepared) for prepared in batch]
        self._save()
        return outcomes

    def _load(self, batch: Sequence[Prepared]) -> None:
        for kind in KINDS.values():
            records = (p.record for p in batch if p.record is not None)
            ids = dict.fromkeys(r.id for r in records if r.kind == kind.name)
            found = load_records(self.connection, layout_of(kind), list(ids))
            self.stored.update({(kind.name, r.id): r for r in found.values()})

    def _write(self, prepared: Prepared) -> Outcome | None:
        entry = prepared.entry
        if not isinstance(entry, Observation):
            save_verdict(self.connection, entry)
            return None
        if prepared.too_large:
            return "too_large"
        save_payload(self.connection, entry, prepared.frame)
        return self._merge(prepared) if prepared.record else "payload"

    def _merge(self, prepared: Prepared) -> Outcome:
        seen = prepared.record
        assert seen is not None
        key = seen.kind, seen.id
        known = self.merged.get(key) or self.stored.get(key)
        merged = merge(known, seen)
        if merged.dirty:
            self.merged[key] = merged.record
            self.rows.pop(key, None)
            if known is None or _replaces(seen, known, merged.record):
                self.rows[key] = prepared.row
        if merged.counters_changed:
            self._note_counters(merged.record)
        if merged.new:
            return "new"
        return "changed" if merged.changed else "unchanged"

    def _note_counters(self, record: Record) -> None:
        layout = layout_of(KINDS[record.kind])
        known = {
            name: layout.columns[name].store(record.fields[name])
            for name in KINDS[record.kind].counters
            if name in record.fields
        }
        row = (record.kind, record.id, time_text(record.last_seen), *known.values())
        statement = upsert("metrics", (*_METRICS_KEY, *known), _METRICS_KEY)
        self.connection.execute(statement, row)

    def _save(self) -> None:
        for kind in KINDS.values():
            layout = layout_of(kind)
            keys = [key for key in self.merged if key[0] == kind.name]
            statement = upsert(layout.table, layout.names, (layout.key,))
            self.connection.executemany(statement, (self._row(layout, k) for k in keys))

    def _row(self, layout: Layout, key: Key) -> list[Any]:
        record, stored = self.merged[key], self.stored.get(key)
        record.revision = stored.revision + 1 if stored else 1
        row = self.rows.get(key) or encode_fields(layout, record)
        return row + encode_rest(record)


def _replaces(seen: Record, known: Record, merged: Record) -> bool:
    """Return whether every field of *merged* is that of *seen*."""
    is_newest = known.stamp < seen.stamp == merged.stamp and not merged.exceptions
    return is_newest and len(merged.fields) == len(seen.fields)


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
