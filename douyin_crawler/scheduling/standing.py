"""How the jobs of a plan stand: pure functions of their rows in ``runs``."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from douyin_crawler.plans.due import NOTHING, due, under_way, waits
from douyin_crawler.spiders.arguments import SHANGHAI
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from douyin_crawler.plans.plan import Plan
    from douyin_crawler.verdicts import RunRecord

KILLED = "killed"
"""Status of a run that left none, or whose node never came back."""
_FAILURES = frozenset({"bug", "usage", "blocked", "login", "store", KILLED})
_NAMES = {int(status): status.name.lower() for status in ExitStatus}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a job stands."""

    status: str = ""
    """How its last run ended, as an exit status is called; empty: none has yet."""
    failures: int = 0
    """Runs in a row that failed, up to the last one."""
    ended: Mapping[str, float]
    """When a run ended so last, by status: Unix seconds."""
    walks: Mapping[str, int]
    """Walks of the last run, by verdict."""


def standing(
    rows: Sequence[RunRecord], before: Standing | None, now: datetime
) -> Standing:
    """Return how a job stands by its latest *rows*, the newest first.

    *before*: how it stood by older ones.
    """
    ended = [run for run in rows if _has_ended(run, now)]
    ends: defaultdict[str, float] = defaultdict(float, before.ended if before else {})
    for run in ended:
        ends[_status(run)] = max(ends[_status(run)], _end(run).timestamp())
    last = ended[0] if ended else None
    failed = takewhile(lambda run: _status(run) in _FAILURES, ended)
    return Standing(
        status=_status(last) if last else "",
        failures=sum(1 for _ in failed),
        ended=dict(ends),
        walks=_with_prefix(last.counts, "verdict/") if last else {},
    )


def waiting_since(
    plan: Plan,
    runs: Sequence[RunRecord],
    before: Mapping[str, datetime],
    now: datetime,
) -> dict[str, datetime]:
    """Return from when on jobs are due, or wait on a node, and have not begun.

    *before*: what the look before this one returned; a job that never ran is due
    since now, whenever one asks.
    """
    queued = {run.plan: run.started_at for run in runs if waits(run)}
    alive = [replace(run, seen_at=now) if waits(run) else run for run in runs]
    found = {one.key: one.since for one in due(plan, alive, now)}
    return {k: min(at, before.get(k, at)) for k, at in found.items()} | queued


def budgets_left(runs: Iterable[RunRecord], now: datetime) -> dict[str, int]:
    """Return what is left of budgets today (of Shanghai), as *runs* wrote it down."""
    left: dict[str, int] = {}
    today = now.astimezone(SHANGHAI).date()
    for run in runs:
        at = run.finished_at or run.seen_at
        if at is None or at.astimezone(SHANGHAI).date() != today:
            continue
        for name, requests in _with_prefix(run.counts, "left/").items():
            left[name] = min(requests, left.get(name, requests))
    return left


def _has_ended(run: RunRecord, now: datetime) -> bool:
    """Return whether *run* has ended; one that gives no sign of life has."""
    if waits(run) or run.reason == NOTHING:
        return False
    return not under_way(run, now)


def _status(run: RunRecord) -> str:
    if run.exit_status is None:
        return KILLED
    return _NAMES.get(run.exit_status, str(run.exit_status))


def _end(run: RunRecord) -> datetime:
    """Return when *run* ended; of one that was killed, when it was seen last."""
    seen = run.seen_at or run.started_at
    return seen if run.exit_status is None else run.finished_at or seen


def _with_prefix(counts: Mapping[str, int], prefix: str) -> dict[str, int]:
    return {
        name.removeprefix(prefix): count
        for name, count in counts.items()
        if name.startswith(prefix)
    }
