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
    from pathlib import Path

    from douyin_crawler.items.kinds import Kind
    from douyin_crawler.stores.merge import Record

# A spreadsheet takes these for the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvWriter(Writer):
    """UTF-8 with a byte order mark; nested parts as JSON text.

    A tab stands before an id: a spreadsheet rounds numbers of more than 15 digits,
    and shows a text with a tab before it as it is. An apostrophe stands before other
    text that it would take for a formula.
    """

    def __init__(self, kind: Kind, path: Path) -> None:
        super().__init__(kind, path)
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
        if name in self._ids and value.isdigit():
            return f"\t{value}"
        return f"'{value}" if value.startswith(_FORMULA) else value
