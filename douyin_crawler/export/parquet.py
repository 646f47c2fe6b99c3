"""Parquet: every column in its type, nested parts as structs and lists."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

import pyarrow as pa
import pyarrow.parquet as pq

from douyin_crawler.export.writer import Writer
from douyin_crawler.items.reader import hints_of
from douyin_crawler.stores.storable import storable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from douyin_crawler.items.kinds import Kind
    from douyin_crawler.stores.merge import Record

_ROWS = 1_000
"""Records held back for one batch; batches make up a row group."""
_GROUP_ROWS = 20_000
_GROUP_BYTES = 64_000_000
"""Of Arrow's memory. The file's index of its row groups is held in memory to its end:
few and large ones keep that small."""
_TIME = pa.timestamp("us", tz="UTC")
_PLAIN = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    datetime: _TIME,
}


class ParquetWriter(Writer):
    """Compressed with zstd; times are UTC timestamps."""

    def __init__(self, kind: Kind, path: Path, columns: Sequence[str] = ()) -> None:
        super().__init__(kind, path, columns)
        types = {"first_seen": _TIME, "last_seen": _TIME} | dict(_struct(kind.item))
        typed = ((name, types.get(name, pa.string())) for name in self.columns)
        self._schema = pa.schema(list(typed))
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []
        self._group: list[pa.RecordBatch] = []

    def write(self, record: Record) -> None:
        """Write a row group whenever enough rows have come."""
        self._rows.append(self.row(record))
        if len(self._rows) >= _ROWS:
            self._pack()
            rows = sum(batch.num_rows for batch in self._group)
            size = sum(batch.nbytes for batch in self._group)
            if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
                self._flush()

    def close(self) -> None:
        """Write the last row group, and close the file."""
        self._pack()
        self._flush()
        self._file.close()

    def _pack(self) -> None:
        """Turn rows into columns, which take far less memory."""
        if not self._rows:
            return
        try:
            batch = pa.RecordBatch.from_pylist(self._rows, schema=self._schema)
        except (pa.ArrowException, OverflowError, UnicodeError, TypeError, ValueError):
            kind = pa.struct(self._schema)
            rows = [_fitted(row, kind) for row in self._rows]
            batch = pa.RecordBatch.from_pylist(rows, schema=self._schema)
        self._group.append(batch)
        self._rows = []

    def _flush(self) -> None:
        if self._group:
            table = pa.Table.from_batches(self._group, schema=self._schema)
            self._file.write_table(table, row_group_size=len(table))
            self._group = []


def _struct(kind: type[Any]) -> list[tuple[str, pa.DataType]]:
    hints = hints_of(kind)
    return [(field.name, _type(hints[field.name])) for field in fields(kind)]


def _fitted(value: Any, kind: pa.DataType) -> Any:
    """Return *value* with None for whatever *kind* can't hold.

    Older programs stored such values, and newer ones may give a field another type.
    """
    if pa.types.is_struct(kind):
        if not isinstance(value, dict):
            return None
        return {part.name: _fitted(value.get(part.name), part.type) for part in kind}
    if pa.types.is_list(kind):
        if not isinstance(value, list):
            return None
        return [_fitted(part, kind.value_type) for part in value]
    try:
        if kind == _TIME and isinstance(value, str):
            value = datetime.fromisoformat(value)
        return pa.scalar(storable(value), kind).as_py()
    except (pa.ArrowException, OverflowError, UnicodeError, TypeError, ValueError):
        return None


def _type(hint: Any) -> pa.DataType:
    """Return the Arrow type of an annotation: ``X | None``, lists, dataclasses."""
    if get_origin(hint) is Annotated:
        return _type(get_args(hint)[0])
    if get_origin(hint) is list:
        return pa.list_(_type(get_args(hint)[0]))
    if hint in _PLAIN:
        return _PLAIN[hint]
    if is_dataclass(hint) and isinstance(hint, type):
        return pa.struct(_struct(hint))
    inner = [part for part in get_args(hint) if part is not type(None)]
    if inner:
        return _type(inner[0])
    return pa.string()
