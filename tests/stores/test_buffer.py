from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.stores.base import StoreError, StoreUnavailable
from douyin_crawler.stores.buffer import WriteBuffer
from douyin_crawler.stores.sqlite import SQLiteStore
from tests.stores.samples import page, post, user, verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class Watched(SQLiteStore):
    """A real store that notes its batches, and can be made to wait."""

    def __init__(self, path: Path, **options: Any) -> None:
        super().__init__(path, **options)
        self.batches: list[list[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def write(self, batch: Any) -> Any:
        self.batches.append([entry.id for entry in batch])
        await self.gate.wait()
        return await super().write(batch)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Watched]:
    store = Watched(tmp_path / "posts.db", busy_seconds=0.1)
    await store.open()
    yield store
    await store.close()


async def test_size_flushes(store: Watched) -> None:
    buffer = WriteBuffer(store, max_records=3, max_age_seconds=60)
    for n in range(1, 8):
        await buffer.put(post(str(n)))
        await asyncio.sleep(0)
    await buffer.flush()
    assert [key for batch in store.batches for key in batch] == list("1234567")
    assert len(store.batches) >= 2
    assert max(map(len, store.batches)) <= 6
    assert await store.count("post") == 7
    await buffer.close()


async def test_bytes_flush(store: Watched) -> None:
    buffer = WriteBuffer(store, max_bytes=50_000, max_age_seconds=60)
    await buffer.put(post("1", payload=b"x" * 60_000))
    await asyncio.sleep(0)
    assert store.batches == [["1"]]
    await buffer.close()


async def test_age_flushes(store: Watched) -> None:
    buffer = WriteBuffer(store, max_age_seconds=0.05)
    await buffer.put(post("1"))
    assert len(buffer) == 1
    assert store.batches == []
    await asyncio.sleep(0.3)
    assert store.batches == [["1"]]
    await buffer.put(post("2"))
    await asyncio.sleep(0.3)
    assert store.batches == [["1"], ["2"]]
    assert await store.count("post") == 2
    await buffer.close()


async def test_put_waits_only_when_too_much_is_on_its_way(store: Watched) -> None:
    buffer = WriteBuffer(store, max_records=2, max_age_seconds=60)
    store.gate.clear()
    for n in range(3):  # two are being written, one waits
        await asyncio.wait_for(buffer.put(post(str(n))), 1)
        await asyncio.sleep(0)
    late = [asyncio.create_task(buffer.put(post(str(n)))) for n in range(3, 6)]
    await asyncio.sleep(0.05)
    assert not any(task.done() for task in late)
    assert len(buffer) == 4
    store.gate.set()
    await asyncio.gather(*late)
    await buffer.close()
    assert store.batches == [["0", "1"], ["2", "3", "4", "5"]]


async def test_order_holds_across_kinds(store: Watched) -> None:
    buffer = WriteBuffer(store)
    for entry in (post("1"), user("2"), page("3"), post("4"), verdict("5")):
        await buffer.put(entry)
    await buffer.flush()
    assert store.batches == [["1", "2", "3", "4", "5"]]
    await buffer.close()


async def test_flush_includes_what_is_being_written(store: Watched) -> None:
    buffer = WriteBuffer(store, max_records=1)
    store.gate.clear()
    await buffer.put(post("1"))
    flush = asyncio.create_task(buffer.flush())
    await asyncio.sleep(0.05)
    assert not flush.done()
    store.gate.set()
    await flush
    assert await store.count("post") == 1
    await buffer.flush()
    await buffer.close()


async def test_outcomes_are_reported(store: Watched) -> None:
    said: list[tuple[str, str]] = []
    buffer = WriteBuffer(store, on_outcome=lambda *what: said.append(what))
    for entry in (post(), post(), user(), page(), verdict()):
        await buffer.put(entry)
    await buffer.close()
    assert said == [
        ("posts", "new"),
        ("posts", "unchanged"),
        ("users", "new"),
        ("pages", "payload"),
    ]


async def test_nothing_is_taken_after_the_end(store: Watched) -> None:
    buffer = WriteBuffer(store)
    await buffer.put(post())
    await buffer.close()
    await buffer.close()
    with pytest.raises(StoreError, match="closed"):
        await buffer.put(post())
    assert await store.count("post") == 1


async def test_a_failure_is_raised_from_then_on(store: Watched, tmp_path: Path) -> None:
    failures: list[StoreError] = []
    buffer = WriteBuffer(
        store, max_age_seconds=0.05, patience_seconds=0, on_failure=failures.append
    )
    with closing(sqlite3.connect(tmp_path / "posts.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        await buffer.put(post("1"))
        await asyncio.sleep(0.6)  # written by age, with nobody waiting for it
    assert buffer.failed is not None
    assert failures == [buffer.failed]
    for call in (buffer.put(post("2")), buffer.flush(), buffer.close()):
        with pytest.raises(StoreUnavailable, match="locked"):
            await call
    assert len(buffer) == 0
    assert await store.count("post") == 0


async def test_who_waits_for_room_learns_of_the_failure(
    store: Watched, tmp_path: Path
) -> None:
    buffer = WriteBuffer(store, max_records=1, patience_seconds=0)
    with closing(sqlite3.connect(tmp_path / "posts.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        await buffer.put(post("1"))
        with pytest.raises(StoreUnavailable, match="locked"):
            await buffer.put(post("2"))


async def test_an_error_of_ours_is_a_failure_too(
    store: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(table: str, outcome: str) -> None:
        raise ZeroDivisionError

    buffer = WriteBuffer(store, on_outcome=broken)
    await buffer.put(post("1"))
    with pytest.raises(StoreError, match="ZeroDivisionError"):
        await buffer.flush()
    assert "The store's code failed" in caplog.text
