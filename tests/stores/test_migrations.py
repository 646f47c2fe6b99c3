"""Stores as version 1 left them, opened today."""

from __future__ import annotations

import asyncio
import dataclasses
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.progress import Progress, WalkKey
from douyin_crawler.stores import open_store
from douyin_crawler.verdicts import TargetVerdict, Verdict
from tests.stores.files import rows
from tests.stores.samples import at, run
from tests.stores.walk_samples import holder

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.stores.base import Store

Found = Any
"""A database, as pymongo shows it."""

_TABLES = """
    CREATE TABLE "targets" (
        "run_id" TEXT NOT NULL, "walk" TEXT NOT NULL, "id" TEXT NOT NULL,
        "range" TEXT NOT NULL, "spider" TEXT, "verdict" TEXT, "reason" TEXT,
        "expected" INTEGER, "got" INTEGER, "pages" INTEGER, "cursor" TEXT, "at" TEXT,
        PRIMARY KEY ("run_id", "walk", "id", "range")
    );
    CREATE INDEX "targets_walk_id_at" ON "targets" ("walk", "id", "at");
    CREATE TABLE "runs" (
        "id" TEXT NOT NULL, "spider" TEXT, "arguments" TEXT, "started_at" TEXT,
        "finished_at" TEXT, "exit_status" INTEGER, "reason" TEXT, "counts" TEXT,
        PRIMARY KEY ("id")
    );
    CREATE INDEX "runs_started_at" ON "runs" ("started_at");
    PRAGMA user_version = 1;
"""
_RUN = {
    "id": "run1",
    "spider": "user_posts",
    "arguments": {"user": "MS4wAAA", "since": "2026-01-01"},
    "started_at": at(0),
    "finished_at": None,
    "exit_status": None,
    "reason": "",
    "counts": {},
}
# Run, id, range, verdict, seconds; what came last is said by the time.
_ENDED = [
    ("run1", "a", "", "complete", 5),
    ("run1", "b", "since=2026-01-01", "complete", 3),
    ("run2", "b", "since=2026-01-01", "truncated", 9),
    ("run3", "b", "since=2026-01-01", "blocked", 6),
    ("run1", "b", "", "private", 4),
    ("run2", "c", "", "stopped", 1),
    ("run3", "c", "", "gone", 1),
]
_LATEST = {
    ("a", ""): ("run1", "complete", True),
    ("b", "since=2026-01-01"): ("run2", "truncated", False),
    ("b", ""): ("run1", "private", True),
    ("c", ""): ("run3", "gone", True),
}


def old_rows() -> list[dict[str, Any]]:
    """Return the history as version 1 kept it."""
    names = ("run_id", "id", "range", "verdict", "at")
    common = {"walk": "posts", "spider": "user_posts", "reason": "why", "got": 10}
    more = {"expected": 12, "pages": 2, "cursor": "1767000000000"}
    return [
        common | more | dict(zip(names, row, strict=True)) | {"at": at(row[-1])}
        for row in _ENDED
    ]


@pytest.fixture
def sqlite_url(path: Path) -> str:
    def told(value: Any) -> Any:
        return f"{value:%Y-%m-%dT%H:%M:%SZ}" if hasattr(value, "year") else value

    with closing(sqlite3.connect(path)) as old, old:
        old.executescript(_TABLES)
        for table, row in (("runs", _RUN), *(("targets", r) for r in old_rows())):
            values = {name: told(value) for name, value in row.items()}
            if table == "runs":
                values |= {"arguments": '{"user":"MS4wAAA","since":"2026-01-01"}'}
                values |= {"counts": "{}"}
            columns = ", ".join(f'"{name}"' for name in values)
            marks = ", ".join("?" * len(values))
            statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
            old.execute(statement, [*values.values()])
    return f"sqlite:///{path}"


@pytest.fixture
def old_mongodb_url(mongodb_url: str, database: Found) -> str:
    database.meta.insert_one({"_id": "schema", "version": 1})
    database.targets.create_index([("run_id", 1), ("at", 1)])
    database.targets.create_index([("walk", 1), ("id", 1), ("at", 1)])
    for row in old_rows():
        key = '["{run_id}", "{walk}", "{id}", "{range}"]'.format(**row)
        database.targets.insert_one({"_id": key, **row})
    database.runs.insert_one({"_id": "run1", **_RUN})
    return mongodb_url


async def check(store: Store) -> None:
    """Look at what has become of the rows."""
    expected = [
        TargetVerdict(**(row | {"verdict": Verdict(row["verdict"])}))
        for row in sorted(old_rows(), key=lambda row: row["at"])
    ]
    assert await store.verdicts() == expected
    for (id_, range_), (run_id, verdict, final) in _LATEST.items():
        key = WalkKey("posts", id_, range_)
        (seconds,) = (
            s for r, i, g, _, s in _ENDED if (r, i, g) == (run_id, id_, range_)
        )
        assert await store.progress(key) == Progress(
            key=key,
            spider="user_posts",
            verdict=Verdict(verdict),
            final=final,
            reason="why",
            expected=12,
            got=10,
            pages=2,
            cursor="1767000000000",
            run_id=run_id,
            at=at(seconds),
        )
    left = [p.key.range async for p in store.unfinished(spider="user_posts")]
    assert left == ["since=2026-01-01"]
    assert await store.runs() == await store.open_runs() == [run()]


async def check_use(url: str) -> None:
    """Open it, walk on, and open it once more."""
    store = open_store(url)
    await store.open()
    await check(store)
    key = WalkKey("posts", "a")
    claim = await store.claim(key, holder(), 60, spider="user_posts")
    assert claim.token == 1
    again = dataclasses.replace((await store.verdicts())[0], run_id="new", id="a")
    await store.write([again])
    await store.close()
    store = open_store(url)
    await store.open()
    assert len(await store.verdicts()) == len(_ENDED) + 1
    assert (await store.claim(key, holder("x"), 60, spider="s")).held_token == 1
    await store.close()


async def test_a_file_of_version_1(sqlite_url: str, path: Path) -> None:
    await check_use(sqlite_url)
    indexes = rows(path, "SELECT name, tbl_name FROM sqlite_master WHERE sql > ''")
    named = {row["name"]: row["tbl_name"] for row in indexes}
    assert named["verdicts_walk_id_at"] == "verdicts"
    assert "targets_walk_id_at" not in named


async def test_a_database_of_version_1(old_mongodb_url: str, database: Found) -> None:
    await check_use(old_mongodb_url)
    assert database.targets.count_documents({"_id": {"$type": "string"}}) == 0
    indexes = {",".join(i["key"]) for i in database.targets.list_indexes()}
    mine = {"_id", "final,_id", "parent,final,_id", "holder", "queue,stage,at"}
    assert indexes == mine
    assert database.meta.find_one()["version"] == 2


async def test_many_bring_it_up_to_date_at_once(
    sqlite_url: str, old_mongodb_url: str
) -> None:
    for url in (sqlite_url, old_mongodb_url):
        stores = [open_store(url) for _ in range(4)]
        await asyncio.gather(*(store.open() for store in stores))
        for store in stores:
            await check(store)
            await store.close()


@pytest.mark.parametrize("left", [0, 3])
async def test_a_kill_while_it_is_brought_up_to_date(
    old_mongodb_url: str, database: Found, left: int
) -> None:
    """Some of the old documents are gone already, and a new run walks."""
    store = open_store(old_mongodb_url)
    await store.open()
    key = WalkKey("posts", "b")
    token = (await store.claim(key, holder(), 60, spider="user_posts")).token
    await store.close()
    for row in old_rows()[:left]:
        old = '["{run_id}", "{walk}", "{id}", "{range}"]'.format(**row)
        database.targets.insert_one({"_id": old, **row})
    database.meta.update_one({}, {"$set": {"version": 1}})
    store = open_store(old_mongodb_url)
    await store.open()
    await check(store)
    other = await store.claim(key, holder("x"), 60, spider="s")
    assert other.held_token == token == 1
    await store.close()
