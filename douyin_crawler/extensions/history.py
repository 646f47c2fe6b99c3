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
from douyin_crawler.verdicts import RunRecord

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from douyin_crawler.progress import Holder
    from douyin_crawler.stores.base import Store
    from douyin_crawler.verdicts import ExitStatus

logger = logging.getLogger(__name__)

_INTERVAL = 15.0
"""Seconds between two writes of the counts, so that a killed run has them too."""
_OUR_JOB = re.compile("[0-9a-f]{12}")
KILLED = "it was killed: its process is gone"


class History:
    """Writes one run's row of ``runs``."""

    def __init__(self, crawler: Crawler, store: Store, holder: Holder) -> None:
        self._crawler = crawler
        self._store = store
        self._holder = holder
        self.started_at = now()
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Insert the row, and close those of runs that are known to be gone.

        Raises:
            StoreError: the store is out of reach.
        """
        await self._close_killed()
        await self._store.save_run(self._record())
        self._task = asyncio.get_running_loop().create_task(self._keep())

    async def end(self, status: ExitStatus, reason: str) -> None:
        """Close the row; a store that is gone is no reason to fail once more."""
        if self._task:
            self._task.cancel()
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


def new_id() -> str:
    """Return an id for a run or a job."""
    return uuid.uuid4().hex[:12]


def now() -> datetime:
    """Return the time, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
