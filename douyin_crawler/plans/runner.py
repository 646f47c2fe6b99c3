"""Runs the jobs of a plan that are due, once, in this process."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from scrapy.crawler import Crawler

from douyin_crawler.config import ConfigError
from douyin_crawler.extensions.figures import figures_of
from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.plans.alone import alone
from douyin_crawler.plans.due import NOTHING, Due, due, under_way
from douyin_crawler.plans.feeding import feed, worker_arguments
from douyin_crawler.plans.history import runs_of
from douyin_crawler.plans.plan import RETRY
from douyin_crawler.plans.settings import job_settings
from douyin_crawler.plans.targets import arguments_for, remove_file
from douyin_crawler.spiders.arguments import ArgumentError
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreAbsent, StoreError
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from douyin_crawler.extensions.figures import Figures
    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.spiders.base import DouyinSpider
    from douyin_crawler.stores.base import Store

logger = logging.getLogger(__name__)

Wanted = Literal["due", "all", "failed"]
_ENDS_ALL = frozenset({ExitStatus.STORE, ExitStatus.BLOCKED, ExitStatus.STOPPED})
"""After these no other job with the same store and session can fare better now."""
_MISTAKES = (ArgumentError, ConfigError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one job."""

    job: Job
    status: ExitStatus | None = None
    """None: it was not begun."""
    reason: str = ""
    figures: Figures | None = None


class PlanRunner:
    """Starts one crawler a job, ``plan.parallel`` of them side by side."""

    def __init__(
        self,
        process: AsyncCrawlerProcess,
        plan: Plan,
        spiders: Mapping[str, type[DouyinSpider]],
        settings: Settings,
        wanted: Wanted = "due",
    ) -> None:
        self.results: list[Result] = []
        self._process = process
        self._plan = plan
        self._spiders = spiders
        self._settings = settings
        self._wanted = wanted
        self._room = asyncio.Semaphore(plan.parallel)
        self._last: ExitStatus | None = None
        self._waiting: dict[str, datetime] = {}
        self._live: dict[str, tuple[Job, Crawler, float]] = {}

    async def run(self) -> None:
        """Run what is wanted; the results are in the order of their ends.

        Raises:
            StoreError: the store is out of reach before anything began.
        """
        async with self._store() as store:
            chosen = await self._choose(store, self._plan.jobs)
        self._waiting = {one.key: one.since for one in chosen}
        turns = (self._run_in_turn(one) for one in chosen)
        ended = await asyncio.gather(*turns, return_exceptions=True)
        for error in filter(None, ended):
            raise error

    def lags(self) -> dict[str, float]:
        """Return how many seconds the jobs that wait are due, by their keys."""
        now = datetime.now(UTC)
        waiting = {**self._waiting}
        return {key: (now - since).total_seconds() for key, since in waiting.items()}

    def close_by_force(self) -> None:
        """Store what came, after a second signal has ended the event loop."""
        for job, crawler, began in [*self._live.values()]:
            if run := _run_of(crawler):
                run.close_by_force()
            self._note(job, crawler, began)

    async def _choose(self, store: Store | None, jobs: tuple[Job, ...]) -> list[Due]:
        """Return which of *jobs* are to be run now, in their order."""
        now = datetime.now(UTC)
        runs = await runs_of(self._plan, store, now, jobs) if store else []
        if self._wanted == "due":
            found = due(self._plan, runs, now)
            return [one for one in found if one.job in jobs]
        busy = {run.plan.removesuffix(RETRY) for run in runs if under_way(run, now)}
        ordered = sorted(jobs, key=lambda job: -job.priority)
        every = (Due(job=job, key=self._plan.key(job), since=now) for job in ordered)
        return [one for one in every if one.key not in busy and self._retries(one.job)]

    def _retries(self, job: Job) -> bool:
        fields = self._spiders[job.spider].arguments_class.__struct_fields__
        return self._wanted != "failed" or "resume" in fields

    async def _run_in_turn(self, one: Due) -> None:
        async with self._room:
            self._waiting.pop(one.key)
            if self._last in _ENDS_ALL:
                reason = f"not begun: a job before it ended {self._last.name.lower()}"
                self.results.append(Result(job=one.job, reason=reason))
                return
            address = str(open_store(self._settings["DOUYIN_STORE"]))
            try:
                with alone("job", one.key, address) as free:
                    if free:
                        await self._run_job(one)
                    else:
                        reason = "not begun: another process runs it now"
                        self.results.append(Result(job=one.job, reason=reason))
            except StoreError as error:
                self._last = ExitStatus.STORE
                result = Result(job=one.job, status=self._last, reason=str(error))
                self.results.append(result)

    async def _run_job(self, one: Due) -> None:
        job, spider = one.job, self._spiders[one.job.spider]
        async with self._store(create=bool(job.queue)) as store:
            # Another process may have begun it while this one waited.
            if not await self._choose(store, (job,)):
                return
            try:
                given = await self._given(job, spider, store)
            except ArgumentError as error:
                self._last = ExitStatus.USAGE
                result = Result(job=job, status=self._last, reason=str(error))
                self.results.append(result)
                return
        if given is None:
            self.results.append(Result(job=job, status=ExitStatus.OK, reason=NOTHING))
            return
        try:
            await self._crawl(one, spider, dict(given))
        finally:
            remove_file(job, given)

    async def _given(
        self, job: Job, spider: type[DouyinSpider], store: Store | None
    ) -> dict[str, str] | None:
        """Return what the spider is given; None: there is nothing to do."""
        now, failed = datetime.now(UTC), self._wanted == "failed"
        if job.queue and store and not failed:
            patience = self._settings.getfloat("DOUYIN_STORE_PATIENCE")
            return await feed(job, job.queue, spider, store, now, patience=patience)
        if job.queue:
            given: dict[str, str] | None = worker_arguments(job, job.queue)
        else:
            given = await arguments_for(job, spider, store, now)
        return await _only_failed(given, spider, store) if given and failed else given

    async def _crawl(
        self, one: Due, spider: type[DouyinSpider], given: dict[str, str]
    ) -> None:
        settings = job_settings(self._plan, one.job, self._settings)
        crawler = Crawler(spider, settings)
        began = time.monotonic()
        self._live[one.key] = one.job, crawler, began
        logger.info("Job %s: %s", one.key, spider.name)
        failure: Exception | None = None
        try:
            key = one.key + RETRY if self._wanted == "failed" else one.key
            await self._process.crawl(crawler, **given, _plan=key)
        except _MISTAKES as error:
            failure = error
        except Exception as error:
            failure = error
            logger.exception("Job %s broke off", one.key)
        self._note(one.job, crawler, began, failure)

    def _note(
        self, job: Job, crawler: Crawler, began: float, failure: Exception | None = None
    ) -> None:
        if self._live.pop(self._plan.key(job), None) is None:
            return  # it was closed by force
        run = _run_of(crawler)
        if run is None:
            usage = isinstance(failure, _MISTAKES)
            self._last = ExitStatus.USAGE if usage else ExitStatus.BUG
            reason = str(failure) if usage else "it could not be begun; see the log"
            self.results.append(Result(job=job, status=self._last, reason=reason))
            return
        self._last = run.exit_status
        figures = figures_of(crawler, time.monotonic() - began)
        result = Result(
            job=job, status=run.exit_status, reason=run.reason, figures=figures
        )
        self.results.append(result)

    @asynccontextmanager
    async def _store(self, *, create: bool = False) -> AsyncIterator[Store | None]:
        """Open the plan's store; None where there is none, and it is not made."""
        store = open_store(self._settings["DOUYIN_STORE"])
        try:
            await store.open(create=create)
        except StoreAbsent:
            await store.close()
            yield None
            return
        try:
            yield store
        finally:
            await store.close()


async def _only_failed(
    given: dict[str, str], spider: type[DouyinSpider], store: Store | None
) -> dict[str, str] | None:
    """Return the arguments for the targets without a final verdict; None: no such.

    A queue has its own record of them; those that wait in it are walked along.
    """
    if not (queue := given.get("queue")):
        return given | {"resume": "only"}
    states = await store.queues(queue) if store else []
    if store and any(state.spider == spider.name for state in states):
        await store.requeue_failed(queue)
    return given if states else None


def _run_of(crawler: Crawler) -> RunExtension | None:
    return crawler.get_extension(RunExtension) if crawler._extensions else None
