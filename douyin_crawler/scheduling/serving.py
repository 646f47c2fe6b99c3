"""The scheduler as a process: rounds until a signal comes, or one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import ClientSession

from douyin_crawler.config import Config
from douyin_crawler.plans.reading import PlanError
from douyin_crawler.scheduling.jobs import prepare
from douyin_crawler.scheduling.node import Node
from douyin_crawler.scheduling.scheduler import Scheduler
from douyin_crawler.scheduling.telling import lines_of
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreUnavailable
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from scrapy.settings import Settings

    from douyin_crawler.plans.check import Spiders
    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.scheduling.jobs import Prepared
    from douyin_crawler.scheduling.metrics import PlanMetrics
    from douyin_crawler.scheduling.plan_file import PlanFile
    from douyin_crawler.scheduling.scheduler import Round
    from douyin_crawler.stores.base import Store

logger = logging.getLogger(__name__)


class Serving:
    """One process of the scheduler."""

    def __init__(
        self,
        file: PlanFile,
        nodes: Sequence[str],
        store: str,
        settings: Settings,
        *,
        authorization: str = "",
        interval: float = 30.0,
        alive: Path | None = None,
        metrics_file: Path | None = None,
    ) -> None:
        self._file = file
        self._nodes = nodes
        self._store = store
        self._settings = settings
        self._authorization = authorization
        self._interval = interval
        self._alive = alive
        self._metrics_file = metrics_file
        self._metrics: PlanMetrics | None = None
        self._complained = ""

    async def run(self, plan: Plan, spiders: Spiders, *, once: bool) -> ExitStatus:
        """Make rounds until a signal comes, or one; return how that went.

        Raises:
            StoreError: the store can't be opened, or not be read in the one round.
        """
        stop = asyncio.Event()
        _on_signals(stop)
        async with ClientSession() as http, _open(self._store) as store:
            nodes = [Node(url, http, self._authorization) for url in self._nodes]
            patience = Config.from_settings(self._settings).store_patience

            async def prepared(plan: Plan, job: Job, now: datetime) -> Prepared | None:
                spider = spiders[job.spider]
                return await prepare(plan, job, spider, store, now, patience=patience)

            scheduler = Scheduler(store, nodes, prepared)
            urls = ", ".join(map(str, nodes))
            logger.info(
                "Scheduling %s on %s, by the runs in %s", plan.name, urls, store
            )
            self._begin_metrics(scheduler, once=once)
            if once:
                done = await scheduler.round(plan, _now())
                for line in lines_of(plan, done, _now()):
                    logger.info("%s", line)
                await self._look(plan, store)
                return _told(done)
            while not stop.is_set():
                plan, new = await self._read_again(plan, spiders)
                spiders |= new
                await self._round(scheduler, plan, store)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._interval)
        logger.info("Stopped; jobs on the nodes go on")
        return ExitStatus.OK

    def _begin_metrics(self, scheduler: Scheduler, *, once: bool) -> None:
        config = Config.from_settings(self._settings)
        served = config.metrics_port and not once
        if not (served or self._metrics_file):
            return
        from douyin_crawler.metrics import Exporter  # noqa: PLC0415 - it may be absent
        from douyin_crawler.scheduling.metrics import (  # noqa: PLC0415
            PlanMetrics,
            serve,
        )

        self._metrics = PlanMetrics()
        if served:
            serve(Exporter.serving(config), self._metrics, scheduler.nodes_up)

    async def _look(self, plan: Plan, store: Store) -> None:
        if self._metrics is None:
            return
        await self._metrics.look(plan, store, _now())
        if self._metrics_file:
            self._metrics.write(self._metrics_file)

    async def _round(self, scheduler: Scheduler, plan: Plan, store: Store) -> None:
        try:
            _told(await scheduler.round(plan, _now()))
            await self._look(plan, store)
        except StoreUnavailable as error:
            logger.warning("%s; it is tried again in each round", error)
            return
        if self._alive:
            self._alive.touch()

    async def _read_again(self, plan: Plan, spiders: Spiders) -> tuple[Plan, Spiders]:
        """Return the plan as its file is now; the former one where that is broken."""
        try:
            if found := await self._file.news():
                self._complained = ""
                return found
        except PlanError as error:
            complaint = f"{error}; the plan as it was before stays in force"
            if complaint != self._complained:
                logger.error("%s", complaint)
            self._complained = complaint
        return plan, spiders


def _told(done: Round) -> ExitStatus:
    for name in done.left:
        logger.warning("%s is due: %s", name, done.why.get(name, "no node has it"))
    return ExitStatus.INCOMPLETE if done.left else ExitStatus.OK


@asynccontextmanager
async def _open(url: str) -> AsyncIterator[Store]:
    store = open_store(url)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def _on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(name, stop.set)


def _now() -> datetime:
    return datetime.now(UTC)
