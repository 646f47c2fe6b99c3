"""The runs that tell when the jobs of a plan began last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from douyin_crawler.extensions.history import KILLED
from douyin_crawler.extensions.leases import gone
from douyin_crawler.plans.plan import RETRY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.stores.base import Store
    from douyin_crawler.verdicts import RunRecord

_RUNS = 10
"""Runs of each job that are read: the latest, and those that may be under way."""


async def runs_of(
    plan: Plan, store: Store, now: datetime, jobs: Iterable[Job] | None = None
) -> list[RunRecord]:
    """Return the latest runs of the jobs of *plan*, or of these *jobs* of it.

    Those that took up what had failed are among them. A run of this machine whose
    process is gone is given as ended; the next run closes it in the store.

    Raises:
        StoreError: the store is out of reach.
    """
    found: list[RunRecord] = []
    for job in plan.jobs if jobs is None else jobs:
        key = plan.key(job)
        runs = await store.runs(_RUNS, plan=key)
        for run in runs + await store.runs(_RUNS, plan=key + RETRY):
            dead = run.finished_at is None and gone(run.lock)
            found.append(replace(run, finished_at=now, reason=KILLED) if dead else run)
    return found
