"""Counters inside answers: moved, and remembered as they were last served."""

from __future__ import annotations

from typing import Any

MOVING = frozenset(
    (
        *("digg_count", "share_count", "collect_count", "admire_count"),
        *("follower_count", "total_favorited", "favoriting_count"),
    )
)
"""Counters that may move; what decides how far a walk goes stands still."""
_KEPT = MOVING | {"comment_count", "reply_comment_total", "aweme_count"}
_KEPT |= {"following_count", "play_count"}
_IDS = {"comment": "cid", "post": "aweme_id", "user": "sec_uid"}  # the first there
_MOST = 300_000  # records remembered


def add_to_counters(value: Any, amount: int) -> None:
    """Add to every moving counter in an answer, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in MOVING and type(inner) is int:
                value[name] = inner + amount
            elif isinstance(inner, dict | list):
                add_to_counters(inner, amount)
    elif isinstance(value, list):
        for inner in value:
            add_to_counters(inner, amount)


class Served:
    """The counters of every record as they were last served, by kind and id."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], dict[str, Any]] = {}

    def note(self, value: Any, endpoint: str, at: float) -> None:
        """Remember the counters in an answer that is being sent."""
        if isinstance(value, list):
            for inner in value:
                self.note(inner, endpoint, at)
        if not isinstance(value, dict):
            return
        for kind, name in _IDS.items():
            own = value.get(name)
            if isinstance(own, str) and own:
                self._note(kind, own, value, endpoint, at)
                break
        for inner in value.values():
            if isinstance(inner, dict | list):
                self.note(inner, endpoint, at)

    def _note(
        self, kind: str, own: str, value: dict[str, Any], endpoint: str, at: float
    ) -> None:
        holder = value.get("statistics", value) if kind == "post" else value
        if not isinstance(holder, dict):
            return
        counters = {k: v for k, v in holder.items() if k in _KEPT and v is not None}
        if not counters:
            return
        record = self._records.pop((kind, own), {})
        self._records[kind, own] = record
        seen = {"counters": counters, "at": at}
        record |= {"endpoint": endpoint, **seen}
        record.setdefault("by_endpoint", {})[endpoint] = seen
        if len(self._records) > _MOST:
            del self._records[next(iter(self._records))]

    def of(self, kind: str, own: str) -> dict[str, Any] | None:
        """What was last served for an id: counters, by which endpoint, when."""
        return self._records.get((kind, own))

    def clear(self) -> None:
        self._records.clear()
