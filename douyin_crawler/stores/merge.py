"""What is known of one record, and how one more observation changes it.

Field by field the higher rank wins, within a rank the later observation, within a
second the greater value: a maximum over a total order. So merging is commutative,
associative and idempotent, and the result does not depend on the order of arrival.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from douyin_crawler.items.kinds import KINDS, PERISHABLE, to_fields, without_perishable
from douyin_crawler.items.observation import SOURCES

if TYPE_CHECKING:
    from douyin_crawler.items.observation import Observation, Source

Stamp: TypeAlias = tuple[int, int]
"""Rank of the source, and when it was observed (unix seconds)."""

RANKS: dict[Source, int] = {"own": 3, "list": 3, "feed": 2, "embedded": 1}
"""The list that a record is at home in shows all of it, as its own endpoint does."""
_FULL = 3


@dataclass(slots=True, kw_only=True)
class Record:
    """One record as it is stored. Fields of which nothing is known are left out."""

    kind: str
    id: str
    fields: dict[str, Any]
    stamp: Stamp
    """The highest stamp of a field; that of all fields but the exceptions."""
    exceptions: dict[str, Stamp] = field(default_factory=dict)
    first_seen: datetime
    last_seen: datetime
    source: Source
    """The best source that has shown it."""
    revision: int = 0
    """Counted up by the store whenever it saves the record."""

    def stamps(self) -> dict[str, Stamp]:
        """Return which observation the value of each field comes from."""
        return dict.fromkeys(self.fields, self.stamp) | self.exceptions


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge came to."""

    record: Record
    new: bool
    """Whether nothing was known before."""
    changed: bool
    """Whether a typed field changed; perishable addresses aside."""
    counters_changed: bool
    """Whether the counters are to be noted with their time."""
    dirty: bool
    """Whether there is anything to save."""


def record_of(observation: Observation) -> Record:
    """Return what *observation* alone tells of its record."""
    seen = observation.observed_at.astimezone(UTC).replace(microsecond=0)
    rank = RANKS[observation.source]
    values = to_fields(observation.item) if observation.item is not None else {}
    return Record(
        kind=observation.kind,
        id=observation.id,
        fields=_telling(values, rank),
        stamp=(rank, int(seen.timestamp())),
        first_seen=seen,
        last_seen=seen,
        source=observation.source,
    )


def _telling(values: dict[str, Any], rank: int) -> dict[str, Any]:
    known = {name: value for name, value in values.items() if value is not None}
    if rank >= _FULL:
        return known
    return {name: value for name, value in known.items() if counts(value, rank)}


def counts(value: object, rank: int) -> bool:
    """Return whether *value*, not null, says anything when a source of *rank* has it.

    Copies of lower rank carry 0, false and empty texts, lists and objects where the
    record itself has values.
    """
    return rank >= _FULL or not _is_blank(value)


def _is_blank(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_blank(part) for part in value.values())
    return not value


def merge(old: Record | None, new: Record, *, corrects: bool = False) -> Merged:
    """Return what *old* and *new*, two records of one id, tell together.

    With *corrects*, *new* is what a later parser reads in the same observations:
    within a second its value wins, be it greater or not. That depends on the order.
    """
    if old is None:
        counted = any(n in new.fields for n in KINDS[new.kind].counters)
        return Merged(new, new=True, changed=True, counters_changed=counted, dirty=True)
    fields, stamps = _merge_fields(old, new, corrects=corrects)
    stamp = max(stamps.values(), default=max(old.stamp, new.stamp))
    record = Record(
        kind=old.kind,
        id=old.id,
        fields=fields,
        stamp=stamp,
        exceptions={n: s for n, s in stamps.items() if s != stamp},
        first_seen=min(old.first_seen, new.first_seen),
        last_seen=max(old.last_seen, new.last_seen),
        source=min(old.source, new.source, key=SOURCES.index),
        revision=old.revision,
    )
    counters = KINDS[old.kind].counters
    return Merged(
        record,
        new=False,
        changed=_changed(old, fields),
        counters_changed=any(fields.get(n) != old.fields.get(n) for n in counters),
        dirty=record != old,
    )


def _merge_fields(
    old: Record, new: Record, *, corrects: bool
) -> tuple[dict[str, Any], dict[str, Stamp]]:
    fields, stamps = dict(old.fields), old.stamps()
    for name, stamp in new.stamps().items():
        value, known = new.fields[name], stamps.get(name)
        if known == stamp:
            if corrects or _is_greater(value, fields[name]):
                fields[name] = value
        elif known is None or known < stamp:
            fields[name], stamps[name] = value, stamp
    return fields, stamps


def _is_greater(value: object, than: object) -> bool:
    return value != than and order_key(value) > order_key(than)


def _changed(old: Record, fields: dict[str, Any]) -> bool:
    for name, value in fields.items():
        before = old.fields.get(name)
        if value is before or value == before or name in PERISHABLE:
            continue
        now, then = without_perishable(value), without_perishable(before)
        if now != then and _without_null(now) != _without_null(then):
            return True
    return False


def _without_null(value: Any) -> Any:
    """Return *value* without members that are null.

    A part that was stored before one of its members was typed lacks that member.
    """
    if isinstance(value, dict):
        return {n: _without_null(v) for n, v in value.items() if v is not None}
    return [_without_null(v) for v in value] if isinstance(value, list) else value


def order_key(value: object) -> tuple[Any, ...]:
    """Return a key that orders all values that a field can have.

    A field has one type: values of it that compare equal are the same.
    """
    if isinstance(value, bool):
        return 1, value
    if isinstance(value, int | float):
        return 2, value, isinstance(value, float)
    if isinstance(value, datetime):
        return 3, value.isoformat()
    if isinstance(value, str):
        return 4, value
    return (5, json.dumps(value, sort_keys=True, default=datetime.isoformat))
