"""What a format has to offer, and the columns that all of them have."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

from douyin_crawler.items.parts import Author
from douyin_crawler.items.reader import hints_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from douyin_crawler.items.kinds import Kind
    from douyin_crawler.stores.merge import Record

HISTORY = ("first_seen", "last_seen", "source")
"""Columns of the store, behind those of the item."""
_FLAT = "nickname"
"""What of a nested author has a column of its own, too."""


def flat_columns(kind: Kind) -> dict[str, str]:
    """Return the columns that hold a nested author's nickname: whose it is, by name."""
    hints = hints_of(kind.item)
    return {
        f"{field.name}_{_FLAT}": field.name
        for field in fields(kind.item)
        if hints[field.name] == Author | None
    }


def columns_of(kind: Kind, *, flat: bool = True) -> tuple[str, ...]:
    """Return all columns of *kind*, each flat one behind that which it is of."""
    found: list[str] = []
    whose = {nested: name for name, nested in flat_columns(kind).items()}
    for field in fields(kind.item):
        found.append(field.name)
        if flat and field.name in whose:
            found.append(whose[field.name])
    return (*found, *HISTORY)


class Writer(ABC):
    """Writes records one by one; holds a bounded number of them."""

    flat: ClassVar[bool] = False
    """Whether flat columns are written where no columns are chosen."""

    def __init__(self, kind: Kind, path: Path, columns: Sequence[str] = ()) -> None:
        self.columns = tuple(columns) or columns_of(kind, flat=self.flat)
        self._flat = {
            name: nested
            for name, nested in flat_columns(kind).items()
            if name in self.columns
        }

    def row(self, record: Record) -> dict[str, Any]:
        """Return a record's values by column; what is not known is None."""
        known = record.fields | {name: getattr(record, name) for name in HISTORY}
        for name, nested in self._flat.items():
            author = record.fields.get(nested)
            known[name] = author.get(_FLAT) if isinstance(author, dict) else None
        return {name: known.get(name) for name in self.columns}

    @abstractmethod
    def write(self, record: Record) -> None:
        """Write *record*."""

    @abstractmethod
    def close(self) -> None:
        """Write what is held back, and close the file."""
