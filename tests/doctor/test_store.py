"""Both stores: reachable, writable, of what schema; and as they were before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.doctor import store as store_check
from douyin_crawler.doctor.store import check_store
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import SCHEMA_VERSION
from tests.support.mongod import client, free_port, leaves_sockets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from douyin_crawler.doctor.finding import About, Finding

    Make = Callable[..., About]

HEALTHY = {"store": "ok", "store schema": "ok", "store space": "ok"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "douyin.db"


@pytest.fixture
def look(about: Make) -> Callable[[str], Any]:
    """Look at a store; returns the findings by check."""

    async def looked(url: str) -> dict[str, Finding]:
        found = await check_store(about(DOUYIN_STORE=url))
        return {one.check: one for one in found}

    return looked


def states(found: dict[str, Finding]) -> dict[str, str]:
    return {name: str(one.state) for name, one in found.items()}


async def make(url: str) -> None:
    store = open_store(url)
    await store.open()
    await store.close()


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


async def test_a_file_is_written_and_is_as_before(look: Any, path: Path) -> None:
    url = f"sqlite:///{path}"
    found = await look(url)
    assert states(found) == {"store": "ok", "store space": "ok"}
    assert not path.parent.exists(), "a crawl makes it"
    await make(url)
    before = dump(path)
    assert states(await look(url)) == HEALTHY
    assert dump(path) == before


@pytest.mark.parametrize(
    ("version", "state", "advice"),
    [
        (SCHEMA_VERSION + 1, "failed", "update douyin_crawler"),
        (SCHEMA_VERSION - 1, "warning", "copy it before"),
        (-5, "failed", "choose another store"),
    ],
)
async def test_the_schema_of_a_file_is_told_and_stays(
    look: Any, path: Path, version: int, state: str, advice: str
) -> None:
    await make(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    found = await look(f"sqlite:///{path}")
    assert found["store schema"].state == state
    assert advice in found["store schema"].advice
    assert found["store"].state == ("failed" if state == "failed" else "ok")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)


async def test_what_is_no_store_of_ours(
    look: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    text = path.with_name("text.db")
    text.write_bytes(b"no database" * 1000)
    assert "choose another file" in (await look(f"sqlite:///{text}"))["store"].advice
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE guests (name TEXT)")
    assert "another program" in (await look(f"sqlite:///{path}"))["store"].finding
    assert states(await look(f"sqlite:///{path.parent}"))["store"] == "failed"
    below = await look(f"sqlite:///{path}/douyin.db")
    assert states(below)["store"] == "failed"
    monkeypatch.setattr(store_check, "_NOTHING", 10**18)
    assert states(await look(f"sqlite:///{path}"))["store space"] == "failed"


async def test_another_that_writes_is_no_failure(
    look: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("douyin_crawler.doctor.store_sqlite._BUSY", 0.05)
    await make(f"sqlite:///{path}")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert states(await look(f"sqlite:///{path}"))["store"] == "warning"


async def test_a_database_is_written_and_is_as_before(
    look: Any, mongodb_url: str
) -> None:
    name = mongodb_url.rpartition("/")[2].partition("?")[0]
    with client(mongodb_url) as asking:
        assert states(await look(mongodb_url)) == {"store": "ok"}
        assert name not in asking.list_database_names()
        await make(mongodb_url)
        before = list(asking[name].meta.find())
        assert states(await look(mongodb_url)) == HEALTHY
        assert list(asking[name].meta.find()) == before
        asking[name].meta.update_one({}, {"$set": {"version": SCHEMA_VERSION + 1}})
        newer = await look(mongodb_url)
        assert newer["store"].state == newer["store schema"].state == "failed"
        asking[name].meta.update_one({}, {"$set": {"version": SCHEMA_VERSION - 1}})
        assert states(await look(mongodb_url))["store schema"] == "warning"
        asking[name].meta.drop()
        asking[name].posts.insert_one({"_id": 1})
        assert "another program" in (await look(mongodb_url))["store"].finding


@leaves_sockets
async def test_a_server_that_is_away(
    look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_limits(), "serverSelectionTimeoutMS", 200)
    found = await look(f"mongodb://me:hunter2pass@127.0.0.1:{free_port()}/douyin")
    assert states(found) == {"store": "failed"}
    assert "can't be reached" in found["store"].finding
    assert "hunter2pass" not in str(found)


def _limits() -> dict[str, Any]:
    from douyin_crawler.doctor import store_mongo

    return store_mongo._LIMITS
