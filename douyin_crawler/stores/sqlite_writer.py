"""One batch into SQLite: loaded by id, merged in order, saved, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.observation import Observation
from douyin_crawler.stores import prepared
from douyin_crawler.stores.batch import Batch
from douyin_crawler.stores.prepared import Prepared
from douyin_crawler.stores.sqlite_codec import (
    Layout,
    decode,
    encode_fields,
    encode_rest,
    layout_of,
    size_of,
)
from douyin_crawler.stores.sqlite_payloads import save_payload
from douyin_crawler.stores.sqlite_progress import save_step
from douyin_crawler.stores.sqlite_schema import (
    metrics_columns,
    names,
    quote,
    upsert,
)
from douyin_crawler.stores.storable import time_text, without_halves

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from douyin_crawler.stores.base import Entry, Outcome, Step
    from douyin_crawler.stores.batch import Key
    from douyin_crawler.stores.merge import Record

Ready: TypeAlias = "Prepared[list[Any]] | Step"
"""An entry with all that can be computed before the file is locked."""
_IDS_A_QUERY = 500
"""SQLite takes 999 parameters in its older builds."""


def prepare(entry: Entry, *, reparsed: bool = False) -> Ready:
    """Return *entry*, ready to be written; *reparsed* where its payload is stored."""
    if not isinstance(entry, Observation):
        return entry
    return prepared.prepare(entry, _encode, size_of, reparsed=reparsed)


def _encode(record: Record) -> list[Any]:
    return encode_fields(layout_of(KINDS[record.kind]), record)


@dataclass(slots=True)
class BatchWriter:
    """Writes prepared entries inside the transaction that is open."""

    connection: sqlite3.Connection
    reparsed: bool = False

    def write(self, entries: Sequence[Ready]) -> list[Outcome | None]:
        """Return what became of each of *entries*."""
        batch: Batch[list[Any]] = Batch(self._load(entries), self.reparsed)
        outcomes = [self._write(entry, batch) for entry in entries]
        self._save(batch)
        self._note_counters(batch)
        return outcomes

    def _load(self, entries: Sequence[Ready]) -> dict[Key, Record]:
        seen = [entry.record for entry in entries if isinstance(entry, Prepared)]
        stored = {}
        for kind in KINDS.values():
            ids = dict.fromkeys(r.id for r in seen if r and r.kind == kind.name)
            found = load_records(self.connection, layout_of(kind), list(ids))
            stored.update({(kind.name, r.id): r for r in found.values()})
        return stored

    def _write(self, entry: Ready, batch: Batch[list[Any]]) -> Outcome | None:
        if not isinstance(entry, Prepared):
            return save_step(self.connection, entry)
        if entry.outcome == "too_large":
            return "too_large"
        if not self.reparsed:
            save_payload(self.connection, entry.seen, entry.frame)
        if entry.record is None or entry.encoded is None:
            return entry.outcome
        return batch.add(entry.record, entry.encoded)

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
        some = [without_halves(key) for key in ids[start : start + _IDS_A_QUERY]]
        marks = ", ".join("?" * len(some))
        query = (
            f"SELECT {names(layout.names)} FROM {quote(layout.table)} "  # noqa: S608
            f"WHERE {quote(layout.key)} IN ({marks})"
        )
        for row in connection.execute(query, some):
            record = decode(layout, row)
            found[record.id] = record
    return found
