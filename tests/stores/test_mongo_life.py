from __future__ import annotations

import asyncio
import dataclasses
import time
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.items.media import Video
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import SCHEMA_VERSION, SchemaTooNew, StoreUnavailable
from douyin_crawler.stores.merge import record_of
from tests.stores.processes import start_writer
from tests.stores.samples import post, run
from tests.support.mongod import client, leaves_sockets

if TYPE_CHECKING:
    from douyin_crawler.stores.base import Store
    from tests.support.mongod import Mongod


Found = Any
"""A database, as pymongo shows it."""


# -- processes and servers that go away ------------------------------------------------


async def test_a_kill_leaves_whole_records(mongodb_url: str, database: Found) -> None:
    process = await start_writer(mongodb_url)
    while database.posts.count_documents({}) < 8:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.002)
    process.kill()
    await process.wait()
    await _check_whole(mongodb_url)


@leaves_sockets
async def test_a_server_that_goes_away(mongod: Mongod) -> None:
    store = open_store(mongod.url("d?serverSelectionTimeoutMS=2000"))
    await store.open()
    acknowledged: set[str] = set()
    writing = asyncio.create_task(_write_until_it_fails(store, acknowledged))
    while len(acknowledged) < 200:  # noqa: ASYNC110 - it is that task that counts
        await asyncio.sleep(0.002)
    mongod.kill()
    start = time.monotonic()
    with pytest.raises(StoreUnavailable, match="can't be reached") as caught:
        await writing
    assert time.monotonic() - start < 4
    assert "\n" not in str(caught.value)
    with pytest.raises(StoreUnavailable, match="can't be reached"):
        await store.save_run(run())
    await store.close()
    mongod.start()
    assert await _check_whole(mongod.url("d")) >= acknowledged


async def _write_until_it_fails(store: Store, done: set[str]) -> None:
    """Add the ids that are stored, as the store says."""
    for start in range(0, 1_000_000, 20):
        ids = [str(n) for n in range(start, start + 20)]
        await store.write([_large(key) for key in ids])
        done.update(ids)


def _large(id: str) -> Any:
    text = f"{id} " * 500
    return post(id, desc=text, caption=text, digg_count=1, payload=text.encode())


async def _check_whole(url: str) -> set[str]:
    """Return the ids that are stored, each with its payload and its metrics."""
    store = open_store(url)
    await store.open()
    found = [record async for record in store.records("post")]
    with client(url) as looking:
        counted = {m["id"] for m in looking.get_default_database().metrics.find()}
    for record in found:
        payload = await store.payload("post", record.id)
        assert payload is not None
        assert record.id in counted
        if "caption" in record.fields:
            whole = dataclasses.replace(record_of(_large(record.id)), revision=1)
            assert record == whole
            assert payload.text == _large(record.id).payload
    await store.close()
    return {record.id for record in found}


# -- schema versions -----------------------------------------------------------------


async def test_an_older_database_is_brought_up_to_date(
    mongodb_url: str, database: Found
) -> None:
    await _make(mongodb_url)
    assert database.meta.find_one({"_id": "schema"})["version"] == SCHEMA_VERSION
    database.meta.update_one({}, {"$set": {"version": SCHEMA_VERSION - 1}})
    database.posts.drop_indexes()
    database.posts.update_one({}, {"$unset": {"video.duration": 1}})
    store = open_store(mongodb_url)
    await store.open()
    seen = post(desc="a", video=Video(ratio="1080p"))
    assert await store.write([seen]) == ["unchanged"]
    loaded = (await store.load("post", ["7001"]))["7001"]
    await store.close()
    assert loaded.fields["video"] == record_of(seen).fields["video"]
    assert database.meta.find_one()["version"] == SCHEMA_VERSION
    assert "sec_uid_1_create_time_1" in database.posts.index_information()


async def test_a_newer_database_is_refused_and_left_alone(
    mongodb_url: str, database: Found
) -> None:
    await _make(mongodb_url)
    database.meta.update_one({}, {"$set": {"version": SCHEMA_VERSION + 1}})
    database.posts.drop_indexes()
    store = open_store(mongodb_url)
    with pytest.raises(SchemaTooNew, match="update douyin_crawler") as caught:
        await store.open()
    assert f"schema is version {SCHEMA_VERSION + 1}" in str(caught.value)
    assert [*database.posts.index_information()] == ["_id_"]
    with pytest.raises(StoreUnavailable, match="not open"):
        await store.count("post")


async def test_collections_of_another_program_are_refused(
    mongodb_url: str, database: Found
) -> None:
    database.users.insert_one({"name": "x"})
    with pytest.raises(StoreUnavailable, match="users is another program's"):
        await open_store(mongodb_url).open()
    assert database.list_collection_names() == ["users"]


@pytest.mark.parametrize("meta", [{}, {"version": "two"}, {"version": None}])
async def test_a_meta_document_of_another_program(
    mongodb_url: str, database: Found, meta: dict[str, Any]
) -> None:
    database.meta.insert_one({"_id": "schema", **meta})
    with pytest.raises(StoreUnavailable, match="meta is another program's"):
        await open_store(mongodb_url).open()
    assert database.list_collection_names() == ["meta"]


async def test_an_index_of_the_owner_s_own_is_good_enough(
    mongodb_url: str, database: Found
) -> None:
    database.posts.create_index([("create_time", 1)], name="mine", sparse=True)
    await _make(mongodb_url)
    assert "mine" in database.posts.index_information()


async def _make(url: str) -> None:
    store = open_store(url)
    await store.open()
    await store.write([post(desc="a", video=Video(ratio="1080p"))])
    await store.close()
