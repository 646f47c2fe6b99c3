"""Runs and verdicts in MongoDB."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from pymongo import ReplaceOne
from pymongo.errors import DuplicateKeyError

from douyin_crawler.stores.mongo_bulk import bulk, rounds
from douyin_crawler.stores.mongo_codec import encode, key_of
from douyin_crawler.stores.storable import whole_second, without_halves
from douyin_crawler.verdicts import RunRecord, TargetVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymongo.asynchronous.collection import AsyncCollection

    from douyin_crawler.progress import WalkKey
    from douyin_crawler.stores.jobs import SavedJob
    from douyin_crawler.stores.mongo_writer import Database

_WALK = ("walk", "id", "range")
_NEWEST = [("started_at", -1), ("_id", -1)]
_WAITS = {"finished_at": None, "lock": {"$in": ["", None]}}
"""A job that is not closed, and of which no run has begun."""


async def save_run(database: Database, run: RunRecord) -> None:
    """Insert *run*, or replace the one of its id."""
    await _replace(database.runs, [_document(run)])


async def save_job(database: Database, row: RunRecord, *, known: bool) -> SavedJob:
    """Insert *row*, or replace that of its id while no run has begun with it."""
    document = _document(row)
    own = {"_id": document["_id"]}
    try:
        done = await database.runs.replace_one(
            own | _WAITS, encode(document), upsert=not known
        )
    except DuplicateKeyError:
        return "over"
    if done.matched_count or not known:
        return "saved"
    return "over" if await database.runs.find_one(own) else "unknown"


def _document(run: RunRecord) -> dict[str, Any]:
    values = dataclasses.asdict(run)
    for name in ("started_at", "finished_at", "seen_at"):
        values[name] = values[name] and whole_second(values[name])
    return {"_id": without_halves(run.id), **values}


async def load_runs(
    database: Database, limit: int, plan: str | None = None
) -> list[RunRecord]:
    """Return the latest runs, the newest first."""
    wanted = {} if plan is None else {"plan": without_halves(plan)}
    cursor = database.runs.find(wanted, limit=limit).sort(_NEWEST)
    return [_record(RunRecord, document) async for document in cursor]


async def load_open_runs(database: Database) -> list[RunRecord]:
    """Return the runs that have no end on record, the newest first."""
    cursor = database.runs.find({"finished_at": None}).sort(_NEWEST)
    return [_record(RunRecord, document) async for document in cursor]


async def save_verdicts(database: Database, endings: Iterable[TargetVerdict]) -> None:
    """Insert *endings*, or replace those of the same walks in the same run."""
    documents = {}
    for ending in endings:
        values = dataclasses.asdict(ending)
        values["at"] = whole_second(ending.at)
        values["verdict"] = str(ending.verdict)
        del values["token"], values["state"]
        key = key_of(ending.run_id, ending.walk, ending.id, ending.range)
        documents[key] = {"_id": key, **values}
    await _replace(database.verdicts, documents.values())


async def load_verdicts(database: Database, run_id: str | None) -> list[TargetVerdict]:
    """Return the verdicts of one run or of all, in the order of their time."""
    wanted = {} if run_id is None else {"run_id": run_id}
    cursor = database.verdicts.find(wanted).sort([("at", 1), ("_id", 1)])
    return [_verdict(document) async for document in cursor]


async def load_last_verdicts(
    database: Database, key: WalkKey, limit: int
) -> list[TargetVerdict]:
    """Return the latest verdicts of one walk, the newest first."""
    wanted = {name: without_halves(getattr(key, name)) for name in _WALK}
    cursor = database.verdicts.find(wanted, limit=limit).sort([("at", -1), ("_id", -1)])
    return [_verdict(document) async for document in cursor]


def _verdict(document: dict[str, Any]) -> TargetVerdict:
    ending: TargetVerdict = _record(TargetVerdict, document)
    ending.verdict = Verdict(ending.verdict)
    return ending


async def _replace(
    collection: AsyncCollection[Any], documents: Iterable[dict[str, Any]]
) -> None:
    operations: list[ReplaceOne[Any]] = [
        ReplaceOne({"_id": one["_id"]}, encode(one), upsert=True) for one in documents
    ]
    async for _ in rounds():
        operations = [operations[at] for at in await bulk(collection, operations)]
        if not operations:
            return


def _record(record: Any, document: dict[str, Any]) -> Any:
    names = [field.name for field in dataclasses.fields(record)]
    return record(**{name: document[name] for name in names if name in document})
