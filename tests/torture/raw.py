"""The embedded store, read without the project's code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.crawling import rows

if TYPE_CHECKING:
    from collections.abc import Mapping


def sqlite_path(url: str) -> Path:
    """Return the file of a store's address."""
    return Path(url.removeprefix("sqlite:///"))


def sqlite_rows(url: str, table: str) -> list[Mapping[str, Any]]:
    """Return all rows of a table."""
    return [dict(row) for row in rows(sqlite_path(url), f"SELECT * FROM {table}")]
