"""What is left to write, and to say, when a run ends."""

from __future__ import annotations

import logging
from itertools import chain
from typing import TYPE_CHECKING

from douyin_crawler.extensions.figures import figures_of, passed_over
from douyin_crawler.extensions.history import now
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.crawler import Crawler

    from douyin_crawler.extensions.run import RunExtension
    from douyin_crawler.spiders.base import DouyinSpider

logger = logging.getLogger(__name__)

BUG = "an error in the program; see the log"
LOST = "its request was lost: a component of the crawl dropped it"


async def close_walks(run: RunExtension, spider: DouyinSpider, reason: str) -> None:
    """Write the verdicts of walks that are open or were not come to; flush the buffer.

    Raises:
        StoreError: they can't be written.
    """
    for ending in chain(run.late, spider.given_back):
        await run.buffer.put(ending)
    if spider.open_walks() or run.ending:
        verdict, why = _why(run, reason)
        for walk in chain(spider.open_walks(), spider.unreached()):
            ending = spider.interrupted(walk, verdict, why)
            run.note(ending, child=walk.parent is not None)
            await run.buffer.put(ending)
            for of_ticket in spider.hand_in(walk, ending):
                await run.buffer.put(of_ticket)
    await run.buffer.close()


def _why(run: RunExtension, reason: str) -> tuple[Verdict, str]:
    """Return the verdict, and its reason, of walks that the run's end cut off."""
    if run.ended_with:
        return run.ended_with
    if run.bug:
        return Verdict.FAILED, BUG
    if reason == "finished":
        return Verdict.FAILED, LOST
    missed = f"; {run.signer.missed}" if run.signer.missed else ""
    return Verdict.STOPPED, f"the run was stopped ({reason}){missed}"


def log_summary(
    run: RunExtension, crawler: Crawler, reason: str, started_at: datetime
) -> None:
    """Log how targets ended, the figures, and where the records are."""
    run.endings.log()
    for line in passed_over(crawler):
        logger.info("%s", line)
    seconds = (now() - started_at).total_seconds()
    logger.info("%s", figures_of(crawler, seconds))
    status = f"exit status {run.exit_status} ({run.exit_status.name.lower()})"
    where = "" if run.store_error else f"; records are in {run.store}"
    logger.info("Run %s ended (%s), %s%s", run.id, reason, status, where)
