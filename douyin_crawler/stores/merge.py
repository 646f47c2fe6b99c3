"""What is known of one record, and how one more observation changes it.

Field by field the higher rank wins, within a rank the later observation, within a
second the greater value: a maximum over a total order. So merging is commutative,
associative and idempotent, and the result does not depend on the order of arrival.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from douyin_crawler.items.kinds import KINDS, PERISHABLE, to_fields, without_perishable
from douyin_crawler.items.observation import SOURCES
from douyin_crawler.stores.blend import Side, Stamp, blend, is_greater

if TYPE_CHECKING:
    from douyin_crawler.items.observation import Observation, Source

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
    """By field; by path (``user.nickname``) those of a field's parts that are older
    than the field's latest."""
    first_seen: datetime
    last_seen: datetime
    source: Source
    """The best source that has shown it."""
    revision: int = 0
    """Counted up by the store whenever it saves the record."""

    def stamps(self) -> dict[str, Stamp]:
        """Return which observation the value of each field comes from."""
        return {name: self.exceptions.get(name, self.stamp) for name in self.fields}

    def parts(self) -> dict[str, Stamp]:
        """Return those exceptions that are of parts of a field."""
        return {path: s for path, s in self.exceptions.items() if "." in path}


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
    return {n: _without_blank(v) for n, v in known.items() if not _is_blank(v)}


def _without_blank(value: Any) -> Any:
    """Return *value*, of a copy, with null for the blank parts of it.

    Copies of lower rank carry 0, false and empty texts, lists and objects where the
    record itself has values: none of these says anything.
    """
    if not isinstance(value, dict):
        return value
    return {n: None if _is_blank(v) else _without_blank(v) for n, v in value.items()}


def _is_blank(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_blank(part) for part in value.values())
    return not value


def merge(old: Record | None, new: Record, *, corrects: bool = False) -> Merged:
    """Return what *old* and *new*, two records of one id, tell together.

    With *corrects*, *new* is what a later parser reads in a payload that is stored:
    where a value is of the same stamp, the one read now wins, null too. But not over
    counters: of several copies in one second only one payload is stored, and the
    counters of all were merged. That depends on the order.
    """
    if old is None:
        counted = any(n in new.fields for n in KINDS[new.kind].counters)
        return Merged(new, new=True, changed=True, counters_changed=counted, dirty=True)
    fields, stamps, parts = _merge_fields(old, new, corrects=corrects)
    stamp = max(stamps.values(), default=max(old.stamp, new.stamp))
    record = Record(
        kind=old.kind,
        id=old.id,
        fields=fields,
        stamp=stamp,
        exceptions={n: s for n, s in stamps.items() if s != stamp} | parts,
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


def _kept(kind: str) -> tuple[str, ...]:
    """Return the fields that a reparse does not correct."""
    return KINDS[kind].counters + KINDS[kind].beside


def _merge_fields(
    old: Record, new: Record, *, corrects: bool
) -> tuple[dict[str, Any], dict[str, Stamp], dict[str, Stamp]]:
    """Return the fields, the latest stamp of each, and those of parts that differ."""
    fields, stamps, parts = dict(old.fields), old.stamps(), old.parts()
    news = new.parts()
    for name, stamp in new.stamps().items():
        value, known, mine = new.fields[name], stamps.get(name), fields.get(name)
        if isinstance(value, dict) and isinstance(mine, dict):
            sides = Side(stamps[name], parts), Side(stamp, news)
            fields[name], stamps[name], differing = blend(
                mine, value, name, sides, corrects=corrects
            )
            if parts or differing:
                parts = _beside(name, parts) | differing
        elif known == stamp:
            correct = corrects and name not in _kept(new.kind)
            if correct or (not corrects and is_greater(value, mine)):
                fields[name] = value
        elif known is None or known < stamp:
            fields[name], stamps[name] = value, stamp
            if parts or news:
                parts = _beside(name, parts) | _below(name, news)
    if corrects:
        parts = _clear(fields, stamps, parts, new)
    return fields, stamps, parts


def _below(name: str, parts: dict[str, Stamp]) -> dict[str, Stamp]:
    return {p: s for p, s in parts.items() if p.startswith(f"{name}.")} if parts else {}


def _beside(name: str, parts: dict[str, Stamp]) -> dict[str, Stamp]:
    return {p: parts[p] for p in parts.keys() - _below(name, parts).keys()}


def _clear(
    fields: dict[str, Any],
    stamps: dict[str, Stamp],
    parts: dict[str, Stamp],
    new: Record,
) -> dict[str, Stamp]:
    """Take out what came from the observation of *new*, which does not have it.

    Return those of *parts* that are left.
    """
    for name in fields.keys() - new.fields.keys() - {*_kept(new.kind)}:
        value, below = fields[name], _below(name, parts)
        if new.stamp not in {stamps[name], *below.values()}:
            continue
        if below and isinstance(value, dict):
            sides = Side(stamps[name], below), Side(new.stamp, {})
            fields[name], stamps[name], differing = blend(
                value, {}, name, sides, corrects=True
            )
            parts = _beside(name, parts) | differing
        else:
            del fields[name], stamps[name]
    return parts


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
