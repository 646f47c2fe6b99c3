"""Budgets and turns, in both stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from douyin_crawler.stores import open_store
from tests.stores.budget_contract import DAY, BudgetContract
from tests.stores.files import changing
from tests.support.mongod import client

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.stores.sqlite import SQLiteStore

_HOUR = 3_600


class TestSQLite(BudgetContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/posts.db"


class TestMongo(BudgetContract):
    @pytest.fixture
    def url(self, mongodb_url: str) -> str:
        return mongodb_url


async def test_a_clock_set_back_keeps_nobody_waiting(
    store: SQLiteStore, path: Path
) -> None:
    await store.reserve("a", DAY, limit=0, interval=5.0)
    with changing(path) as connection:
        connection.execute(f"UPDATE budget SET at = at + {_HOUR}")
        connection.execute(f"UPDATE budget SET next_at = next_at + {_HOUR}")
    taken = await store.reserve("a", DAY, limit=0, interval=5.0)
    assert taken.wait == pytest.approx(5.0)
    assert (await store.reserve("a", DAY, limit=0, interval=0)).wait < 11


async def test_a_server_s_clock_set_back_keeps_nobody_waiting(
    mongodb_url: str,
) -> None:
    store = open_store(mongodb_url)
    await store.open()
    await store.reserve("a", DAY, limit=0, interval=5.0)
    with client(mongodb_url) as looking:
        later = {
            name: {"$add": [f"${name}", _HOUR * 1000]} for name in ("at", "next_at")
        }
        looking.get_default_database().budget.update_many({}, [{"$set": later}])
    taken = await store.reserve("a", DAY, limit=0, interval=5.0)
    assert taken.wait == pytest.approx(5.0)
    assert (await store.reserve("a", DAY, limit=0, interval=0)).wait < 11
    await store.close()
