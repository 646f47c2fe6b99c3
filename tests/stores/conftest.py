from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.stores.sqlite import SQLiteStore
from tests.support.mongod import client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from pymongo.database import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "posts.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SQLiteStore]:
    store = SQLiteStore(path)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def database(mongodb_url: str) -> Iterator[Database[dict[str, Any]]]:
    """Look at what is stored without the project's code."""
    with client(mongodb_url) as looking:
        yield looking.get_default_database()
