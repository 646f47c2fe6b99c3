from __future__ import annotations

import asyncio
import dataclasses
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import zstandard

from douyin_crawler.items.media import Video
from douyin_crawler.items.parts import Challenge
from douyin_crawler.items.post import Post
from douyin_crawler.stores.base import SCHEMA_VERSION, StoreError
from douyin_crawler.stores.sqlite import SQLiteStore
from tests.stores import writer_process
from tests.stores.files import changing, make, refused, rows
from tests.stores.processes import check_two_writers, start_writer
from tests.stores.samples import at, post, run, user

if TYPE_CHECKING:
    from pathlib import Path


# -- what an analyst finds -----------------------------------------------------------


async def test_columns(store: SQLiteStore, path: Path) -> None:
    video = Video(duration=5, cdn_url_expired=at(9))
    await store.write(
        [post(desc="多", digg_count=2, is_top=True, create_time=at(1), video=video)]
    )
    (row,) = rows(path, "SELECT *, json_extract(video, '$.duration') AS d FROM posts")
    assert row["desc"] == "多"
    assert row["digg_count"] == 2
    assert row["is_top"] == 1
    assert row["create_time"] == "2026-01-05T12:00:01Z"
    assert row["first_seen"] == row["last_seen"] == "2026-01-05T12:00:00Z"
    assert row["source"] == "list"
    assert row["comment_count"] is None
    assert row["d"] == 5
    assert '"cdn_url_expired":"2026-01-05T12:00:09Z"' in row["video"]
    assert {f.name for f in dataclasses.fields(Post)} < row.keys()


async def test_chinese_in_json_columns_is_readable(
    store: SQLiteStore, path: Path
) -> None:
    await store.write([post(cha_list=[Challenge(cid="9", cha_name="话题")])])
    (row,) = rows(path, "SELECT cha_list FROM posts")
    assert "话题" in row["cha_list"]


async def test_payloads_are_zstd(store: SQLiteStore, path: Path) -> None:
    await store.write([post(payload=b'{"a":1}' * 99)])
    (row,) = rows(path, "SELECT text FROM payloads")
    assert zstandard.ZstdDecompressor().decompress(row["text"]) == b'{"a":1}' * 99
    assert len(row["text"]) < 99


async def test_metrics_are_counters_when_they_change(
    store: SQLiteStore, path: Path
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
    found = rows(path, "SELECT * FROM metrics ORDER BY time")
    assert [
        (m["kind"], m["id"], m["time"][-3:-1], m["digg_count"], m["comment_count"])
        for m in found
    ] == [
        ("post", "7001", "00", 1, 5),
        ("post", "7001", "20", 0, 5),
        ("post", "7001", "30", 3, 6),
    ]


async def test_durable_and_shared(store: SQLiteStore, path: Path) -> None:
    assert rows(path, "PRAGMA journal_mode")[0]["journal_mode"] == "wal"
    level = await store._call(lambda c: c.execute("PRAGMA synchronous").fetchone())
    assert level == (2,)  # FULL
    assert rows(path, "PRAGMA user_version")[0]["user_version"] == SCHEMA_VERSION


async def test_revisions_count_what_is_saved(store: SQLiteStore) -> None:
    async def revision() -> int:
        return (await store.load("post", ["7001"]))["7001"].revision

    await store.write([post(desc="a"), post(desc="b", seconds=1)])
    assert await revision() == 1
    await store.write([post(desc="b", seconds=1)])
    assert await revision() == 1
    await store.write([post(desc="a", seconds=2)])
    assert await revision() == 2


# -- several at once ------------------------------------------------------------------


async def test_two_processes_lose_nothing(path: Path) -> None:
    await check_two_writers(f"sqlite:///{path}")
    metrics = rows(path, "SELECT id, MAX(time), digg_count FROM metrics GROUP BY id")
    assert {m["digg_count"] for m in metrics} == {writer_process.ROUNDS}


async def test_a_kill_leaves_whole_batches(path: Path) -> None:
    process = await start_writer(f"sqlite:///{path}")
    while not _stored(path):  # noqa: ASYNC110 - it is another process
        await asyncio.sleep(0.002)
    process.kill()
    await process.wait()
    assert rows(path, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert _stored(path) in {*range(0, 60, writer_process.BATCH), 60}
    assert rows(path, "SELECT COUNT(*) AS n FROM payloads")[0]["n"] == _stored(path)
    store = SQLiteStore(path)
    await store.open()
    assert await store.write([post("1")]) == ["new"]
    await store.close()


def _stored(path: Path) -> int:
    try:
        count: int = rows(path, "SELECT COUNT(*) AS n FROM posts")[0]["n"]
    except sqlite3.OperationalError:  # not made yet
        return 0
    return count


async def test_many_open_a_new_file_at_once(path: Path) -> None:
    stores = [SQLiteStore(path) for _ in range(8)]
    await asyncio.gather(*(store.open() for store in stores))
    outcomes = await asyncio.gather(*(s.write([post(desc="a")]) for s in stores))
    assert sorted(o[0] or "" for o in outcomes) == ["new"] + ["unchanged"] * 7
    for store in stores:
        await store.close()


async def test_reading_goes_on_while_another_writes(
    store: SQLiteStore, path: Path
) -> None:
    await store.write([post()])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await store.count("post") == 1
        other.execute("ROLLBACK")


# -- schema versions ------------------------------------------------------------------


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION])
async def test_an_older_file_is_brought_up_to_date(path: Path, version: int) -> None:
    await make(path)
    with changing(path) as older:
        older.execute("DROP INDEX posts_sec_uid_create_time")
        older.execute("DROP TABLE runs")
        older.execute("ALTER TABLE posts DROP COLUMN desc_language")
        older.execute("ALTER TABLE posts DROP COLUMN video")
        older.execute("ALTER TABLE metrics DROP COLUMN share_count")
        older.execute(f"PRAGMA user_version = {version}")
    store = SQLiteStore(path)
    await store.open()
    seen = post(desc_language="zh", share_count=3, video=Video(duration=1), seconds=1)
    assert await store.write([seen]) == ["changed"]
    await store.save_run(run())
    loaded = (await store.load("post", ["7001"]))["7001"]
    await store.close()
    assert loaded.fields["desc"] == "a"
    assert loaded.fields["desc_language"] == "zh"
    assert rows(path, "PRAGMA user_version")[0]["user_version"] == SCHEMA_VERSION
    assert rows(path, "SELECT * FROM sqlite_master WHERE name LIKE 'posts_sec_uid%'")


async def test_columns_of_a_newer_program_are_left_alone(path: Path) -> None:
    await make(path)
    with changing(path) as newer:
        newer.execute("ALTER TABLE posts ADD COLUMN mood TEXT")
        newer.execute("UPDATE posts SET mood = 'x'")
    store = SQLiteStore(path)
    await store.open()
    await store.write([post(desc="b", seconds=1)])
    await store.close()
    (row,) = rows(path, "SELECT desc, mood FROM posts")
    assert row == {"desc": "b", "mood": "x"}


async def test_a_newer_file_is_refused_and_left_alone(path: Path) -> None:
    await make(path)
    with changing(path) as newer:
        newer.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        newer.execute("ALTER TABLE posts DROP COLUMN desc")
    message = await refused(path)
    assert f"schema is version {SCHEMA_VERSION + 1}" in message
    assert "update douyin_crawler" in message
    assert "desc" not in rows(path, "SELECT * FROM posts")[0]


async def test_tables_of_another_program_are_refused(path: Path) -> None:
    with changing(path) as other:
        other.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
    assert "another program's" in await refused(path)
    assert [r["name"] for r in rows(path, "SELECT name FROM sqlite_master")] == [
        "users"
    ]


# -- damage --------------------------------------------------------------------------


async def test_a_damaged_payload(store: SQLiteStore, path: Path) -> None:
    await store.write([post("1"), post("2"), post("3", payload=b"a")])
    with changing(path) as other:
        other.execute("UPDATE payloads SET text = x'28b52ffd00' WHERE id = '1'")
        other.execute("UPDATE payloads SET text = 'text' WHERE id = '3'")
    texts = [payload.text async for payload in store.payloads()]
    assert texts == [b"", post("2").payload, b""]
    with pytest.raises(StoreError, match=r"^the payload of post 1 is damaged"):
        await store.payload("post", "1")
    await store.write([post("1"), post("3", payload=b"b")])
    assert [p.text async for p in store.payloads()] == [
        post("1").payload,
        texts[1],
        b"b",
    ]
