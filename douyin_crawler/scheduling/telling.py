"""What a single round says: how each job ended, or where it is, and what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.plans.due import last_counted, upcoming
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.scheduling.scheduler import Round
    from douyin_crawler.verdicts import RunRecord

_TIME = "%Y-%m-%d %H:%M %Z"


def lines_of(plan: Plan, done: Round, now: datetime) -> Iterator[str]:
    """Yield a line for each job that *done* did not start, and one if none was due."""
    for job in plan.jobs:
        if job.name not in done.started:
            own = [run for run in done.runs if run.plan == plan.key(job)]
            yield f"{plan.key(job)}: {_state(plan, job, own, now)}"
    if not done.started and not done.left:
        yield "Nothing is due."


def _state(plan: Plan, job: Job, runs: Sequence[RunRecord], now: datetime) -> str:
    if not runs:
        return "it never ran"
    latest = max(runs, key=lambda run: run.started_at)
    if latest.finished_at is None:
        began = latest.started_at.astimezone(plan.timezone)
        where = "waits" if not latest.lock else "runs"
        return f"job {latest.job} {where} on {latest.host}, since {began:{_TIME}}"
    ended = latest.finished_at.astimezone(plan.timezone)
    times = upcoming(plan, job, last_counted(runs, now), now, 1)
    again = f"; due {times[0]:{_TIME}}" if times else ""
    job_id = f"job {latest.job} " if latest.job else ""
    return f"{job_id}ended {ended:{_TIME}}: {ending(latest)}{again}"


def ending(run: RunRecord | None) -> str:
    """Return how *run* ended."""
    if run is None:
        return "many runs ago"
    why = f" ({run.reason})" if run.reason else ""
    if run.exit_status is None:
        return f"no exit status{why}"
    status = ExitStatus(run.exit_status)
    return f"exit status {run.exit_status} ({status.name.lower()}){why}"
