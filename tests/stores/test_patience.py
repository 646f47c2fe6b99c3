"""Stores that are away for a while: what waits for them, and how long."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.progress import WalkKey
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreUnavailable
from douyin_crawler.stores.buffer import WriteBuffer
from douyin_crawler.stores.patience import patiently
from douyin_crawler.stores.sqlite import SQLiteStore
from tests.stores.samples import at, post
from tests.stores.walk_samples import USER, checkpoint, holder
from tests.support.mongod import client, leaves_sockets

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from douyin_crawler.progress import Claim
    from douyin_crawler.stores.base import Store
    from tests.support.mongod import Mongod


def failing(times: int, *, transient: bool = True) -> Callable[[], Awaitable[int]]:
    """Return a call that fails so many times."""
    left = [StoreUnavailable("away", transient=transient)] * times

    async def call() -> int:
        await asyncio.sleep(0)
        if left:
            raise left.pop()
        return 7

    return call


# -- the rule ------------------------------------------------------------------------


async def test_it_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    calls = (patiently(failing(2), seconds=9) for _ in range(3))
    assert await asyncio.gather(*calls) == [7, 7, 7]
    said = [(r.levelname, r.getMessage()) for r in caplog.records]
    assert said == [
        ("WARNING", "away; waiting for it, 9 s at most"),
        ("INFO", "The store is back"),
    ]
    caplog.clear()
    assert await patiently(failing(0), seconds=9) == 7
    assert not caplog.records


async def test_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for seconds, transient in ((0.0, True), (0.3, True), (9.0, False)):
        with pytest.raises(StoreUnavailable, match="away"):
            await patiently(failing(99, transient=transient), seconds=seconds)
    assert [r.levelname for r in caplog.records] == ["WARNING"]


# -- SQLite --------------------------------------------------------------------------


async def test_a_file_that_is_locked_for_a_while(path: Path) -> None:
    store = SQLiteStore(path, busy_seconds=0.05)
    await store.open()
    buffer = WriteBuffer(store, max_records=2, max_age_seconds=0.01)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        puts = [asyncio.create_task(buffer.put(post(str(n)))) for n in range(9)]
        await asyncio.sleep(0.4)
        assert not all(put.done() for put in puts)  # held up, and not dropped
        other.execute("ROLLBACK")
        await asyncio.gather(*puts)
        await buffer.close()
    assert await store.count("post") == 9
    await store.close()


async def test_what_patience_does_not_help(path: Path) -> None:
    store = SQLiteStore(path)
    await store.open()
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE posts")
    buffer = WriteBuffer(store)
    await buffer.put(post())
    with pytest.raises(StoreUnavailable, match="no such table") as caught:
        await buffer.flush()
    assert not caught.value.transient
    assert buffer.lost == 1
    await store.close()


async def test_lost_walks_are_reported(path: Path) -> None:
    store = SQLiteStore(path)
    await store.open()
    stale = (await store.claim(USER, holder(), 60, spider="s")).token
    assert stale is not None
    await store.claim(USER, holder("other"), 60, spider="s", over=stale)
    lost: list[WalkKey] = []
    buffer = WriteBuffer(store, on_lost=lost.append)
    for entry in (post(), checkpoint(stale), post("2")):
        await buffer.put(entry)
    await buffer.close()
    assert lost == [USER]
    assert await store.count("post") == 2
    await store.close()


# -- MongoDB -------------------------------------------------------------------------

_BATCH = 20
_RESTARTS = 3


class Load:
    """Writes pages of posts with their checkpoints, until it is told to end."""

    def __init__(self, store: Store, token: int) -> None:
        self.pages = 0
        self.ends = False
        self.buffer = WriteBuffer(
            store, max_records=30, max_age_seconds=0.05, patience_seconds=60
        )
        self._token = token

    async def run(self) -> None:
        while not self.ends:
            for n in range(_BATCH):
                key = f"{self.pages:05}.{n}"
                await self.buffer.put(post(key, desc=key * 40, digg_count=n))
            self.pages += 1
            await self.buffer.put(checkpoint(self._token, self.pages))
            await asyncio.sleep(0)
        await self.buffer.close()

    async def until(self, pages: int) -> None:
        while self.pages < pages:  # noqa: ASYNC110 - it is that task that counts
            await asyncio.sleep(0.002)


@leaves_sockets
async def test_a_server_that_is_killed_and_started_again(mongod: Mongod) -> None:
    store = open_store(mongod.url("d"))
    await store.open()
    token = await _token(store)
    load = Load(store, token)
    task = asyncio.create_task(load.run())
    for number in range(_RESTARTS):
        await load.until(load.pages + 20)
        mongod.kill()
        key = WalkKey("posts", str(number))
        claim = asyncio.create_task(_claim(store, key))
        await asyncio.sleep(0.3)
        assert not claim.done()
        await asyncio.to_thread(mongod.start)
        assert (await claim).token is not None
        await patiently(lambda: store.renew("run1", 60), seconds=60)
    await load.until(load.pages + 20)
    load.ends = True
    await task
    await store.close()
    _check_all(mongod.url("d"), load.pages)


async def _claim(store: Store, key: WalkKey) -> Claim:
    return await patiently(
        lambda: store.claim(key, holder(), 60, spider="s"), seconds=60
    )


async def _token(store: Store) -> int:
    token = (await _claim(store, USER)).token
    assert token is not None
    return token


def _check_all(url: str, pages: int) -> None:
    """Look for every record, its payload and its metrics: each is there once."""
    wanted = {f"{page:05}.{n}" for page in range(pages) for n in range(_BATCH)}
    with client(url) as looking:
        database = looking.get_default_database()
        for table, key in (("posts", "_id"), ("payloads", "id"), ("metrics", "id")):
            found = [document[key] for document in database[table].find()]
            assert len(found) == len(wanted)
            assert set(found) == wanted
        (one,) = database.posts.find({"_id": "00000.3"})
        assert (one["desc"], one["digg_count"]) == ("00000.3" * 40, 3)
        (target,) = database.targets.find({"id": USER.id})
        assert (target["pages"], target["at"]) == (pages, at(pages))


@leaves_sockets
async def test_a_server_that_stays_away(mongod: Mongod) -> None:
    store = open_store(mongod.url("d?serverSelectionTimeoutMS=200"))
    await store.open()
    buffer = WriteBuffer(store, patience_seconds=0.5)
    await buffer.put(post("1"))
    await buffer.flush()
    mongod.kill()
    await buffer.put(post("2"))
    with pytest.raises(StoreUnavailable, match="can't be reached"):
        await buffer.flush()
    assert buffer.lost == 1
    await store.close()
