"""Nested parts of a field, merged leaf by leaf by the rule that holds for fields."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

Stamp: TypeAlias = tuple[int, int]
"""Rank of the source, and when it was observed (unix seconds)."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are merged: where its leaves come from."""

    stamp: Stamp
    parts: dict[str, Stamp]
    """By path, the leaves that have another stamp."""

    def of(self, path: str) -> Stamp:
        """Return the stamp of the leaf at *path*."""
        return self.parts.get(path, self.stamp) if self.parts else self.stamp


def blend(
    old: dict[str, Any],
    new: dict[str, Any],
    name: str,
    sides: tuple[Side, Side],
    *,
    corrects: bool,
) -> tuple[dict[str, Any], Stamp, dict[str, Stamp]]:
    """Merge what the field *name* is on both *sides*.

    Returns the value, the latest stamp of a leaf, and by path those that differ.
    """
    one, other = sides
    if one.stamp != other.stamp and not one.parts and not other.parts:
        later, earlier = (new, old) if other.stamp > one.stamp else (old, new)
        kept: dict[str, Any] = {}
        value = overlay(later, earlier, name, kept)
        latest, before = max(one.stamp, other.stamp), min(one.stamp, other.stamp)
        if kept and not has_leaf(later):
            return value, before, {}
        return value, latest, dict.fromkeys(kept, before)
    if old == new and not one.parts and not other.parts:
        return old, one.stamp, {}
    both = Blend(one, other, corrects)
    value = both.merge(old, new, name)
    return value, *both.summary()


@dataclass(slots=True)
class Blend:
    """Merges two objects. Lists are values, and null never is one."""

    old: Side
    new: Side
    corrects: bool = False
    stamps: dict[str, Stamp] = field(default_factory=dict)
    """Of every leaf in the result, by path."""

    def merge(
        self, old: dict[str, Any], new: dict[str, Any], above: str
    ) -> dict[str, Any]:
        """Return what *old* and *new*, both at the path *above*, tell together."""
        merged = {**old, **new}
        for name in merged:
            mine, value, path = old.get(name), new.get(name), f"{above}.{name}"
            if isinstance(mine, dict) and (
                isinstance(value, dict) or (value is None and self.corrects)
            ):
                merged[name] = self.merge(mine, value or {}, path)
            elif value is None:
                merged[name] = self._kept(mine, path)
            elif mine is None:
                self._note(value, path, self.new)
            else:
                merged[name] = self._better(mine, value, path)
        return merged

    def summary(self) -> tuple[Stamp, dict[str, Stamp]]:
        """Return the latest stamp of a leaf, and by path those that differ from it."""
        nothing = max(self.old.stamp, self.new.stamp)
        latest = max(self.stamps.values(), default=nothing)
        return latest, {p: s for p, s in self.stamps.items() if s != latest}

    def _kept(self, mine: Any, path: str) -> Any:
        """Return the old value, null where it is corrected to that."""
        if self.corrects and mine is not None and self.old.of(path) == self.new.stamp:
            return None
        self._note(mine, path, self.old)
        return mine

    def _better(self, mine: Any, value: Any, path: str) -> Any:
        then, now = self.old.of(path), self.new.of(path)
        wins = self.corrects or is_greater(value, mine) if then == now else then < now
        self._note(value if wins else mine, path, self.new if wins else self.old)
        return value if wins else mine

    def _note(self, value: Any, path: str, side: Side) -> None:
        if isinstance(value, dict):
            for name, part in value.items():
                self._note(part, f"{path}.{name}", side)
        elif value is not None:
            self.stamps[path] = side.of(path)


def overlay(
    later: dict[str, Any], earlier: dict[str, Any], above: str, kept: dict[str, Any]
) -> dict[str, Any]:
    """Return *later* with what only *earlier* has; add that to *kept*, by path.

    Does what Blend does for two observations, and copies nothing that is complete.
    """
    merged = later
    for name, part in earlier.items():
        value = later.get(name)
        if value is None:
            if part is None and name in later:
                continue  # as most are
            value = part
            _note_leaves(part, f"{above}.{name}", kept)
        elif type(part) is dict and type(value) is dict:
            value = overlay(value, part, f"{above}.{name}", kept)
            if value is later[name]:
                continue
        else:
            continue
        if merged is later:
            merged = dict(later)
        merged[name] = value
    return merged


def _note_leaves(value: Any, path: str, kept: dict[str, Any]) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            _note_leaves(part, f"{path}.{name}", kept)
    elif value is not None:
        kept[path] = value


def has_leaf(value: Any) -> bool:
    """Return whether there is any value in *value*."""
    if isinstance(value, dict):
        return any(has_leaf(part) for part in value.values())
    return value is not None


def is_greater(value: object, than: object) -> bool:
    """Return whether *value* is the one that stands, of two of one second."""
    return value != than and order_key(value) > order_key(than)


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
