"""JSON lines: one object a record, nested parts as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from douyin_crawler.export.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from douyin_crawler.items.kinds import Kind
    from douyin_crawler.stores.merge import Record


class JsonLinesWriter(Writer):
    """UTF-8, times as ``YYYY-MM-DDTHH:MM:SSZ``, null for what is not known."""

    def __init__(self, kind: Kind, path: Path, columns: Sequence[str] = ()) -> None:
        super().__init__(kind, path, columns)
        self._file = path.open("wb")

    def write(self, record: Record) -> None:
        """Write one line."""
        self._file.write(msgspec.json.encode(self.row(record)) + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()
