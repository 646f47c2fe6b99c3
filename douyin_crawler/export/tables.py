"""CSV that a spreadsheet opens as it is meant: ids whole, no formula run."""

from __future__ import annotations

import csv
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from douyin_crawler.export.writer import Writer
from douyin_crawler.items.reader import Id, hints_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from douyin_crawler.items.kinds import Kind
    from douyin_crawler.stores.merge import Record

# A spreadsheet takes these for the start of a formula.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_ROUNDED = 15
"""Digits that a spreadsheet keeps of a number."""


class CsvWriter(Writer):
    """UTF-8 with a byte order mark; nested parts as JSON text.

    A tab stands before an id: a spreadsheet rounds numbers of more than 15 digits,
    and shows a text with a tab before it as it is. An apostrophe stands before other
    text that it would take for a formula.
    """

    flat = True

    def __init__(self, kind: Kind, path: Path, columns: Sequence[str] = ()) -> None:
        super().__init__(kind, path, columns)
        hints = hints_of(kind.item)
        ids = {f.name for f in fields(kind.item) if hints[f.name] == Id}
        self._ids = frozenset(ids | {kind.key})
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)
        self._csv.writerow(self.columns)

    def write(self, record: Record) -> None:
        """Write one row."""
        row = self.row(record)
        self._csv.writerow([self._cell(name, row[name]) for name in self.columns])

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _cell(self, name: str, value: Any) -> Any:
        if isinstance(value, dict | list | bool):
            return msgspec.json.encode(value).decode()
        if isinstance(value, datetime):
            return msgspec.to_builtins(value)
        if not isinstance(value, str):
            return value
        if value.isdigit() and (name in self._ids or _is_id(value)):
            return f"\t{value}"
        risky = value.lstrip().startswith(_FORMULA) or value.startswith(("\t", "\r"))
        return f"'{value}" if risky else value


def _is_id(digits: str) -> bool:
    """Return whether a number would lose digits: zeros in front, or the last ones."""
    return len(digits) > _ROUNDED or (len(digits) > 1 and digits[0] == "0")
