"""Databases that an older version of this program wrote, made into today's.

Each step can be done again, by several processes at once too: a kill between two of
them, or a second crawl that starts, does no harm.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pymongo.errors import OperationFailure

from douyin_crawler.stores.walks import KEY, NOT_HELD
from douyin_crawler.verdicts import FINAL

if TYPE_CHECKING:
    from douyin_crawler.stores.mongo_writer import Database

_HISTORY = {"_id": {"$type": "string"}}
"""What is of version 1 in ``targets``: keys of walks are objects since."""
_PROGRESS = {
    "_id": "$_id",
    "parent": "",
    "announced": None,
    "final": {"$in": ["$last.verdict", sorted(FINAL)]},
    "state": {"$literal": b""},
    "token": 0,
    **NOT_HELD,
}
_INDEXES = ("run_id_1_at_1", "walk_1_id_1_at_1")


async def part_history(database: Database) -> None:
    """Move the history out of ``targets``; each walk stands where its last one says."""
    await _merge(database, "targets", [{"$match": _HISTORY}], into="verdicts")
    latest: list[dict[str, Any]] = [
        {"$sort": {"at": 1, "_id": 1}},
        {
            "$group": {
                "_id": {name: f"${name}" for name in KEY},
                "last": {"$last": "$$ROOT"},
            }
        },
        {"$replaceWith": {"$mergeObjects": ["$last", _PROGRESS]}},
    ]
    await _merge(database, "verdicts", latest, into="targets")
    await database.targets.delete_many(_HISTORY)
    for index in _INDEXES:
        with suppress(OperationFailure):  # it is gone
            await database.targets.drop_index(index)


async def _merge(
    database: Database, source: str, stages: list[dict[str, Any]], *, into: str
) -> None:
    """Put what *stages* find in *source* into another collection, where it is not."""
    kept = {"$merge": {"into": into, "whenMatched": "keepExisting"}}
    await database[source].aggregate([*stages, kept], allowDiskUse=True)
