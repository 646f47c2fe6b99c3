"""Payloads in MongoDB: of each source the newest stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import ReplaceOne

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.observation import SOURCES
from douyin_crawler.stores.base import StoredPayload
from douyin_crawler.stores.mongo_bulk import bulk, rounds
from douyin_crawler.stores.mongo_codec import encode, key_of
from douyin_crawler.stores.payloads import (
    DamagedPayload,
    damaged,
    decompress,
    readable,
)
from douyin_crawler.stores.storable import whole_second

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Mapping
    from datetime import datetime

    from bson.raw_bson import RawBSONDocument

    from douyin_crawler.items.observation import Source
    from douyin_crawler.stores.mongo_writer import Database, Prepared

_COMPARED = 500_000
"""Bytes of a frame up to which a race for one second is told by the frame itself."""
_ORDER = [("observed_at", 1), ("kind", 1), ("id", 1), ("source", 1)]


@dataclass(slots=True)
class _Payload:
    key: str
    time: datetime
    text: bytes
    document: RawBSONDocument

    @classmethod
    def of(cls, entry: Prepared) -> _Payload:
        seen = entry.seen
        time, id_ = whole_second(seen.observed_at), seen.payload_id or seen.id
        key = key_of(seen.kind, id_, seen.source)
        document = {
            "_id": key,
            "kind": seen.kind,
            "id": id_,
            "source": seen.source,
            "observed_at": time,
            "text": entry.frame,
        }
        return cls(key, time, seen.payload, encode(document))

    def beats(self, other: _Payload) -> bool:
        return (self.time, self.text) > (other.time, other.text)

    def replacing(self, stored: Mapping[str, Any] | None) -> ReplaceOne[Any] | None:
        """Return what puts it in the place of *stored*; None where that stands."""
        wanted: dict[str, Any] = {"_id": self.key, "observed_at": {"$lt": self.time}}
        if stored is not None and stored["observed_at"] >= self.time:
            is_newer = stored["observed_at"] > self.time
            if is_newer or readable(stored["text"]) >= self.text:
                return None
            wanted["observed_at"] = self.time
            # Both frames have to fit into what the server takes as one document.
            if len(stored["text"]) < _COMPARED:
                wanted["text"] = stored["text"]
        return ReplaceOne(wanted, self.document, upsert=True)


async def save_payloads(database: Database, entries: Iterable[Prepared]) -> None:
    """Keep the newest payload of a source; of one second the greater text."""
    left: dict[str, _Payload] = {}
    for entry in entries:
        payload = _Payload.of(entry)
        if payload.key not in left or payload.beats(left[payload.key]):
            left[payload.key] = payload
    stored: dict[str, Mapping[str, Any]] = {}
    async for _ in rounds():
        wanted = [(p, p.replacing(stored.get(p.key))) for p in left.values()]
        needed = [(payload, one) for payload, one in wanted if one is not None]
        lost = await bulk(database.payloads, [one for _, one in needed])
        left = {needed[at][0].key: needed[at][0] for at in lost}
        if not left:
            return
        cursor = database.payloads.find({"_id": {"$in": [*left]}})
        stored = {document["_id"]: document async for document in cursor}


async def load_payload(
    database: Database, kind: str, id: str, source: Source | None
) -> StoredPayload | None:
    """Return the payload of *source*, by default of the best one there is.

    Raises:
        StoreError: it is damaged.
    """
    for name in (source,) if source else SOURCES:
        document = await database.payloads.find_one({"_id": key_of(kind, id, name)})
        if document is not None:
            try:
                return _decode(document, decompress(document["text"]))
            except DamagedPayload:
                raise damaged(kind, id) from None
    return None


async def load_payloads(database: Database) -> AsyncGenerator[StoredPayload, None]:
    """Yield the payloads of records in the order of their time.

    The text of one that is damaged is b"".
    """
    cursor = database.payloads.find(_OF_RECORDS, batch_size=100).sort(_ORDER)
    async with cursor:
        async for document in cursor.hint(_ORDER):
            yield _decode(document, readable(document["text"]))


async def count_payloads(database: Database) -> int:
    """Return how many payloads of records there are."""
    return await database.payloads.count_documents(_OF_RECORDS)


async def count_ids(database: Database, kind: str) -> int:
    """Return how many ids of *kind* have a payload."""
    stages: list[dict[str, Any]] = [
        {"$match": {"kind": kind}},
        {"$group": {"_id": "$id"}},
        {"$count": "n"},
    ]
    cursor = await database.payloads.aggregate(stages, allowDiskUse=True)
    return sum([document["n"] async for document in cursor])


_OF_RECORDS = {"kind": {"$in": [*KINDS]}}


def _decode(document: dict[str, Any], text: bytes) -> StoredPayload:
    return StoredPayload(
        kind=document["kind"],
        id=document["id"],
        source=document["source"],
        observed_at=document["observed_at"],
        text=text,
    )
