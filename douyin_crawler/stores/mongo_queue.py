"""Tickets in MongoDB, for any machines: documents of ``targets``."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError

from douyin_crawler.progress import Holder, WalkKey
from douyin_crawler.stores.mongo_bulk import lost_races, rounds
from douyin_crawler.stores.mongo_progress import id_of, literal
from douyin_crawler.stores.storable import storable, whole_second
from douyin_crawler.stores.walks import (
    NOT_HELD,
    decode_ticket,
    key_values,
    states_of,
    ticket_values,
)
from douyin_crawler.tickets import ASIDE, MOST_TRIES, WALK, Enqueued, Turn
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from douyin_crawler.stores.mongo_writer import Database
    from douyin_crawler.stores.walks import Values
    from douyin_crawler.tickets import QueueState, Stage, Ticket

_NO_LEASE: Values = {"$lte": ["$lease_until", "$$NOW"]}
"""Nobody has it now; null is less than any time."""
_FREE: Values = {"$expr": _NO_LEASE}
_HELD: Values = {"$expr": {"$not": [_NO_LEASE]}}
_AGAIN: Values = {"$set": {"stage": "waiting", "tries": 0}}
_OF_STAGE: dict[Stage, Values] = {
    "waiting": {"stage": "waiting", **_FREE},
    "walking": {"stage": "waiting", **_HELD},
}


async def enqueue(
    database: Database, queue: str, spider: str, targets: Sequence[tuple[str, str]]
) -> Enqueued:
    """Put *targets* in that do not wait already."""
    if not targets:
        return Enqueued()
    at = whole_second(datetime.now(UTC))
    made = {}
    for target, kind in targets:
        key = WalkKey(WALK, target, queue)
        row = {**key_values(key), **storable(ticket_values(key, spider, kind))}
        made[target] = (id_of(key), {**row, **NOT_HELD, "at": at})
    operations = [
        UpdateOne({"_id": key}, {"$setOnInsert": row}, upsert=True)
        for key, row in made.values()
    ]
    new = await _insert(database, operations)
    ended = {"_id": {"$in": [key for key, _ in made.values()]}}
    done = await database.targets.update_many(
        {**ended, "stage": {"$ne": "waiting"}}, _AGAIN
    )
    again = done.modified_count
    return Enqueued(new=new, again=again, there=len(targets) - new - again)


async def _insert(database: Database, operations: list[UpdateOne]) -> int:
    """Make the documents that are not there; return how many that were."""
    made = 0
    async for _ in rounds():
        try:
            done = await database.targets.bulk_write(operations, ordered=False)
        except BulkWriteError as error:
            lost = lost_races(error)
            made += error.details["nUpserted"]
            operations = [operations[at] for at in lost]
        else:
            return made + done.upserted_count
    raise AssertionError  # rounds() raises


async def requeue_failed(database: Database, queue: str) -> int:
    """Let those wait again that have no final verdict."""
    wanted = {"queue": storable(queue), "stage": {"$in": ["failed", "aside"]}}
    return (await database.targets.update_many(wanted, _AGAIN)).modified_count


async def next_ticket(
    database: Database,
    queue: str,
    holder: Holder,
    seconds: float,
    *,
    spider: str,
    alone: bool,
) -> Turn:
    """Give *holder* the oldest ticket that waits."""
    wanted = {"queue": queue, "stage": "waiting", "spider": spider}
    mark = uuid.uuid4().hex
    row = await database.targets.find_one_and_update(
        {**storable(wanted), **_FREE},
        _grant(holder, seconds, mark, alone=alone),
        sort=[("at", 1)],
        return_document=ReturnDocument.AFTER,
    )
    if row is None:
        return Turn(outcome="none")
    ticket = decode_ticket(row)
    if row["stage"] == "aside":
        return Turn(outcome="aside", ticket=ticket)
    granted = row.get("claim") == mark
    return Turn(outcome="granted" if granted else "alone", ticket=ticket)


def _grant(
    holder: Holder, seconds: float, mark: str, *, alone: bool
) -> list[dict[str, Any]]:
    """Return the update that leases a ticket, or sets it aside."""
    tries = {"$ifNull": ["$tries", 0]}
    aside = {"$gte": [tries, MOST_TRIES]}
    taken = {"holder": holder.run_id, "host": holder.host, "lock": holder.lock}
    lease = literal(storable({**taken, "claim": mark}))
    lease |= {
        "lease_until": {"$add": ["$$NOW", round(seconds * 1000)]},
        "token": {"$add": ["$token", 1]},
        "tries": {"$add": [tries, 1]},
    }
    why = {"stage": "aside", "verdict": str(Verdict.FAILED), "reason": ASIDE}
    out = literal({**why, **NOT_HELD})
    return [
        {"$set": {"_aside": aside, "_taken": {"$or": [alone, {"$eq": [tries, 0]}]}}},
        {"$set": {"_taken": {"$and": ["$_taken", {"$not": ["$_aside"]}]}}},
        {"$set": {n: {"$cond": ["$_taken", v, f"${n}"]} for n, v in lease.items()}},
        {"$set": {n: {"$cond": ["$_aside", v, f"${n}"]} for n, v in out.items()}},
        {"$unset": ["_aside", "_taken"]},
    ]


async def holders(database: Database, queue: str) -> list[Holder]:
    """Return the runs that have tickets."""
    wanted = {"holder": {"$gt": ""}, "queue": storable(queue), "stage": "waiting"}
    names = {name: f"${name}" for name in ("holder", "host", "lock")}
    cursor = await database.targets.aggregate(
        [{"$match": wanted}, {"$group": {"_id": names}}]
    )
    return [
        Holder(run_id=one["holder"], host=one["host"] or "", lock=one["lock"] or "")
        async for one in (row["_id"] async for row in cursor)
    ]


async def queues(database: Database, queue: str | None) -> list[QueueState]:
    """Return how many tickets of each queue are where."""
    leased = {"$and": [{"$eq": ["$stage", "waiting"]}, _HELD["$expr"]]}
    stage = {"$cond": [leased, "walking", "$stage"]}
    about = {"queue": "$queue", "spider": "$spider", "stage": stage}
    wanted = {"$gt": ""} if queue is None else storable(queue)
    cursor = await database.targets.aggregate(
        [
            {"$match": {"queue": wanted}},
            {"$group": {"_id": about, "n": {"$sum": 1}}},
            {"$sort": {"_id.queue": 1, "_id.spider": 1}},
        ]
    )
    return states_of([(*row["_id"].values(), row["n"]) async for row in cursor])


async def tickets(
    database: Database, queue: str, stage: Stage, limit: int
) -> list[Ticket]:
    """Return the first tickets of a stage."""
    wanted = {"queue": storable(queue), **_OF_STAGE.get(stage, {"stage": stage})}
    cursor = database.targets.find(wanted, limit=limit).sort("at", 1)
    return [decode_ticket(row) async for row in cursor]
