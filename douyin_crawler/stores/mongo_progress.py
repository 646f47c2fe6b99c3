"""Where walks stand, in MongoDB: the collection ``targets``.

The ``_id`` is an object of walk, id and range: its index has them in their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from douyin_crawler.progress import Checkpoint, Opened
from douyin_crawler.stores.mongo_bulk import lost_races, rounds
from douyin_crawler.stores.mongo_history import save_verdicts
from douyin_crawler.stores.storable import storable, whole_second
from douyin_crawler.stores.walks import (
    FROM_START,
    NOT_HELD,
    UNKNOWN,
    Values,
    ended,
    key_of,
    key_values,
    progress_of,
    reached,
    values_of,
)
from douyin_crawler.tickets import WALK as TICKET
from douyin_crawler.verdicts import TargetVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from douyin_crawler.progress import Progress, WalkKey
    from douyin_crawler.stores.base import Outcome, Step
    from douyin_crawler.stores.mongo_writer import Database

_PAGE = 500


async def save_steps(database: Database, steps: Sequence[Step]) -> list[Outcome | None]:
    """Write what *steps* tell of their walks, in order, if their tokens are current.

    The history of verdicts comes last, of those that were not lost.
    """
    operations = [op for step in steps if (op := _operation(step)) is not None]
    complete = await _update(database, operations)
    gone = set() if complete else await _lost(database, steps)
    kept = (step for at, step in enumerate(steps) if at not in gone)
    endings = (step for step in kept if isinstance(step, TargetVerdict))
    await save_verdicts(database, (e for e in endings if e.walk != TICKET))
    return ["lost" if at in gone else None for at in range(len(steps))]


async def _update(database: Database, operations: list[UpdateOne]) -> bool:
    """Do *operations* in order; return whether each of them found its walk."""
    if not operations:
        return True
    async for _ in rounds():
        try:
            done = await database.targets.bulk_write(operations, ordered=True)
        except BulkWriteError as error:
            lost_races(error)
        else:
            return done.matched_count + done.upserted_count == len(operations)
    raise AssertionError  # rounds() raises


async def _lost(database: Database, steps: Sequence[Step]) -> set[int]:
    """Return the places of *steps* whose token is not current."""
    gated = {at: step for at, step in enumerate(steps) if _token(step) is not None}
    ids = [id_of(key_of(step)) for step in gated.values()]
    cursor = database.targets.find({"_id": {"$in": ids}})
    tokens = {_key(row): row["token"] async for row in cursor}
    return {
        at
        for at, step in gated.items()
        if tokens.get(tuple(key_values(key_of(step)).values())) != _token(step)
    }


def _token(step: Step) -> int | None:
    return None if isinstance(step, Opened) else step.token


def _key(row: Values) -> tuple[str, ...]:
    return tuple(row["_id"].values())


def _operation(step: Step) -> UpdateOne | None:
    key = id_of(key_of(step))
    if isinstance(step, Opened):
        return UpdateOne({"_id": key}, _opening(step), upsert=True)
    current = {"_id": key, "token": step.token}
    if isinstance(step, Checkpoint):
        return UpdateOne(current, {"$set": _timed(reached(step))})
    values = _timed(ended(step))
    if step.token is not None:
        return UpdateOne(current, {"$set": values | NOT_HELD})
    if step.verdict is Verdict.LEASED or not step.named:
        return None
    made = {**key, **UNKNOWN, **values, **NOT_HELD, "token": 0}
    return UpdateOne({"_id": key}, {"$setOnInsert": made}, upsert=True)


def _opening(opened: Opened) -> list[dict[str, Any]]:
    """Return the update that makes a walk, or opens it again."""
    anew = {
        name: {"$cond": ["$final", start, {"$ifNull": [f"${name}", start]}]}
        for name, start in FROM_START.items()
    }
    kept = kept_or({"state": b"", "token": 0, **NOT_HELD})
    values = literal({**key_values(opened.key), **_timed(values_of(opened))})
    return [{"$set": {**anew, **kept, **values}}]


def kept_or(values: Values) -> Values:
    """Return expressions for what is stored; *values* where nothing is."""
    return {n: {"$ifNull": [f"${n}", {"$literal": v}]} for n, v in values.items()}


def literal(values: Values) -> Values:
    """Return *values* for an expression, where a dollar would have a meaning."""
    return {name: {"$literal": value} for name, value in values.items()}


def _timed(values: Values) -> Values:
    return values | {"at": whole_second(values["at"])}


def id_of(key: WalkKey) -> dict[str, str]:
    """Return the ``_id`` of a walk; the order of its members counts."""
    return key_values(key)


async def load_progress(database: Database, key: WalkKey) -> Progress | None:
    """Return where a walk stands."""
    row = await database.targets.find_one({"_id": id_of(key)})
    return None if row is None else decode_progress(row)


def decode_progress(row: Values) -> Progress:
    """Return where the walk of *row* stands."""
    return progress_of(row | {"at": row["at"] and whole_second(row["at"])})


async def load_unfinished(
    database: Database, spider: str | None, parent: WalkKey | None
) -> AsyncGenerator[Progress, None]:
    """Yield the walks that are not final, in the order of their keys.

    A page starts after the last one's end: a walk may take longer than a cursor lives.
    """
    given = {"spider": spider, "parent": parent and str(parent)}
    wanted: Values = {n: storable(t) for n, t in given.items() if t is not None}
    wanted["final"] = False
    while page := await _page(database, wanted):
        for row in page:
            yield decode_progress(row)
        wanted["_id"] = {"$gt": page[-1]["_id"]}


async def _page(database: Database, wanted: Values) -> list[Values]:
    return await database.targets.find(wanted).sort("_id").limit(_PAGE).to_list()


async def count_targets(database: Database, spider: str | None) -> dict[str, int]:
    """Return how many walks ended last by which verdict."""
    stages: list[dict[str, Any]] = [
        {"$match": {"final": {"$ne": None}}},
        {"$match": {} if spider is None else {"spider": storable(spider)}},
        {"$group": {"_id": {"$ifNull": ["$verdict", "open"]}, "n": {"$sum": 1}}},
        {"$sort": {"_id": 1}},
    ]
    cursor = await database.targets.aggregate(stages)
    return {row["_id"]: row["n"] async for row in cursor}
