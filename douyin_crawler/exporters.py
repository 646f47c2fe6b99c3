"""Feeds of typed items: ``-O file.jsonl``, ``.json``, ``.csv``.

Scrapy's exporters with one thing added: nested dataclasses and times become plain JSON,
in a CSV as JSON text in their cell. Items of other types go out as Scrapy has it.
"""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from scrapy.exporters import (
    BaseItemExporter,
    CsvItemExporter,
    JsonItemExporter,
    JsonLinesItemExporter,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from io import BytesIO


class _PlainFields(BaseItemExporter):
    def __init__(self, file: BytesIO, **kwargs: Any) -> None:
        # Scrapy's exporter of the format, which stands next, takes the file.
        super().__init__(file, **{"ensure_ascii": False, **kwargs})  # type: ignore[call-arg, arg-type]

    def get_serialized_fields(
        self, item: Any, default_value: Any = None, include_empty: bool | None = None
    ) -> Iterable[tuple[str, Any]]:
        """Return the fields of *item* with plain values."""
        return super().get_serialized_fields(plain(item), default_value, include_empty)


class TypedJsonLinesExporter(_PlainFields, JsonLinesItemExporter):
    """One JSON object a line, in UTF-8; what is not known is null."""


class TypedJsonExporter(_PlainFields, JsonItemExporter):
    """One JSON list, in UTF-8; what is not known is null."""


class TypedCsvExporter(CsvItemExporter):
    """One row an item, a column for each field of its class, in their order.

    A file that is appended to (``-o``) keeps its one header.
    """

    def __init__(self, file: BytesIO, **kwargs: Any) -> None:
        if file.tell():
            kwargs["include_headers_line"] = False
        super().__init__(file, **kwargs)

    def get_serialized_fields(
        self, item: Any, default_value: Any = None, include_empty: bool | None = None
    ) -> Iterable[tuple[str, Any]]:
        """Return the fields of *item* as cells."""
        if is_dataclass(item):
            item = {name: cell(value) for name, value in plain(item).items()}
        return super().get_serialized_fields(item, default_value, include_empty)


def plain(item: Any) -> Any:
    """Return a dataclass as JSON has it, times as ``YYYY-MM-DDTHH:MM:SSZ``."""
    return msgspec.to_builtins(item) if is_dataclass(item) else item


def cell(value: Any) -> Any:
    """Return a plain value as one cell: what is nested, true and false as JSON text."""
    if isinstance(value, dict | list | bool):
        return msgspec.json.encode(value).decode()
    return value


FEED_EXPORTERS = {
    "csv": f"{__name__}.{TypedCsvExporter.__name__}",
    "json": f"{__name__}.{TypedJsonExporter.__name__}",
    "jsonl": f"{__name__}.{TypedJsonLinesExporter.__name__}",
    "jsonlines": f"{__name__}.{TypedJsonLinesExporter.__name__}",
    "jl": f"{__name__}.{TypedJsonLinesExporter.__name__}",
}
"""For the setting of that name."""
