"""What every store keeps of walks: the values of a row, whatever its form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from douyin_crawler.progress import Holder, Progress, WalkKey
from douyin_crawler.stores.storable import storable
from douyin_crawler.verdicts import TargetVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from douyin_crawler.progress import Checkpoint, Opened
    from douyin_crawler.stores.base import Step

Values = dict[str, Any]
KEY = ("walk", "id", "range")
RUNNING: Values = {"verdict": None, "final": False, "reason": ""}
"""Of a walk that is open."""
FROM_START: Values = {"expected": None, "got": 0, "pages": 0, "cursor": ""}
UNKNOWN: Values = {"announced": None, "state": b""}
NOT_HELD: Values = dict.fromkeys(("holder", "host", "lock", "lease_until"))
_REACHED = ("cursor", "pages", "got", "expected", "state", "run_id", "at")
_ENDED = (*_REACHED, "spider", "parent", "verdict", "final", "reason")


def key_of(step: Step) -> WalkKey:
    """Return the walk that *step* is of."""
    if isinstance(step, TargetVerdict):
        return WalkKey(step.walk, step.id, step.range)
    return step.key


def key_values(key: WalkKey) -> dict[str, str]:
    """Return the key's columns, as they can be stored."""
    return {name: storable(getattr(key, name)) for name in KEY}


def values_of(opened: Opened) -> Values:
    """Return what an opening sets, whatever was known."""
    return _storable(
        {
            **RUNNING,
            "spider": opened.spider,
            "parent": str(opened.parent),
            "announced": opened.announced,
            "run_id": opened.run_id,
            "at": opened.at,
        }
    )


def reached(checkpoint: Checkpoint) -> Values:
    """Return what a checkpoint sets: the walk goes on, however it ended before."""
    values = {name: getattr(checkpoint, name) for name in _REACHED}
    return _storable({**RUNNING, **values})


def ended(ending: TargetVerdict) -> Values:
    """Return what a verdict sets; the lease aside."""
    values = {name: getattr(ending, name) for name in _ENDED}
    return _storable({**values, "verdict": str(ending.verdict)})


def claimed(spider: str, parent: WalkKey | None, run_id: str) -> Values:
    """Return what a walk is that its first claim makes; the time aside."""
    whose = {"spider": spider, "parent": str(parent or ""), "run_id": run_id}
    return _storable({**RUNNING, **FROM_START, **UNKNOWN, **whose})


def _storable(values: Values) -> Values:
    replaced: Values = storable(values)
    return replaced


def progress_of(row: Mapping[str, Any]) -> Progress:
    """Return where the walk of *row* stands."""
    verdict, parent = row["verdict"], row["parent"]
    return Progress(
        key=WalkKey(row["walk"], row["id"], row["range"]),
        spider=row["spider"] or "",
        parent=WalkKey.parse(parent) if parent else None,
        announced=row["announced"],
        verdict=Verdict(verdict) if verdict else None,
        final=bool(row["final"]),
        reason=row["reason"] or "",
        expected=row["expected"],
        got=row["got"] or 0,
        pages=row["pages"] or 0,
        cursor=row["cursor"] or "",
        state=bytes(row["state"] or b""),
        run_id=row["run_id"] or "",
        at=row["at"],
    )


def holder_of(row: Mapping[str, Any]) -> Holder:
    """Return who has the lease of *row*."""
    return Holder(
        run_id=row["holder"] or "", host=row["host"] or "", lock=row["lock"] or ""
    )
