"""One batch into MongoDB: loaded by id, merged in order, saved if still as loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from pymongo import InsertOne, ReplaceOne, UpdateOne

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.stores import prepared
from douyin_crawler.stores.batch import Batch
from douyin_crawler.stores.mongo_bulk import bulk, rounds
from douyin_crawler.stores.mongo_codec import (
    MAX_DOCUMENT,
    Shape,
    decode,
    decode_as_stored,
    document_of,
    encode_fields,
    key_of,
    shape_of,
)
from douyin_crawler.stores.storable import storable, time_text, without_halves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pymongo.asynchronous.database import AsyncDatabase

    from douyin_crawler.items.kinds import Kind
    from douyin_crawler.items.observation import Observation
    from douyin_crawler.stores.batch import Key, Moment
    from douyin_crawler.stores.merge import Record

Database: TypeAlias = "AsyncDatabase[dict[str, Any]]"
Prepared: TypeAlias = prepared.Prepared[bytes]

_IDS_A_QUERY = 1000
_MARGIN = 4096
"""What a server adds to a document on its way, generously."""


def prepare(seen: Observation, *, reparsed: bool = False) -> Prepared:
    """Return *seen*, ready to be written; *reparsed* where its payload is stored."""
    return prepared.prepare(seen, encode_fields, len, reparsed=reparsed)


async def save_records(
    database: Database, entries: Iterable[Prepared], *, reparsed: bool = False
) -> None:
    """Merge *entries*, in their order, into what is stored; set their outcomes.

    Those whose record another process saved meanwhile are merged again.
    """
    left = [entry for entry in entries if entry.record is not None]
    counted: set[Moment] = set()
    async for _ in rounds():
        if not left:
            return
        batch: Batch[bytes] = Batch(await _load(database, left), reparsed)
        for entry in left:
            assert entry.record is not None
            assert entry.encoded is not None
            entry.outcome = batch.add(entry.record, entry.encoded)
        _count_again(batch, counted)
        await _note_counters(database, batch)
        lost, refused = await _save(database, batch)
        counted.update(batch.counted)
        for entry in left:
            if _key(entry) in refused:
                entry.outcome = "too_large"
        left = [entry for entry in left if _key(entry) in lost]


def _key(entry: Prepared) -> Key:
    assert entry.record is not None
    return entry.record.kind, entry.record.id


async def _load(database: Database, entries: Iterable[Prepared]) -> dict[Key, Record]:
    keys = dict.fromkeys(map(_key, entries))
    stored = {}
    for kind in KINDS.values():
        ids = [key[1] for key in keys if key[0] == kind.name]
        found = await load_records(database, kind, ids, decode_as_stored)
        stored.update({(kind.name, r.id): r for r in found.values()})
    return stored


async def load_records(
    database: Database,
    kind: Kind,
    ids: Sequence[str],
    read: Callable[[Shape, dict[str, Any]], Record] = decode,
) -> dict[str, Record]:
    """Return the records of *ids* that are stored."""
    shape, found = shape_of(kind), {}
    for start in range(0, len(ids), _IDS_A_QUERY):
        some = [without_halves(key) for key in ids[start : start + _IDS_A_QUERY]]
        async for document in database[kind.table].find({"_id": {"$in": some}}):
            record = read(shape, document)
            found[record.id] = record
    return found


async def _save(database: Database, batch: Batch[bytes]) -> tuple[set[Key], set[Key]]:
    """Save what was merged; return whose race was lost, and who is too large."""
    lost: set[Key] = set()
    refused: set[Key] = set()
    for kind in KINDS.values():
        keys, operations = [], []
        for key, record in batch.merged.items():
            if key[0] != kind.name:
                continue
            record.revision = batch.revision(key)
            encoded = batch.encoded.get(key) or encode_fields(record)
            document = document_of(record, encoded)
            if len(document.raw) > MAX_DOCUMENT - _MARGIN:
                refused.add(key)
                continue
            keys.append(key)
            operations.append(_operation(document, batch.stored.get(key)))
        again = await bulk(database[kind.table], operations)
        lost.update(keys[at] for at in again)
    return lost, refused


def _operation(
    document: Any, stored: Record | None
) -> InsertOne[Any] | ReplaceOne[Any]:
    if stored is None:
        return InsertOne(document)
    as_loaded = {"_id": stored.id, "_revision": stored.revision}
    return ReplaceOne(as_loaded, document, upsert=True)


# -- metrics ------------------------------------------------------------------------


def _count_again(batch: Batch[bytes], counted: Iterable[Moment]) -> None:
    """Note the counters anew that were noted before a race was lost.

    They are written ahead of the record, so that a kill leaves no record without
    them; what they said is true only if the record was saved.
    """
    for kind, key, time in counted:
        record = batch.current((kind, key))
        if record is not None and record.last_seen == time:
            batch.counted[kind, key, time] = record


async def _note_counters(database: Database, batch: Batch[bytes]) -> None:
    """Note counters, but never over those of a later revision."""
    operations = []
    for (kind, key, time), record in batch.counted.items():
        names = KINDS[kind].counters
        known = {n: record.fields[n] for n in names if n in record.fields}
        revision = batch.revision((kind, key))
        moment = {"kind": kind, "id": key, "time": time, **storable(known)}
        not_later = {
            "_id": key_of(kind, key, time_text(time)),
            "_revision": {"$lte": revision},
        }
        noted = {"$set": {**moment, "_revision": revision}}
        operations.append(UpdateOne(not_later, noted, upsert=True))
    # Two that insert at once meet once; who meets again, met a later revision.
    met = await bulk(database.metrics, operations)
    await bulk(database.metrics, [operations[at] for at in met])
