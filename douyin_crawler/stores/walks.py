"""What every store keeps of walks: the values of a row, whatever its form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from douyin_crawler.progress import Holder, Progress, WalkKey
from douyin_crawler.stores.storable import storable
from douyin_crawler.tickets import WALK as TICKET
from douyin_crawler.tickets import QueueState, Ticket
from douyin_crawler.verdicts import TargetVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
_TICKET_ENDED = ("pages", "got", "run_id", "at", "spider", "reason")


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
    if checkpoint.key.walk == TICKET:
        return {"tries": 0, "at": checkpoint.at}
    values = {name: getattr(checkpoint, name) for name in _REACHED}
    return _storable({**RUNNING, **values})


def ended(ending: TargetVerdict) -> Values:
    """Return what a verdict sets; the lease aside."""
    if ending.walk == TICKET:
        return _ticket_ended(ending)
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


# -- tickets ------------------------------------------------------------------------


def ticket_values(key: WalkKey, spider: str, kind: str) -> Values:
    """Return what a ticket is that is put in; the time aside.

    It is neither final nor not: what asks for walks does not find it.
    """
    place = {"queue": key.range, "stage": "waiting", "tries": 0, "token": 0}
    return {**place, "spider": spider, "state": kind.encode()}


def _ticket_ended(ending: TargetVerdict) -> Values:
    """Return what a verdict sets in a ticket: it waits on if that is not of its own."""
    waits = ending.verdict.ends_run or ending.verdict is Verdict.LEASED
    stage = "waiting" if waits else "done" if ending.final else "failed"
    values = {name: getattr(ending, name) for name in _TICKET_ENDED}
    values |= {"cursor": ending.cursor if waits else "", "stage": stage, "tries": 0}
    return _storable({**values, "verdict": str(ending.verdict)})


def decode_ticket(row: Mapping[str, Any]) -> Ticket:
    """Return the ticket of *row*."""
    verdict = row.get("verdict")
    return Ticket(
        queue=row["queue"],
        target=row["id"],
        kind=bytes(row["state"] or b"").decode(),
        found=row.get("cursor") or "",
        spider=row["spider"] or "",
        at=row["at"],
        token=row["token"],
        tries=row["tries"] or 0,
        verdict=Verdict(verdict) if verdict else None,
        reason=row.get("reason") or "",
        holder=holder_of(row) if row["holder"] else None,
    )


def states_of(rows: Iterable[tuple[Any, ...]]) -> list[QueueState]:
    """Return how many tickets are where, of rows of queue, spider, stage and number."""
    found: dict[tuple[str, str], dict[Any, int]] = {}
    for queue, spider, stage, number in rows:
        found.setdefault((queue, spider or ""), {})[stage] = number
    return [
        QueueState(queue=queue, spider=spider, counts=counts)
        for (queue, spider), counts in found.items()
    ]
