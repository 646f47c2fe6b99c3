"""How records look as documents of MongoDB, and back."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import bson
import msgspec
from bson.codec_options import CodecOptions
from bson.errors import InvalidDocument
from bson.raw_bson import RawBSONDocument

from douyin_crawler.stores.merge import Record
from douyin_crawler.stores.storable import storable

if TYPE_CHECKING:
    from typing import TypeAlias

    from douyin_crawler.items.kinds import Kind

Document: TypeAlias = "dict[str, Any]"
MAX_DOCUMENT = 16 * 1024 * 1024
"""What a server takes, in bytes."""
_PLAIN = frozenset({str, float, bool, datetime, NoneType})


CODEC: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of one kind's documents."""

    kind: str
    table: str
    names: tuple[str, ...]
    read_otherwise: dict[str, Any]
    """Types of the fields of which BSON alone does not make what was stored."""


@cache
def shape_of(kind: Kind) -> Shape:
    """Return the fields that the item dataclass of *kind* has."""
    hints = get_type_hints(kind.item)
    names = tuple(field.name for field in fields(kind.item))
    otherwise = {n: hints[n] for n in names if not _is_plain(hints[n])}
    return Shape(kind.name, kind.table, names, otherwise)


def _is_plain(hint: Any) -> bool:
    parts = get_args(hint) or (hint,)
    return all(part in _PLAIN for part in parts)


def encode(document: Document) -> RawBSONDocument:
    """Return *document* as BSON, with what it can't hold replaced."""
    try:
        return RawBSONDocument(bson.encode(document))
    except (InvalidDocument, OverflowError, UnicodeEncodeError):
        return RawBSONDocument(bson.encode(storable(document)))


def encode_fields(record: Record) -> bytes:
    """Return the fields of *record*; those that can't be held leave it."""
    try:
        return bson.encode(record.fields)
    except (InvalidDocument, OverflowError, UnicodeEncodeError):
        clean = storable(record.fields)
        record.fields = {n: value for n, value in clean.items() if value is not None}
        return bson.encode(record.fields)


def document_of(record: Record, encoded: bytes) -> RawBSONDocument:
    """Return the document of *record*, whose fields look like *encoded*."""
    rank, time = record.stamp
    rest: Document = {
        "first_seen": record.first_seen,
        "last_seen": record.last_seen,
        "source": record.source,
        "_rank": rank,
        "_time": time,
        "_revision": record.revision,
    }
    if record.exceptions:
        rest["_exceptions"] = record.exceptions
    return _joined(bson.encode({"_id": record.id}), encoded, bson.encode(rest))


def _joined(*documents: bytes) -> RawBSONDocument:
    """Return one document with the members of *documents*.

    BSON frames members by the length of the whole, four bytes, and a NUL.
    """
    body = b"".join(document[4:-1] for document in documents)
    return RawBSONDocument(struct.pack("<i", len(body) + 5) + body + b"\0")


def decode(shape: Shape, document: Document) -> Record:
    """Return the record of *document*, its nested parts with all members of today."""
    record = decode_as_stored(shape, document)
    for name, hint in shape.read_otherwise.items():
        if name in record.fields:
            record.fields[name] = _typed(record.fields[name], hint)
    return record


def decode_as_stored(shape: Shape, document: Document) -> Record:
    """Return the record of *document*, to be merged and stored again."""
    known = {n: document[n] for n in shape.names if document.get(n) is not None}
    exceptions = document.get("_exceptions") or {}
    return Record(
        kind=shape.kind,
        id=document["_id"],
        fields=known,
        stamp=(document["_rank"], document["_time"]),
        exceptions={name: (rank, time) for name, (rank, time) in exceptions.items()},
        first_seen=document["first_seen"],
        last_seen=document["last_seen"],
        source=document["source"],
        revision=document["_revision"],
    )


def _typed(value: Any, hint: Any) -> Any:
    """Return *value* as an item has it: long integers are a class of pymongo's."""
    try:
        typed = msgspec.convert(value, hint)
    except msgspec.ValidationError:
        return value
    return msgspec.to_builtins(typed, builtin_types=(datetime,))


def key_of(*parts: str) -> str:
    """Return the ``_id`` of what is told by several texts: JSON, so none runs over."""
    return json.dumps(storable(list(parts)), ensure_ascii=False)
