"""The run's row in the store; the rows of killed runs are closed too."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from douyin_crawler.extensions.leases import gone
from douyin_crawler.stores.base import StoreError
from douyin_crawler.verdicts import ExitStatus, RunRecord

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from douyin_crawler.progress import Holder
    from douyin_crawler.stores.base import Store

logger = logging.getLogger(__name__)

_INTERVAL = 15.0
"""Seconds between two writes of the counts, so that a killed run has them too."""
_OUR_JOB = re.compile("[0-9a-f]{12}")
KILLED = "it was killed: its process is gone"
_SUPERSEDED = (
    "nothing is done: the scheduler gave this job up and started another in its "
    "place, or it has begun before"
)
_OTHER_STORE = (
    "nothing is done: the store {} knows no such job, so the scheduler has another "
    "one; set DOUYIN_STORE (or the variable that the plan names) to the same on both"
)


class NotBegun(Exception):  # noqa: N818
    """There is nothing to run; the message is one line that says why."""

    def __init__(self, message: str, status: ExitStatus) -> None:
        super().__init__(message)
        self.status = status


class History:
    """Writes one run's row of ``runs``."""

    def __init__(self, crawler: Crawler, store: Store, holder: Holder) -> None:
        self._crawler = crawler
        self._store = store
        self._holder = holder
        self._is_recorded = getattr(crawler.spidercls, "recorded", True)
        self.started_at = now()
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Insert the row, and close those of runs that are known to be gone.

        Raises:
            StoreError: the store is out of reach.
            NotBegun: it is a job that is not, or no longer, to be run.
        """
        await self._close_killed()
        if not self._is_recorded:
            return
        record = self._record()
        saved = await self._store.save_job(record, known=_is_scheduled(record))
        if saved == "over":
            raise NotBegun(_SUPERSEDED, ExitStatus.OK)
        if saved == "unknown":
            raise NotBegun(_OTHER_STORE.format(self._store), ExitStatus.USAGE)
        self._task = asyncio.get_running_loop().create_task(self._keep())

    async def end(self, status: ExitStatus, reason: str) -> None:
        """Close the row; a store that is gone is no reason to fail once more."""
        if self._task:
            self._task.cancel()
        if not self._is_recorded:
            return
        record = self._record()
        record.finished_at, record.reason = now(), reason
        record.exit_status = int(status)
        try:
            await self._store.save_run(record)
        except StoreError as error:
            logger.debug("The run's record could not be written: %s", error)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(_INTERVAL)
            with contextlib.suppress(StoreError):
                await self._store.save_run(self._record())

    async def _close_killed(self) -> None:
        for run in await self._store.open_runs():
            if gone(run.lock):
                run.finished_at, run.reason = now(), KILLED
                await self._store.save_run(run)

    def _record(self) -> RunRecord:
        spider: Any = self._crawler.spider
        arguments = spider.recorded_arguments()
        stats = self._crawler.stats.get_stats()
        return RunRecord(
            id=self._holder.run_id,
            spider=spider.name,
            arguments=arguments,
            started_at=self.started_at,
            counts={
                name.removeprefix("douyin/"): value
                for name, value in stats.items()
                if name.startswith("douyin/") and isinstance(value, int)
            },
            job=arguments.get("_job", ""),
            plan=arguments.get("_plan", ""),
            seen_at=now(),
            host=self._holder.host,
            lock=self._holder.lock,
        )


def run_id(crawler: Crawler) -> str:
    """Return the id of a run: its job's, if the scheduler gave one, else a new one.

    The scheduler writes a row for a job before it starts it; the run goes on with it.
    """
    spider: Any = crawler.spider
    job = spider.recorded_arguments().get("_job", "") if spider else ""
    return job if _OUR_JOB.fullmatch(job) else new_id()


def _is_scheduled(run: RunRecord) -> bool:
    """Return whether *run* is a job that ``scrapy schedule`` started."""
    return bool(run.plan and _OUR_JOB.fullmatch(run.job))


def new_id() -> str:
    """Return an id for a run or a job."""
    return uuid.uuid4().hex[:12]


def now() -> datetime:
    """Return the time, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
