"""When a job is due: a pure function of the plan, its runs, and the time.

Nothing else remembers, so a restart forgets nothing. A job is due when a moment of
its schedule has passed since it ran last. However many have passed, it is due once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from cronsim import CronSim

from douyin_crawler.plans.plan import span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.verdicts import RunRecord

SILENT = timedelta(minutes=10)
"""An open run that gave no sign of life (:attr:`RunRecord.seen_at`) for so long is
gone; it gives one every 15 seconds."""
_AHEAD = timedelta(hours=1)
"""A run that began later than so long from now is of a clock that was wrong."""
_SKEW = timedelta(seconds=30)
"""So far may the clocks of this machine and of one that crawls lie apart."""
_KILLED_AT_MOST = 3
"""Runs in a row that were killed and are made up for at once."""
_EARLY = timedelta(minutes=1)
"""An interval counts as over so long (or a tenth of it) before its end: who looks
every few minutes would else come a whole turn late, each time a little later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A job that is to be started now."""

    job: Job
    key: str
    """``PLAN/JOB``: what the run is to carry as its argument ``_plan``."""
    since: datetime
    """The moment at which it became due."""


def due(plan: Plan, runs: Iterable[RunRecord], now: datetime) -> list[Due]:
    """Return what of *plan* is to be started at *now*, what is most urgent first.

    *runs*: the latest runs of each of its jobs, in any order, open ones too; those
    of other plans are passed over. A job with a run under way is not due.
    """
    by_key: defaultdict[str, list[RunRecord]] = defaultdict(list)
    for run in runs:
        if run.started_at <= now + _AHEAD:
            by_key[run.plan].append(run)
    found = []
    for job in plan.jobs:
        key = plan.key(job)
        if any(under_way(run, now) for run in by_key[key]):
            continue
        since = due_since(plan, job, last_start(by_key[key]), now)
        if since is not None:
            found.append(Due(job=job, key=key, since=since))
    return sorted(found, key=lambda one: (-one.job.priority, one.since))


def under_way(run: RunRecord, now: datetime) -> bool:
    """Return whether *run* has no end, and gave a sign of life lately."""
    if run.finished_at is not None:
        return False
    return abs(now - (run.seen_at or run.started_at)) < SILENT


def due_since(
    plan: Plan, job: Job, last: datetime | None, now: datetime
) -> datetime | None:
    """Return from when on *job* is due, if it began *last* then; None: it is not yet.

    A job that never ran is due at once; one without a schedule only while it never
    ran.
    """
    if last is None:
        return now
    if job.every:
        interval = span(job.every)
        moment = last + interval - min(_EARLY, interval / 10)
        return moment if moment <= now else None
    if job.cron:
        before = next(CronSim(job.cron, _local(plan, now), reverse=True))
        # cronsim looks strictly before; a moment that is now has come, too.
        after = next(CronSim(job.cron, before))
        latest = after if after <= now else before
        return latest if latest - _SKEW > last else None
    return None


def upcoming(
    plan: Plan, job: Job, last: datetime | None, now: datetime, count: int
) -> list[datetime]:
    """Return the next *count* times at which *job* will be due, now among them."""
    first = due_since(plan, job, last, now)
    times = [_local(plan, now)] if first is not None else []
    return [*times, *islice(_later(plan, job, last, now), count - len(times))]


def _later(
    plan: Plan, job: Job, last: datetime | None, now: datetime
) -> Iterator[datetime]:
    if job.cron:
        yield from CronSim(job.cron, _local(plan, now))
    if not job.every:
        return
    interval = span(job.every)
    moment = last + interval if last else now
    moment = _local(plan, max(moment, now))
    while True:
        if moment > now:
            yield moment
        moment += interval


def last_start(runs: Iterable[RunRecord]) -> datetime | None:
    """Return when the job of which these *runs* are began last.

    A run that was killed (its machine restarted) is made up for, unless that
    happens again and again.
    """
    newest_first = sorted(runs, key=lambda run: run.started_at, reverse=True)
    killed = [*takewhile(_was_killed, newest_first)]
    made_up_for = 0 if len(killed) >= _KILLED_AT_MOST else len(killed)
    counted = newest_first[made_up_for:]
    return counted[0].started_at if counted else None


def _was_killed(run: RunRecord) -> bool:
    return run.exit_status is None


def _local(plan: Plan, moment: datetime) -> datetime:
    return moment.astimezone(plan.timezone).replace(microsecond=0)
