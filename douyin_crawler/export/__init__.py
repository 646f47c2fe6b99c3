"""Files to take away from the store: one module a format."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from douyin_crawler.export.lines import JsonLinesWriter
from douyin_crawler.export.tables import CsvWriter
from douyin_crawler.export.writer import columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from douyin_crawler.export.writer import Writer
    from douyin_crawler.items.kinds import Kind

FORMATS = ("csv", "jsonl", "parquet")


class ExportError(ValueError):
    """A file that can't be written; one line that says what to do."""


def read_columns(kind: Kind, text: str) -> list[str]:
    """Return the columns that *text* names, in its order.

    Raises:
        ExportError: it names none, or one that records of *kind* have not.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = columns_of(kind)
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]}?" if close else ", ".join(known)
            raise ExportError(f"--columns: {kind.table} have no {name[:60]!r}; {hint}")
    if not names:
        raise ExportError("--columns is empty: give names, or leave it out")
    return list(dict.fromkeys(names))


def open_writer(
    file_format: str, kind: Kind, path: Path, columns: Sequence[str] = ()
) -> Writer:
    """Return what writes records of *kind* to *path*, in *columns* or in all.

    Raises:
        ExportError: the format needs a package that is not installed.
    """
    if file_format == "csv":
        return CsvWriter(kind, path, columns)
    if file_format == "jsonl":
        return JsonLinesWriter(kind, path, columns)
    try:
        from douyin_crawler.export.parquet import ParquetWriter  # noqa: PLC0415
    except ImportError:
        raise ExportError(
            "Parquet needs pyarrow, which is not installed: pip install pyarrow"
        ) from None
    return ParquetWriter(kind, path, columns)
