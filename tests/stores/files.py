"""SQLite files, looked at and changed from outside."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.stores.base import SchemaTooNew, StoreUnavailable
from douyin_crawler.stores.sqlite import SQLiteStore
from tests.stores.samples import post, user

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def rows(path: Path, query: str) -> list[dict[str, Any]]:
    """Read a file without the project's code."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query)]


@contextmanager
def changing(path: Path) -> Iterator[sqlite3.Connection]:
    """Change a file behind the project's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        yield connection


async def make(path: Path) -> None:
    """Make a store with a post and a user."""
    store = SQLiteStore(path)
    await store.open()
    await store.write([post(digg_count=1, desc="a"), user(nickname="甲")])
    await store.close()


async def refused(path: Path, **options: Any) -> str:
    """Return what is said about a file that can't be opened."""
    store = SQLiteStore(path, **options)
    with pytest.raises((StoreUnavailable, SchemaTooNew)) as caught:
        await store.open()
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    await store.close()
    return message
