"""Files to take away from the store: one module a format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.export.lines import JsonLinesWriter
from douyin_crawler.export.tables import CsvWriter

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.export.writer import Writer
    from douyin_crawler.items.kinds import Kind

FORMATS = ("csv", "jsonl", "parquet")


class ExportError(ValueError):
    """A file that can't be written; one line that says what to do."""


def open_writer(file_format: str, kind: Kind, path: Path) -> Writer:
    """Return what writes records of *kind* to *path*.

    Raises:
        ExportError: the format needs a package that is not installed.
    """
    if file_format == "csv":
        return CsvWriter(kind, path)
    if file_format == "jsonl":
        return JsonLinesWriter(kind, path)
    try:
        from douyin_crawler.export.parquet import ParquetWriter  # noqa: PLC0415
    except ImportError:
        raise ExportError(
            "Parquet needs pyarrow, which is not installed: pip install pyarrow"
        ) from None
    return ParquetWriter(kind, path)
