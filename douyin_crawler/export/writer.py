"""What a format has to offer, and the columns that all of them have."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.items.kinds import Kind
    from douyin_crawler.stores.merge import Record

HISTORY = ("first_seen", "last_seen", "source")
"""Columns of the store, behind those of the item."""


class Writer(ABC):
    """Writes records one by one; holds a bounded number of them."""

    def __init__(self, kind: Kind, path: Path) -> None:
        self.columns = (*(field.name for field in fields(kind.item)), *HISTORY)

    def row(self, record: Record) -> dict[str, Any]:
        """Return a record's values by column; what is not known is None."""
        known = record.fields | {name: getattr(record, name) for name in HISTORY}
        return {name: known.get(name) for name in self.columns}

    @abstractmethod
    def write(self, record: Record) -> None:
        """Write *record*."""

    @abstractmethod
    def close(self) -> None:
        """Write what is held back, and close the file."""
