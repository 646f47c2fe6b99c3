"""Who walks what, in MongoDB: by the server's clock."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, cast

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from douyin_crawler.progress import Claim
from douyin_crawler.stores.mongo_bulk import rounds
from douyin_crawler.stores.mongo_progress import (
    decode_progress,
    id_of,
    kept_or,
    literal,
)
from douyin_crawler.stores.storable import storable
from douyin_crawler.stores.walks import NOT_HELD, claimed, holder_of, key_values

if TYPE_CHECKING:
    from douyin_crawler.progress import Holder, WalkKey
    from douyin_crawler.stores.mongo_writer import Database
    from douyin_crawler.stores.walks import Values


async def claim(
    database: Database,
    key: WalkKey,
    holder: Holder,
    seconds: float,
    *,
    spider: str,
    parent: WalkKey | None,
    over: int | None,
) -> Claim:
    """Give *holder* the lease of a walk, unless another run has it."""
    mark = uuid.uuid4().hex
    taken = {"spider": spider, "host": holder.host, "lock": holder.lock}
    lease = literal(storable({**taken, "holder": holder.run_id, "claim": mark}))
    lease |= {"lease_until": _from_now(seconds), "token": {"$add": ["$token", 1]}}
    update: list[dict[str, Any]] = [
        {"$set": _made(key, claimed(spider, parent, holder.run_id))},
        {"$set": {"_free": {"$or": _reasons(holder, over)}}},
        {"$set": {n: {"$cond": ["$_free", v, f"${n}"]} for n, v in lease.items()}},
        {"$unset": "_free"},
    ]
    row = await _find_and_update(database, key, update)
    progress = decode_progress(row)
    if row["claim"] == mark:
        return Claim(progress=progress, token=row["token"])
    return Claim(
        progress=progress, token=None, holder=holder_of(row), held_token=row["token"]
    )


def _made(key: WalkKey, values: Values) -> Values:
    """Return what is set where the walk is not known; what is there stands."""
    start = {**key_values(key), **values, **NOT_HELD, "token": 0, "claim": ""}
    return {**kept_or(start), "at": {"$ifNull": ["$at", "$$NOW"]}}


def _reasons(holder: Holder, over: int | None) -> list[dict[str, Any]]:
    """Return what lets *holder* have the lease, each alone."""
    same = {"$eq": ["$holder", {"$literal": storable(holder.run_id)}]}
    expired = {"$lte": ["$lease_until", "$$NOW"]}  # null is less than any time
    return [same, expired, *([{"$eq": ["$token", over]}] if over is not None else [])]


def _from_now(seconds: float) -> dict[str, Any]:
    return {"$add": ["$$NOW", round(seconds * 1000)]}


async def _find_and_update(
    database: Database, key: WalkKey, update: list[dict[str, Any]]
) -> Values:
    async for _ in rounds():
        try:
            row = await database.targets.find_one_and_update(
                {"_id": id_of(key)},
                update,
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:  # another run made the walk at the same time
            continue
        return cast("Values", row)
    raise AssertionError  # rounds() raises


async def renew(database: Database, run_id: str, seconds: float) -> None:
    """Let the leases that a run still holds run for so long from now."""
    longer = [{"$set": {"lease_until": _from_now(seconds)}}]
    await database.targets.update_many({"holder": storable(run_id)}, longer)


async def release(database: Database, run_id: str, *, dead: bool) -> None:
    """End the leases that a run still holds."""
    held = {"holder": storable(run_id)}
    if not dead:
        tickets = {**held, "tries": {"$gt": 0}}
        await database.targets.update_many(tickets, {"$set": {"tries": 0}})
    await database.targets.update_many(held, {"$set": NOT_HELD})
