from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from douyin_crawler.stores import open_store
from tests.stores.contract import StoreContract

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from douyin_crawler.stores.base import Store


class TestSQLite(StoreContract):
    @pytest.fixture
    def make_store(self, tmp_path: Path) -> Callable[[], Store]:
        return lambda: open_store(f"sqlite:///{tmp_path}/folder/posts.db")
