"""When a job is due: a pure function of the plan, its runs, and the time.

Nothing else remembers, so a restart forgets nothing. A job is due when a moment of
its schedule has passed since it ran last. However many have passed, it is due once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from cronsim import CronSim

from douyin_crawler.plans.plan import RETRY, span
from douyin_crawler.spiders.arguments import SHANGHAI
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.verdicts import RunRecord

SILENT = timedelta(minutes=10)
"""An open run that gave no sign of life (:attr:`RunRecord.seen_at`) for so long is
gone; it gives one every 15 seconds."""
_AHEAD = timedelta(hours=1)
"""A run that ended and began later than so long from now is of a clock that was
wrong. An open one may be under way, whatever its clock says."""
QUEUED = timedelta(days=1)
"""A job that waits on a node counts as under way for so long after the scheduler saw
it there last: the queue of a node outlives the scheduler."""
_SET_BACK = timedelta(days=1)
"""A sign of life that is so far ahead is of a clock that was wrong."""
_SKEW = timedelta(seconds=30)
"""So far may the clocks of this machine and of one that crawls lie apart."""
_KILLED_AT_MOST = 3
"""Runs in a row that were killed and are made up for at once."""
_CHANGE = timedelta(hours=3)
"""Longer than any clock is put on or back."""
NOTHING = "the store names no target"
"""Reason of a run that was never begun; it does not count as one."""
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
    now = now.astimezone(UTC)  # times of one zone are compared by the clock's face
    by_key: defaultdict[str, list[RunRecord]] = defaultdict(list)
    for run in runs:
        if run.finished_at is None or run.started_at <= now + _AHEAD:
            by_key[run.plan].append(run)
    found = []
    for job in plan.jobs:
        key = plan.key(job)
        known = by_key[key] + by_key[key + RETRY]
        if any(under_way(run, now) for run in known):
            continue
        since = due_since(plan, job, last_counted(by_key[key], now), now)
        if since is not None:
            found.append(Due(job=job, key=key, since=since))
    return sorted(found, key=lambda one: (-one.job.priority, one.since))


def under_way(run: RunRecord, now: datetime) -> bool:
    """Return whether *run* has no end, and gave a sign of life lately.

    A sign from the time to come is of before a clock was set back.
    """
    if run.finished_at is not None:
        return False
    silent = now - (run.seen_at or run.started_at)
    return -_SET_BACK < silent < (QUEUED if waits(run) else SILENT)


def waits(run: RunRecord) -> bool:
    """Return whether *run* is of a job whose run has not begun."""
    return run.finished_at is None and run.id == run.job and not run.lock


def due_since(
    plan: Plan, job: Job, last: RunRecord | None, now: datetime
) -> datetime | None:
    """Return from when on *job* is due after its run *last*; None: it is not yet.

    A job that never ran is due at once; one without a schedule only while it never
    ran, and one whose budget was spent on the next day (of Shanghai) too.
    """
    now = now.astimezone(UTC)
    if last is None:
        return now
    moments = _scheduled(plan, job, last.started_at.astimezone(UTC), now), _spent(last)
    return min((m for m in moments if m is not None and m <= now), default=None)


def _scheduled(plan: Plan, job: Job, last: datetime, now: datetime) -> datetime | None:
    """Return the moment of the schedule that is between *last* and *now*."""
    if job.every:
        interval = span(job.every)
        return last + interval - min(_EARLY, interval / 10)
    latest = _latest(plan, job.cron, now) if job.cron else None
    return latest if latest and latest - _SKEW > last else None


def _latest(plan: Plan, cron: str, now: datetime) -> datetime | None:
    """Return the latest moment of *cron* that has come.

    Backwards, cronsim gives other moments than forwards where a clock is put on, so
    that only tells from where to look.
    """
    start = _local(plan, now - _CHANGE)
    latest = next(CronSim(cron, start, reverse=True), None)
    for local in CronSim(cron, latest or start):
        if (moment := local.astimezone(UTC)) > now:
            break
        latest = moment
    return latest.astimezone(UTC) if latest else None


def _spent(run: RunRecord) -> datetime | None:
    """Return when there is a budget again, if *run* ended because it was spent."""
    if run.exit_status != ExitStatus.BUDGET:
        return None
    day = (run.finished_at or run.started_at).astimezone(SHANGHAI)
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=1)).astimezone(UTC)


def upcoming(
    plan: Plan, job: Job, last: RunRecord | None, now: datetime, count: int
) -> list[datetime]:
    """Return the next *count* times at which *job* will be due, now among them."""
    now = now.astimezone(UTC)
    first = due_since(plan, job, last, now)
    times = [_local(plan, now)] if first is not None else []
    return [*times, *islice(_later(plan, job, last, now), count - len(times))]


def _later(
    plan: Plan, job: Job, last: RunRecord | None, now: datetime
) -> Iterator[datetime]:
    """Yield the times after *now*; that of a budget that is spent is one of them."""
    again = _spent(last) if last else None
    for moment in _regular(plan, job, last, now):
        if again and now < again < moment:
            yield _local(plan, again)
            yield from _regular(plan, job, None, again)
        yield moment


def _regular(
    plan: Plan, job: Job, last: RunRecord | None, now: datetime
) -> Iterator[datetime]:
    if job.cron:
        start = _local(plan, now)
        yield from (t for t in CronSim(job.cron, start) if t.astimezone(UTC) > now)
    if not job.every:
        return
    interval = span(job.every)
    moment = last.started_at.astimezone(UTC) + interval if last else now
    moment = max(moment, now)
    while True:
        if moment > now:
            yield _local(plan, moment)
        moment += interval


def last_counted(runs: Iterable[RunRecord], now: datetime) -> RunRecord | None:
    """Return the latest of these *runs* of a job that counts.

    One that is under way does. A run that was killed (its machine restarted) is made
    up for, unless that happens again and again.
    """
    begun = (run for run in runs if run.reason != NOTHING)
    newest_first = sorted(begun, key=lambda run: run.started_at, reverse=True)
    killed = [*takewhile(lambda run: _was_killed(run, now), newest_first)]
    made_up_for = 0 if len(killed) >= _KILLED_AT_MOST else len(killed)
    counted = newest_first[made_up_for:]
    return counted[0] if counted else None


def _was_killed(run: RunRecord, now: datetime) -> bool:
    return run.exit_status is None and not under_way(run, now)


def _local(plan: Plan, moment: datetime) -> datetime:
    return moment.astimezone(plan.timezone).replace(microsecond=0)
