"""How fields look in SQLite's columns, and back."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from douyin_crawler.stores.merge import Record
from douyin_crawler.stores.storable import (
    MAX_INT,
    MIN_INT,
    storable,
    time_text,
    without_halves,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from douyin_crawler.items.kinds import Kind
    from douyin_crawler.items.observation import Source

RECORD_COLUMNS = {
    "first_seen": "TEXT",
    "last_seen": "TEXT",
    "source": "TEXT",
    "_rank": "INTEGER",
    "_time": "INTEGER",
    "_exceptions": "TEXT",
    "_revision": "INTEGER",
}
"""What a row has beside the fields of its item."""


class Type(StrEnum):
    """What a column holds."""

    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    BOOLEAN = "boolean"
    TIME = "time"
    JSON = "json"


_DECLARED = {Type.INTEGER: "INTEGER", Type.REAL: "REAL", Type.BOOLEAN: "INTEGER"}
_TYPES: dict[Any, Type] = {
    str: Type.TEXT,
    int: Type.INTEGER,
    float: Type.REAL,
    bool: Type.BOOLEAN,
    datetime: Type.TIME,
}


@dataclass(frozen=True, slots=True)
class Column:
    """The column of one field."""

    type: Type
    nested: msgspec.json.Decoder[Any]
    """Reads JSON by the field's type: times in it come back as times."""

    @property
    def declared(self) -> str:
        """The type in the table's definition."""
        return _DECLARED.get(self.type, "TEXT")

    def store(self, value: Any) -> Any:
        """Return *value* as the column holds it."""
        if self.type is Type.TEXT:
            return without_halves(value)
        if self.type is Type.INTEGER:
            return value if MIN_INT <= value <= MAX_INT else None
        return time_text(value) if self.type is Type.TIME else to_json(value)

    def read(self, value: Any) -> Any:
        """Return what :meth:`store` was given."""
        if self.type is Type.TIME:
            return parse_time(value)
        return bool(value) if self.type is Type.BOOLEAN else self._read_json(value)

    def _read_json(self, text: str) -> Any:
        """Return plain values, each part with all fields that its class has today."""
        try:
            typed = self.nested.decode(text)
        except msgspec.DecodeError:
            return from_json(text)
        return msgspec.to_builtins(typed, builtin_types=(datetime,))


_STORED_OTHERWISE = frozenset({Type.TEXT, Type.INTEGER, Type.TIME, Type.JSON})
_READ_OTHERWISE = frozenset({Type.BOOLEAN, Type.TIME, Type.JSON})


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind's table."""

    kind: str
    table: str
    key: str
    columns: dict[str, Column]
    names: tuple[str, ...]
    """All columns, in the order of a row: fields first."""
    stored_otherwise: tuple[tuple[int, Callable[[Any], Any]], ...]
    """Places in a row of what is not stored as it is, and what makes it so."""
    read_otherwise: tuple[tuple[int, Callable[[Any], Any]], ...]


@cache
def layout_of(kind: Kind) -> Layout:
    """Return the columns that the item dataclass of *kind* asks for."""
    hints = get_type_hints(kind.item)
    columns = {f.name: _column(hints[f.name]) for f in fields(kind.item)}
    numbered = tuple(enumerate(columns.values()))
    return Layout(
        kind=kind.name,
        table=kind.table,
        key=kind.key,
        columns=columns,
        names=(*columns, *RECORD_COLUMNS),
        stored_otherwise=tuple(
            (at, c.store) for at, c in numbered if c.type in _STORED_OTHERWISE
        ),
        read_otherwise=tuple(
            (at, c.read) for at, c in numbered if c.type in _READ_OTHERWISE
        ),
    )


def _column(hint: Any) -> Column:
    plain = [part for part in get_args(hint) or (hint,) if part is not NoneType]
    is_one = get_origin(hint) in {None, Union, UnionType} and len(plain) == 1
    kind = _TYPES.get(plain[0], Type.JSON) if is_one else Type.JSON
    return Column(kind, msgspec.json.Decoder(hint))


def encode_fields(layout: Layout, record: Record) -> list[Any]:
    """Return the first part of the row of *record*: its fields."""
    row = list(map(record.fields.get, layout.columns))
    for at, store in layout.stored_otherwise:
        if row[at] is not None:
            row[at] = store(row[at])
    return row


def encode_rest(record: Record) -> list[Any]:
    """Return the second part of the row of *record*: the RECORD_COLUMNS."""
    return [
        time_text(record.first_seen),
        time_text(record.last_seen),
        record.source,
        *record.stamp,
        to_json(record.exceptions) if record.exceptions else None,
        record.revision,
    ]


def size_of(row: list[Any]) -> int:
    """Return about how large *row* is, in characters."""
    return sum(len(value) for value in row if isinstance(value, str))


def decode(layout: Layout, row: Sequence[Any]) -> Record:
    """Return the record of a row with the columns ``layout.names``."""
    values = list(row)
    for at, read in layout.read_otherwise:
        if values[at] is not None:
            values[at] = read(values[at])
    known = {
        name: value
        for name, value in zip(layout.columns, values, strict=False)
        if value is not None
    }
    first, last, source, rank, time, exceptions, revision = row[len(layout.columns) :]
    stamps = from_json(exceptions) if exceptions else {}
    return Record(
        kind=layout.kind,
        id=known[layout.key],
        fields=known,
        stamp=(rank, time),
        exceptions={name: (r, t) for name, (r, t) in stamps.items()},
        first_seen=parse_time(first),
        last_seen=parse_time(last),
        source=cast("Source", source),
        revision=revision,
    )


def to_json(value: Any) -> str:
    """Return *value* as JSON text, Chinese as it is."""
    try:
        return msgspec.json.encode(value).decode()
    except (OverflowError, UnicodeEncodeError, TypeError):
        return json.dumps(storable(value), ensure_ascii=False, default=time_text)


def from_json(text: str) -> Any:
    """Return the value of a JSON text."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


def parse_time(text: str) -> datetime:
    """Return the aware time of :func:`time_text`."""
    return datetime.fromisoformat(text)
