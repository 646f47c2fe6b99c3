"""The collections of the MongoDB store: told from others', indexed, of one version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo.errors import OperationFailure

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.stores import access
from douyin_crawler.stores.base import (
    SCHEMA_VERSION,
    SchemaTooNew,
    StoreAbsent,
    StoreUnavailable,
)
from douyin_crawler.stores.mongo_migrations import part_history

if TYPE_CHECKING:
    from douyin_crawler.stores.mongo_writer import Database

_META = {"_id": "schema"}
_BESIDE_KEYS = {
    "metrics": (("kind", "id", "time"),),
    "payloads": (("kind", "id"), *access.indexes()["payloads"]),
    "targets": (
        ("final", "_id"),
        ("parent", "final", "_id"),
        ("holder",),
        ("queue", "stage", "at"),
    ),
    "verdicts": (("run_id", "at"), *access.indexes()["verdicts"]),
}
"""What SQLite finds by its keys of several columns, too; and keys that are objects."""
_NO_RIGHTS = 13
"""Who only reads may be a user who can do nothing else."""
_SAME_INDEX = frozenset({85, 86})
"""There is one of these fields already, by another name or with other options."""


async def ensure_schema(database: Database, *, create: bool) -> None:
    """Create what is missing, bring an older version's up to date.

    Raises:
        SchemaTooNew: a newer version of this program wrote it.
        StoreUnavailable: it is another program's, or not there and not to be made.
    """
    meta = await database.meta.find_one(_META)
    version = meta.get("version") if meta else 0
    if meta is None:
        await check_absent(database, create=create)
    elif not isinstance(version, int):
        raise StoreUnavailable(
            "its collection meta is another program's: choose another database"
        )
    elif version > SCHEMA_VERSION:
        raise SchemaTooNew(
            f"its schema is version {version}, this program knows {SCHEMA_VERSION}: "
            "update douyin_crawler, or choose another database"
        )
    if version == 1:
        await part_history(database)
    for table, indexes in (access.indexes() | _BESIDE_KEYS).items():
        for fields in indexes:
            await _ensure_index(database, table, fields, needed=create)
    if version != SCHEMA_VERSION:
        await database.meta.update_one(
            _META, {"$max": {"version": SCHEMA_VERSION}}, upsert=True
        )


async def check_absent(database: Database, *, create: bool) -> None:
    """Look at a database without a schema of ours: it has to be free, or to be made.

    Raises:
        StoreUnavailable: it is another program's, or not to be made.
    """
    for kind in KINDS.values():
        if await database[kind.table].find_one({"_revision": {"$exists": False}}):
            raise StoreUnavailable(
                f"its collection {kind.table} is another program's: choose another "
                "database"
            )
    if not create:
        raise StoreAbsent("this database has no records yet; crawl first")


async def _ensure_index(
    database: Database, table: str, fields: access.Columns, *, needed: bool
) -> None:
    keys: list[Any] = [(name, 1) for name in fields]
    try:
        await database[table].create_index(keys)
    except OperationFailure as error:
        if error.code not in _SAME_INDEX and (needed or error.code != _NO_RIGHTS):
            raise
