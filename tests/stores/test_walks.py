from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.stores.files import changing
from tests.stores.test_contract import Mongo, SQLite
from tests.stores.walks_contract import WalksContract

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class TestWalksSQLite(SQLite, WalksContract):
    @pytest.fixture
    def multiply(self, tmp_path: Path) -> Callable[[int], None]:
        def multiply(number: int) -> None:
            with changing(tmp_path / "folder" / "posts.db") as file:
                cursor = file.execute("SELECT * FROM targets")
                at = [column[0] for column in cursor.description].index("id")
                row = cursor.fetchone()
                file.executemany(
                    f"INSERT INTO targets VALUES ({', '.join('?' * len(row))})",
                    ((*row[:at], f"x{n}", *row[at + 1 :]) for n in range(number)),
                )

        return multiply


class TestWalksMongo(Mongo, WalksContract):
    @pytest.fixture
    def multiply(self, database: Any) -> Callable[[int], None]:
        def multiply(number: int) -> None:
            (row,) = database.targets.find()
            ids = ({**row["_id"], "id": f"x{n}"} for n in range(number))
            copies = [{**row, **key, "_id": key} for key in ids]
            database.targets.insert_many(copies)

        return multiply
