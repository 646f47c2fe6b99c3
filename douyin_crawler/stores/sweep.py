"""Rows and documents of a store, held to a person who is to be erased."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.page import MalformedPage
from douyin_crawler.privacy.eraser import CUT, Eraser
from douyin_crawler.privacy.jsontext import read, within, written_within
from douyin_crawler.stores.payloads import DamagedPayload, compress, decompress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from douyin_crawler.privacy.person import Person

Row: TypeAlias = "dict[str, Any]"

RECORDS = {kind.table: kind.name for kind in KINDS.values()}
PAYLOADS = "payloads"
LAST = ("users",)
LEARNT = (PAYLOADS, "users")
"""Tables whose rows, as a whole, are of one person or of their payload."""
FORGOTTEN = "forgotten"
ROUNDS = 8
"""Sweeps after which something keeps bringing the person back."""


@dataclass(slots=True)
class Erased:
    """How many rows of each table went, and how many stayed with less in them."""

    deleted: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)

    def total(self) -> int:
        """Return how many rows were touched."""
        return self.deleted.total() + self.changed.total()

    def add(self, other: Erased) -> None:
        """Add what another sweep did."""
        self.deleted.update(other.deleted)
        self.changed.update(other.changed)


def in_order(tables: Iterable[str]) -> list[str]:
    """Return *tables* in the order of a sweep: payloads, others, records.

    What tells whose a metric is goes last.
    """
    return sorted(
        (t for t in tables if t != FORGOTTEN),
        key=lambda t: (t in LAST, t in RECORDS, t != PAYLOADS, t),
    )


@dataclass(slots=True)
class Sweep:
    """One pass over all tables."""

    person: Person
    own: set[tuple[str, str]] = field(default_factory=set)
    """Kind and id of records that are the person's."""
    erased: Erased = field(default_factory=Erased)
    _eraser: Eraser | None = None

    @property
    def eraser(self) -> Eraser:
        """What takes out all that is known by now."""
        if self._eraser is None:
            self._eraser = Eraser(self.person)
        return self._eraser

    def learn(self, table: str, row: Row) -> None:
        """Take up what *row* says of the person, and whether it is the person's."""
        text, row = _opened(table, row)
        if not self.eraser.touches(_searchable(row) + text):
            return
        value = {name: _parsed(part) for name, part in row.items()}
        content: Any = value
        if table == PAYLOADS:
            try:
                content = read(text)
            except MalformedPage:
                content = None
        known = self.person.size()
        self.person.learn(content if table in LEARNT else [*value.values()])
        self.person.learn_mentions(value)
        if self.person.size() > known:
            self._eraser = None
        kind = _kind_of(table, row)
        if kind and self.eraser.owns(kind, content) and (key := _id_of(table, row)):
            self.own.add((kind, key))

    def judge(self, table: str, key: Iterable[Any], row: Row) -> Row | None:
        """Return the columns of *row* that change; None where the row has to go.

        *key* are the values of its primary key.
        """
        text, row = _opened(table, row)
        kind = _kind_of(table, row)
        if (kind, _id_of(table, row)) in self.own:
            return None
        if not self.eraser.touches(_searchable(row) + text):
            return {}
        if any(self._names(part) for part in key):
            return None
        parsed = {name: _parsed(value) for name, value in row.items()}
        if table in RECORDS and self.eraser.owns(kind, parsed):
            return None
        changes = self._changes(table, row)
        if table == PAYLOADS:
            left = self.eraser.payload(kind, text)
            if left is None:
                return None
            if left != text:
                changes["text"] = compress(left)
        return changes

    def _names(self, key: Any) -> bool:
        return bool(self.eraser.value(key, cut=False) != key)

    def _changes(self, table: str, row: Row) -> Row:
        cut = table in RECORDS
        left = {name: self._column(name, value, cut) for name, value in row.items()}
        return {n: left[n] for n in row if left[n] != row[n] and n != "_id"}

    def _column(self, name: str, value: Any, cut: bool) -> Any:
        if isinstance(value, bytes):
            return self.eraser.notes(value)
        inner = within(value) if isinstance(value, str) else None
        if inner is not None:
            left = self.eraser.value(inner, cut=cut)
            if left is CUT:
                return None
            return value if left == inner else written_within(left)
        left = self.eraser.value(value, cut=cut, name=name)
        return None if left is CUT or (cut and left == "" != value) else left


def _opened(table: str, row: Row) -> tuple[bytes, Row]:
    """Return the text of a payload, and the other columns."""
    if table != PAYLOADS:
        return b"", row
    rest = {name: value for name, value in row.items() if name != "text"}
    try:
        return decompress(row["text"]), rest
    except DamagedPayload:
        return b"", rest


def _kind_of(table: str, row: Row) -> str:
    """Return the kind of record that *row* is of, or is about; "" for none."""
    return RECORDS.get(table) or str(row.get("kind") or "")


def _id_of(table: str, row: Row) -> str:
    kinds = {kind.table: kind for kind in KINDS.values()}
    name = kinds[table].key if table in kinds else "id"
    return str(row.get(name) or row.get("_id") or "")


def _parsed(value: Any) -> Any:
    inner = within(value) if isinstance(value, str) else None
    return value if inner is None else inner


def _searchable(value: Any) -> bytes:
    """Return all texts and numbers in *value*, as JSON has them."""
    shown = json.dumps(value, ensure_ascii=False, default=_shown, separators=(",", ":"))
    return shown.encode("utf-8", "surrogatepass")


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)
