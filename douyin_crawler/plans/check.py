"""What a plan would do, before it does it: mistakes, times, requests."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from cronsim import CronSim

from douyin_crawler.api.errors import LoginMissing
from douyin_crawler.estimate import estimate
from douyin_crawler.plans.due import last_counted, upcoming
from douyin_crawler.plans.feeding import LONGEST, in_words, own_queue
from douyin_crawler.plans.history import runs_of
from douyin_crawler.plans.mistakes import mistakes_of
from douyin_crawler.plans.plan import span
from douyin_crawler.plans.reading import PlanError, read_plan
from douyin_crawler.plans.targets import arguments_for, remove_file
from douyin_crawler.session.session import Session
from douyin_crawler.spiders.base import DouyinSpider
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreAbsent

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from scrapy.spiderloader import SpiderLoaderProtocol

    from douyin_crawler.config import Config
    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.stores.base import Store
    from douyin_crawler.verdicts import RunRecord

Spiders = dict[str, type[DouyinSpider]]
_DAYS = 28
"""Over which the runs of a cron expression are counted."""
_TIMES = 3


def read_checked(path: Path, loader: SpiderLoaderProtocol) -> tuple[Plan, Spiders]:
    """Return the plan in the file *path*, and its spiders by name.

    Raises:
        PlanError: with all mistakes that can be found at once.
    """
    try:
        plan, wrong, unchecked = read_plan(path), [], frozenset[str]()
    except PlanError as error:
        if error.plan is None:
            raise
        plan, wrong, unchecked = error.plan, error.mistakes, error.unchecked
    spiders, more = spiders_of(plan, loader, unchecked)
    if wrong or more:
        raise PlanError([*wrong, *more], plan)
    return plan, spiders


def spiders_of(
    plan: Plan, loader: SpiderLoaderProtocol, unchecked: Container[str] = ()
) -> tuple[Spiders, list[str]]:
    """Return the spiders of *plan* by name, and its mistakes: one line each.

    Of the jobs *unchecked* nothing but the spider's name is looked at.
    """
    names = loader.list()
    spiders: Spiders = {}
    mistakes = [*_shared_queues(plan)]
    for job in plan.jobs:
        if job.spider not in names:
            close = difflib.get_close_matches(job.spider, names, 1)
            hint = f"did you mean {close[0]}?" if close else ", ".join(names)
            mistakes.append(
                f"jobs.{job.name}.spider: there is no spider {job.spider!r}; {hint}"
            )
            continue
        spider = loader.load(job.spider)
        assert issubclass(spider, DouyinSpider)
        spiders[job.spider] = spider
        if job.name not in unchecked:
            found = dict.fromkeys(mistakes_of(job, spider))
            mistakes += [f"jobs.{job.name}.{mistake}" for mistake in found]
    return spiders, mistakes


def _shared_queues(plan: Plan) -> Iterator[str]:
    """Yield a mistake for each queue that jobs of several spiders would fill."""
    first: dict[str, Job] = {}
    for job in (job for job in plan.jobs if job.queue):
        other = first.setdefault(job.queue or "", job)
        if other.spider != job.spider:
            yield (
                f"jobs.{job.name}.queue: {job.queue} is that of jobs.{other.name}, for "
                f"{other.spider}; a queue holds the targets of one spider"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What one job would do."""

    job: Job
    targets: int
    times: list[datetime]
    """When it will be due next."""
    requests: int
    """Of one run, at least."""
    requests_a_day: int
    """At least, and at most what budgets allow."""
    notes: list[str] = field(default_factory=list)


async def forecast(
    plan: Plan, spiders: Mapping[str, type[DouyinSpider]], config: Config, now: datetime
) -> list[Forecast]:
    """Return what each job of *plan* would do; nothing is asked, nothing stored.

    Raises:
        StoreError: there is a store, and it can't be read.
    """
    opened = open_store(config.store)
    store: Store | None = opened
    try:
        try:
            await opened.open(create=False)
        except StoreAbsent:
            store = None
        runs = await runs_of(plan, store, now) if store else []
        return [
            await _forecast(plan, job, spiders[job.spider], config, store, runs, now)
            for job in plan.jobs
        ]
    finally:
        await opened.close()


async def _forecast(
    plan: Plan,
    job: Job,
    spider: type[DouyinSpider],
    config: Config,
    store: Store | None,
    runs: list[RunRecord],
    now: datetime,
) -> Forecast:
    key = plan.key(job)
    last = last_counted((run for run in runs if run.plan == key), now)
    times = upcoming(plan, job, last, now, _TIMES)
    notes = [await _queue_note(job, store)] if job.queue else []
    given = await arguments_for(job, spider, store, now)
    if given is None:
        notes.append("the store names no target yet")
        return Forecast(
            job=job,
            targets=0,
            times=times,
            requests=0,
            requests_a_day=0,
            notes=notes,
        )
    try:
        arguments = spider.read_arguments(given)
        session = Session(config.cookies)
        found = await estimate(spider, arguments, session, store)
        if not job.queue and in_words(given) is None:
            notes.append(_too_many(plan, job))
    finally:
        remove_file(job, given)
    try:
        spider.check_login(arguments, logged_in=session.logged_in)
    except LoginMissing as error:
        notes.append(str(error))
    return Forecast(
        job=job,
        targets=found.targets,
        times=times,
        requests=found.requests,
        requests_a_day=_a_day(plan, job, found.requests, now),
        notes=notes,
    )


async def _queue_note(job: Job, store: Store | None) -> str:
    assert job.queue
    states = await store.queues(job.queue) if store else []
    left = sum(one.counts.get("waiting", 0) for one in states)
    others = next((one.spider for one in states if one.spider != job.spider), "")
    if others:
        return f"the queue {job.queue} holds targets of {others}: give another name"
    return (
        f"when it is due, its targets go into the queue {job.queue}, where {left:,} "
        "wait now; its run and other workers take them from there"
    )


def _too_many(plan: Plan, job: Job) -> str:
    return (
        f"its targets are more than {LONGEST:,} bytes: scrapy schedule puts them into "
        f"the queue {own_queue(plan, job)}"
    )


def _a_day(plan: Plan, job: Job, requests: int, now: datetime) -> int:
    if job.every:
        runs = timedelta(days=1) / span(job.every)
    else:
        assert job.cron
        end = now + timedelta(days=_DAYS)
        times = CronSim(job.cron, now.astimezone(plan.timezone).replace(microsecond=0))
        runs = sum(1 for _ in takewhile(lambda time: time <= end, times)) / _DAYS
    needed = round(requests * runs)
    return min(needed, job.budget) if job.budget else needed
