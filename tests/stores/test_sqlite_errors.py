# ruff: noqa: ASYNC240  (a test has its loop for itself)

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.stores.base import StoreUnavailable
from douyin_crawler.stores.sqlite import SQLiteStore
from tests.stores.files import make, refused
from tests.stores.samples import page, post, verdict

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.stores.base import Entry


async def test_the_folder_is_made(tmp_path: Path) -> None:
    await make(tmp_path / "a" / "b" / "posts.db")


async def test_no_database(path: Path) -> None:
    path.write_bytes(b"aweme_id,desc\n" * 1000)
    assert "no SQLite database" in await refused(path)
    assert path.read_bytes().startswith(b"aweme_id")


async def test_damaged(path: Path) -> None:
    await make(path)
    content = bytearray(path.read_bytes())
    content[100:] = b"\x5a" * (len(content) - 100)
    path.write_bytes(content)
    assert "damaged" in await refused(path)


async def test_a_folder(path: Path) -> None:
    path.mkdir()
    assert "can't be opened" in await refused(path)


async def test_a_file_where_a_folder_should_be(path: Path) -> None:
    path.write_text("x")
    store = SQLiteStore(path / "posts.db")
    with pytest.raises(StoreUnavailable, match="its folder can't be made"):
        await store.open()


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
async def test_not_to_be_written(path: Path) -> None:
    if os.geteuid() == 0:
        await _not_to_be_written_as_somebody_else(path)
        return
    await make(path)
    path.chmod(0o444)
    assert "can't be written" in await refused(path)


async def _not_to_be_written_as_somebody_else(path: Path) -> None:
    """Permissions do not bind root: make /proc the folder instead."""
    store = SQLiteStore(path.parents[-1] / "proc" / "posts.db")
    with pytest.raises(StoreUnavailable, match=r"can't be (opened|written|made)"):
        await store.open()


async def test_locked_for_too_long(path: Path) -> None:
    await make(path)
    store = SQLiteStore(path, busy_seconds=0.1)
    await store.open()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="another program holds it locked"):
            await store.write([post(seconds=1)])
        assert "locked" in await refused(path, busy_seconds=0.1)
        other.execute("ROLLBACK")
    assert await store.write([post(desc="b", seconds=1)]) == ["changed"]
    await store.close()


async def test_a_full_disk_leaves_no_half_batch(store: SQLiteStore, path: Path) -> None:
    await store.write([post("1")])
    pages = (await store._call(lambda c: c.execute("PRAGMA page_count").fetchone()))[0]
    await store._call(lambda c: c.execute(f"PRAGMA max_page_count = {pages + 4}"))
    batch: list[Entry] = [
        post("1", desc="changed", seconds=1),
        page(),
        verdict(),
        *(post(str(n), payload=os.urandom(30_000)) for n in range(2, 9)),
    ]
    with pytest.raises(StoreUnavailable, match="the disk is full: free some space"):
        await store.write(batch)
    assert await store.count("post") == 1
    assert await store.count("page") == 0
    assert await store.verdicts() == []
    await store._call(lambda c: c.execute("PRAGMA max_page_count = 1000000"))
    assert (await store.write(batch))[:2] == ["changed", "payload"]
