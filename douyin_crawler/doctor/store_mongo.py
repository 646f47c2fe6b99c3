"""A database of MongoDB."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from pymongo import AsyncMongoClient, WriteConcern
from pymongo.errors import PyMongoError

from douyin_crawler.doctor.store import Looked
from douyin_crawler.stores.base import SCHEMA_VERSION, StoreUnavailable
from douyin_crawler.stores.mongo_errors import explain, is_transient
from douyin_crawler.stores.mongo_schema import check_absent
from douyin_crawler.stores.mongo_url import MongoAddress

if TYPE_CHECKING:
    from douyin_crawler.stores.mongo_writer import Database

_MOST = 4_000
"""Milliseconds for each step, whatever the address says."""
_LIMITS: dict[str, Any] = dict.fromkeys(
    ("serverSelectionTimeoutMS", "connectTimeoutMS", "socketTimeoutMS"), _MOST
)
_DURABLE = WriteConcern("majority", j=True, wtimeout=_MOST)


async def look(url: str) -> Looked:
    """Return what the database is good for."""
    address = MongoAddress.parse(url)
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(address.url, **_LIMITS)
    try:
        database = client.get_database(address.database, write_concern=_DURABLE)
        return await _look(database)
    except PyMongoError as error:
        return Looked(exists=False, problem=_parted(explain(error)))
    except StoreUnavailable as error:
        return Looked(exists=False, problem=str(error))
    finally:
        await client.close()


async def _look(database: Database) -> Looked:
    meta = await database.meta.find_one({"_id": "schema"})
    size, free = await _room(database)
    if meta is None:
        await check_absent(database, create=True)
        await _write_where_nothing_is(database)
        return Looked(exists=False, free=free)
    version = meta.get("version")
    if not isinstance(version, int):
        problem = "its collection meta is another program's: choose another database"
        return Looked(problem=problem, size=size, free=free)
    problem, passing = "", False
    if version > SCHEMA_VERSION:
        problem = "a newer version of this program wrote it: see below"
    else:
        try:
            await _write(database)
        except PyMongoError as error:
            problem, passing = _parted(explain(error)), is_transient(error)
    return Looked(
        version=version, size=size, free=free, problem=problem, passing=passing
    )


def _parted(told: str) -> str:
    """Return *told* with what is wrong before its first colon, advice behind it."""
    return told if ": " in told else f"it refuses: {told}"


async def _write(database: Database) -> None:
    own = {"_id": f"doctor-{uuid.uuid4().hex}"}
    await database.meta.insert_one(own)
    await database.meta.delete_one(own)


async def _write_where_nothing_is(database: Database) -> None:
    """Write, and leave no collection behind: the last one takes the database along."""
    own = database[f"doctor_{uuid.uuid4().hex}"]
    try:
        await own.insert_one({"text": "written"})
    finally:
        await own.drop()


async def _room(database: Database) -> tuple[int | None, int | None]:
    """Return the bytes that the database takes, and those that the disk has left."""
    try:
        stats = await database.command("dbStats")
    except PyMongoError:
        return None, None  # not everyone may ask that
    total, used = stats.get("fsTotalSize"), stats.get("fsUsedSize")
    free = int(total - used) if total and used is not None else None
    return int(stats["storageSize"]), free
