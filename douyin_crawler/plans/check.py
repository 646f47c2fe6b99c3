"""What a plan would do, before it does it: mistakes, times, requests."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from cronsim import CronSim

from douyin_crawler.api.errors import LoginMissing
from douyin_crawler.estimate import estimate
from douyin_crawler.plans.due import last_counted, upcoming
from douyin_crawler.plans.history import runs_of
from douyin_crawler.plans.plan import TargetQuery, span
from douyin_crawler.plans.targets import (
    arguments_for,
    remove_file,
    sample_arguments,
    target_argument,
)
from douyin_crawler.session.session import Session
from douyin_crawler.spiders.arguments import ArgumentError
from douyin_crawler.spiders.base import DouyinSpider
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreAbsent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from scrapy.spiderloader import SpiderLoaderProtocol

    from douyin_crawler.config import Config
    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.stores.base import Store
    from douyin_crawler.verdicts import RunRecord

Spiders = dict[str, type[DouyinSpider]]
_DAYS = 28
"""Over which the runs of a cron expression are counted."""
_TIMES = 3


def spiders_of(plan: Plan, loader: SpiderLoaderProtocol) -> tuple[Spiders, list[str]]:
    """Return the spiders of *plan* by name, and its mistakes: one line each."""
    names = loader.list()
    spiders: Spiders = {}
    mistakes = []
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
        if mistake := _mistake(job, spider):
            mistakes.append(f"jobs.{job.name}.{mistake}")
    return spiders, mistakes


def _mistake(job: Job, spider: type[DouyinSpider]) -> str | None:
    """Return what is wrong with targets and arguments, by the spider's own check."""
    name = target_argument(spider)
    if job.targets is not None and not name:
        return f"targets: {spider.name} takes none"
    if job.targets is not None and name in job.arguments:
        return f"arguments.{name}: the targets stand in targets already"
    query = job.targets if isinstance(job.targets, TargetQuery) else None
    if query and ("user" if query.authors_of else "post") != name:
        return f"targets: {spider.name} takes no {_named(query)}, but -a {name}"
    if isinstance(job.targets, tuple) and any("," in one for one in job.targets):
        return "targets: a comma in a target; write each as a text of its own"
    try:
        spider.read_arguments(sample_arguments(job, spider))
    except ArgumentError as error:
        about_targets = name and f"-a {name}" in str(error)
        where = "targets" if about_targets else "arguments"
        return f"{where}: {error}"
    return None


def _named(query: TargetQuery) -> str:
    return "users" if query.authors_of else "posts"


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
    note: str = ""


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
    last = last_counted(run for run in runs if run.plan == key)
    times = upcoming(plan, job, last, now, _TIMES)
    given = await arguments_for(job, spider, store, now)
    if given is None:
        note = "the store names no target yet"
        return Forecast(
            job=job, targets=0, times=times, requests=0, requests_a_day=0, note=note
        )
    try:
        arguments = spider.read_arguments(given)
        session = Session(config.cookies)
        found = await estimate(spider, arguments, session, store)
    finally:
        remove_file(job, given)
    note = ""
    try:
        spider.check_login(arguments, logged_in=session.logged_in)
    except LoginMissing as error:
        note = str(error)
    return Forecast(
        job=job,
        targets=found.targets,
        times=times,
        requests=found.requests,
        requests_a_day=_a_day(plan, job, found.requests, now),
        note=note,
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
