"""Requests spent and the next one's turn, in MongoDB."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from douyin_crawler.stores.base import Reservation
from douyin_crawler.stores.mongo_bulk import rounds
from douyin_crawler.stores.mongo_codec import key_of

if TYPE_CHECKING:
    from douyin_crawler.stores.mongo_writer import Database

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Where the clock was set back, the turns that are given keep their distance.
_WAIT = {
    "$max": [0, {"$subtract": ["$next_at", {"$max": ["$$NOW", "$at"]}]}]  # milliseconds
}


async def reserve(
    database: Database, session: str, day: str, *, limit: int, interval: float
) -> Reservation:
    """Count a request of *session* and give it its turn, by the server's clock."""
    key = key_of(session, day)
    open_: dict[str, Any] = {"_id": key}
    if limit > 0:
        open_["spent"] = {"$lt": limit}
    counted = _counted(round(interval * 1000))
    async for _ in rounds():
        found = await database.budget.find_one_and_update(
            open_, counted, return_document=ReturnDocument.AFTER
        )
        if found:
            wait = found["wait"] / 1000
            return Reservation(granted=True, spent=found["spent"], wait=wait)
        found = await database.budget.find_one({"_id": key})
        if found and 0 < limit <= found["spent"]:
            return Reservation(granted=False, spent=found["spent"], wait=0.0)
        if not found:
            await _begin(database, key, session, day)
    raise AssertionError  # rounds() raises


def _counted(interval: int) -> list[dict[str, Any]]:
    """Return the update for a request after which the next has to wait *interval*."""
    spent = {"$add": ["$spent", 1]}
    return [
        {"$set": {"spent": spent, "wait": _WAIT, "at": "$$NOW"}},
        {"$set": {"next_at": {"$add": ["$$NOW", "$wait", interval]}}},
    ]


async def _begin(database: Database, key: str, session: str, day: str) -> None:
    """Make the row of a new day, which goes on at the pace of the last one."""
    last = await database.budget.find_one({"session": session}, sort=[("day", -1)])
    times = {name: last[name] if last else _EPOCH for name in ("next_at", "at")}
    row = {"_id": key, "session": session, "day": day, "spent": 0, **times}
    with suppress(DuplicateKeyError):  # another process was first
        await database.budget.insert_one(row)


async def hold(database: Database, session: str, day: str, seconds: float) -> None:
    """Give *session* no turn for so long, by the server's clock."""
    key = key_of(session, day)
    if not await database.budget.find_one({"_id": key}):
        await _begin(database, key, session, day)
    until = {"$add": [{"$max": ["$$NOW", "$at"]}, round(seconds * 1000)]}
    # Another process may already count for the day that follows.
    await database.budget.update_many(
        {"session": session, "day": {"$gte": day}},
        [{"$set": {"next_at": {"$max": ["$next_at", until]}}}],
    )


async def spent(database: Database, session: str, day: str) -> int:
    """Return how many requests *session* has spent on *day*."""
    found = await database.budget.find_one({"_id": key_of(session, day)})
    return int(found["spent"]) if found else 0
