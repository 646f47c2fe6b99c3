from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from douyin_crawler.stores import open_store
from tests.stores.contract import StoreContract
from tests.stores.reading_contract import ReadingContract

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from douyin_crawler.stores.base import Store


class SQLite:
    @pytest.fixture
    def make_store(self, tmp_path: Path) -> Callable[[], Store]:
        return lambda: open_store(f"sqlite:///{tmp_path}/folder/posts.db")


class Mongo:
    @pytest.fixture
    def make_store(self, mongodb_url: str) -> Callable[[], Store]:
        return lambda: open_store(mongodb_url)


class TestSQLite(SQLite, StoreContract):
    pass


class TestMongo(Mongo, StoreContract):
    pass


class TestReadingSQLite(SQLite, ReadingContract):
    pass


class TestReadingMongo(Mongo, ReadingContract):
    pass
