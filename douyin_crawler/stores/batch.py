"""Observations of one batch, merged in their order with what a store has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from douyin_crawler.stores.merge import merge

if TYPE_CHECKING:
    from datetime import datetime

    from douyin_crawler.stores.base import Outcome
    from douyin_crawler.stores.merge import Merged, Record

T = TypeVar("T")
Key: TypeAlias = tuple[str, str]
"""Kind and id."""
Moment: TypeAlias = "tuple[str, str, datetime]"
"""Kind, id and time: the key of metrics."""


@dataclass(slots=True)
class Batch(Generic[T]):
    """What a store has to save; T is a record's fields as the store writes them."""

    stored: dict[Key, Record]
    """What was loaded."""
    reparsed: bool = False
    """Whether these are payloads that were stored before: a value read now wins over
    the one read then, and only new records have metrics to note."""
    merged: dict[Key, Record] = field(default_factory=dict)
    """What changed, and is to be saved."""
    encoded: dict[Key, T] = field(default_factory=dict)
    """Fields of ``merged`` that need not be encoded again."""
    counted: dict[Moment, Record] = field(default_factory=dict)
    """Records whose counters are to be noted as of that time."""

    def add(self, seen: Record, encoded: T) -> Outcome:
        """Merge *seen*, whose fields look like *encoded*; return what became of it."""
        key = seen.kind, seen.id
        known = self.current(key)
        result = merge(known, seen, corrects=self.reparsed)
        if result.dirty:
            self.merged[key] = result.record
            self.encoded.pop(key, None)
            if known is None or _replaces(seen, known, result.record):
                self.encoded[key] = encoded
        if result.counters_changed and (result.new or not self.reparsed):
            self.counted[*key, result.record.last_seen] = result.record
        return _outcome(result)

    def current(self, key: Key) -> Record | None:
        """Return what is known of a record by now."""
        return self.merged.get(key) or self.stored.get(key)

    def revision(self, key: Key) -> int:
        """Return the number that the record is saved with, or to be saved with."""
        stored = self.stored.get(key)
        known = stored.revision if stored else 0
        return known + 1 if key in self.merged else known


def _replaces(seen: Record, known: Record, merged: Record) -> bool:
    """Return whether every field of *merged* is that of *seen*."""
    is_newest = known.stamp < seen.stamp == merged.stamp and not merged.exceptions
    return is_newest and len(merged.fields) == len(seen.fields)


def _outcome(result: Merged) -> Outcome:
    if result.new:
        return "new"
    return "changed" if result.changed else "unchanged"
