from __future__ import annotations

import asyncio
import dataclasses
import logging
from datetime import UTC
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

from douyin_crawler.items.media import Video
from douyin_crawler.items.parts import Author
from douyin_crawler.items.post import Post
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreError
from douyin_crawler.stores.merge import record_of
from tests.stores import writer_process
from tests.stores.processes import check_two_writers
from tests.stores.samples import HOSTILE, at, comment, post, run, user, verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from douyin_crawler.stores.base import Store


@pytest.fixture
async def store(mongodb_url: str) -> AsyncIterator[Store]:
    store = open_store(mongodb_url)
    await store.open()
    yield store
    await store.close()


Found = Any
"""A database, as pymongo shows it."""


# -- what an analyst finds -----------------------------------------------------------


async def test_documents(store: Store, database: Found) -> None:
    video = Video(duration=5, cdn_url_expired=at(9))
    seen = post(
        desc="多",
        digg_count=2**40,
        is_top=True,
        create_time=at(1),
        video=video,
        author=Author(nickname="甲"),
    )
    await store.write([seen])
    (document,) = database.posts.find()
    assert document["_id"] == document["aweme_id"] == "7001"
    assert document["desc"] == "多"
    assert document["digg_count"] == 2**40
    assert document["is_top"] is True
    assert document["create_time"].astimezone(UTC) == at(1)
    assert document["first_seen"] == document["last_seen"] == at(0)
    assert document["source"] == "list"
    assert document["author"]["nickname"] == "甲"
    assert document["video"]["cdn_url_expired"] == at(9)
    assert "comment_count" not in document
    assert document.keys() < {
        *(field.name for field in dataclasses.fields(Post)),
        *("_id", "_rank", "_time", "_revision", "first_seen", "last_seen", "source"),
    }


async def test_payloads_are_zstd(store: Store, database: Found) -> None:
    await store.write([post(payload=b'{"a":1}' * 99)])
    (document,) = database.payloads.find()
    assert document["_id"] == '["post", "7001", "list"]'
    assert (document["kind"], document["id"]) == ("post", "7001")
    assert (document["source"], document["observed_at"]) == ("list", at(0))
    text = zstandard.ZstdDecompressor().decompress(document["text"])
    assert text == b'{"a":1}' * 99


async def test_metrics_are_counters_when_they_change(
    store: Store, database: Found
) -> None:
    await store.write([post(digg_count=1, comment_count=5), user(nickname="甲")])
    await store.write([post(digg_count=1, comment_count=5, desc="b", seconds=10)])
    await store.write(
        [
            post(digg_count=9, source="feed", seconds=15),
            post(digg_count=0, comment_count=5, seconds=20),
            post(digg_count=3, comment_count=6, seconds=30),
        ]
    )
    await store.reparse([post(digg_count=4, comment_count=6, seconds=30)])
    found = database.metrics.find(sort=[("time", 1)])
    assert [
        (m["kind"], m["id"], m["time"], m["digg_count"], m["comment_count"])
        for m in found
    ] == [
        ("post", "7001", at(0), 1, 5),
        ("post", "7001", at(20), 0, 5),
        ("post", "7001", at(30), 3, 6),
    ]


async def test_history(store: Store, database: Found) -> None:
    await store.write([verdict()])
    await store.save_run(run(counts={"verdict/complete": 1, "a.$b": 2}))
    (ending,) = database.verdicts.find()
    assert (ending["walk"], ending["verdict"]) == ("posts", "truncated")
    assert ending["at"] == at(0)
    (document,) = database.runs.find()
    assert document["_id"] == "run1"
    assert document["started_at"] == at(0)
    assert (await store.runs())[0].counts == {"verdict/complete": 1, "a.$b": 2}


async def test_there_are_indexes_for_what_is_asked(
    store: Store, database: Found
) -> None:
    def keys(table: str) -> set[str]:
        return {",".join(index["key"]) for index in database[table].list_indexes()}

    assert keys("posts") == {"_id", "sec_uid,create_time", "create_time"}
    assert keys("comments") >= {"aweme_id,cid", "sec_uid,create_time"}
    assert keys("metrics") == {"_id", "kind,id,time"}
    assert keys("payloads") >= {"observed_at,kind,id,source"}
    await store.write([comment(aweme_id="1")])
    plan = database.comments.find({"aweme_id": "1"}).explain()
    assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"])


async def test_revisions_count_what_is_saved(store: Store) -> None:
    async def revision() -> int:
        return (await store.load("post", ["7001"]))["7001"].revision

    await store.write([post(desc="a"), post(desc="b", seconds=1)])
    assert await revision() == 1
    await store.write([post(desc="b", seconds=1)])
    assert await revision() == 1
    await store.write([post(desc="a", seconds=2)])
    assert await revision() == 2


async def test_pymongo_does_not_fill_the_log(
    mongodb_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        store = open_store(mongodb_url)
        await store.open()
        await store.write([post()])
        await store.close()
    assert not [r for r in caplog.records if r.name.startswith("pymongo")]


# -- what is odd ---------------------------------------------------------------------


@pytest.mark.parametrize("text", [*HOSTILE, "n\0ul", "$", "$set", ".", "x.$[].y"])
async def test_hostile_texts_stay_what_they_are(
    store: Store, database: Found, text: str
) -> None:
    seen = post(text, desc=text, author=Author(nickname=text), sec_uid=text)
    again = post(text, desc=text + text, sec_uid=text, seconds=1)
    ending = dataclasses.replace(
        verdict(text, run_id=text), range=text, cursor=text, reason=text
    )
    for entry in (seen, again, ending):
        await store.write([entry])
    await store.save_run(run(text, reason=text))
    (document,) = database.posts.find()
    assert document["_id"] == document["aweme_id"] == text
    assert document["desc"] == text + text
    assert document["author"]["nickname"] == document["sec_uid"] == text
    assert [r.id async for r in store.records("post", user=text)] == [text]
    assert await store.verdicts(text) == [ending]
    assert (await store.runs())[0].reason == text


async def test_what_grows_too_large_costs_no_neighbour(store: Store) -> None:
    nine = "x" * 9_000_000
    assert await store.write([post(desc=nine, source="list")]) == ["new"]
    other = post(caption=nine, source="feed", seconds=1)
    outcomes = await store.write([post("1"), other, post("2")])
    assert outcomes == ["new", "too_large", "new"]
    loaded = (await store.load("post", ["7001"]))["7001"]
    assert loaded == dataclasses.replace(
        record_of(post(desc=nine)), revision=1, last_seen=at(0)
    )


async def test_the_largest_payload_that_is_taken(store: Store) -> None:
    text = b"".join(n.to_bytes(8, "big") for n in range(10**17, 10**17 + 2_000_000))
    assert await store.write([post(payload=text[:16_000_000])]) == ["new"]
    stored = await store.payload("post", "7001")
    assert stored is not None
    assert stored.text == text[:16_000_000]


# -- several at once -----------------------------------------------------------------


async def test_two_processes_lose_nothing(mongodb_url: str, database: Found) -> None:
    await check_two_writers(mongodb_url)
    assert database.posts.count_documents({}) == len(writer_process.IDS)
    assert database.payloads.count_documents({}) == 2 * len(writer_process.IDS)
    last = {m["id"]: m for m in database.metrics.find(sort=[("time", 1)])}
    assert {m["digg_count"] for m in last.values()} == {writer_process.ROUNDS}


async def test_many_at_once_agree(mongodb_url: str) -> None:
    stores = [open_store(mongodb_url) for _ in range(8)]
    await asyncio.gather(*(store.open() for store in stores))
    first = await asyncio.gather(*(s.write([post(desc="a")]) for s in stores))
    assert sorted(o[0] or "" for o in first) == ["new"] + ["unchanged"] * 7
    later = [post(desc=str(n), payload=b"%d" % n, seconds=1) for n in range(8)]
    await asyncio.gather(
        *(s.write([seen]) for s, seen in zip(stores, later, strict=True))
    )
    loaded = (await stores[0].load("post", ["7001"]))["7001"]
    assert loaded.fields["desc"] == "7"
    stored = await stores[0].payload("post", "7001")
    assert stored is not None
    assert stored.text == b"7"
    for store in stores:
        await store.close()


# -- damage --------------------------------------------------------------------------


async def test_a_damaged_payload(store: Store, database: Found) -> None:
    await store.write([post("1"), post("2"), post("3", payload=b"a")])
    database.payloads.update_one({"id": "1"}, {"$set": {"text": b"x"}})
    database.payloads.update_one({"id": "3"}, {"$set": {"text": "text"}})
    texts = [payload.text async for payload in store.payloads()]
    assert texts == [b"", post("2").payload, b""]
    with pytest.raises(StoreError, match="the payload of post 1 is damaged"):
        await store.payload("post", "1")
    await store.write([post("1"), post("3", payload=b"b")])
    assert [p.text async for p in store.payloads()] == [
        post("1").payload,
        texts[1],
        b"b",
    ]
