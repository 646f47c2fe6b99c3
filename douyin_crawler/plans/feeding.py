"""Jobs whose targets go through a queue, so that any number of workers walk them."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from douyin_crawler.api.links import find_links
from douyin_crawler.enqueue import checked_targets, fill, said
from douyin_crawler.plans.plan import scalars
from douyin_crawler.plans.targets import arguments_for, remove_file, target_argument
from douyin_crawler.spiders.arguments import ArgumentError
from douyin_crawler.spiders.targets import TargetSpider

if TYPE_CHECKING:
    from datetime import datetime

    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.spiders.base import DouyinSpider
    from douyin_crawler.stores.base import Store

logger = logging.getLogger(__name__)

LONGEST = 100_000
"""Bytes of an argument: Linux lets no word of a command line be longer than 128 KiB."""
_NOT_READ = 10 * LONGEST
"""Bytes of a file that is not read, to see how much of it are targets."""


async def feed(
    job: Job,
    queue: str,
    spider: type[DouyinSpider],
    store: Store,
    now: datetime,
    *,
    patience: float,
) -> dict[str, str] | None:
    """Put what *job* names at *now* into *queue*; return what its worker is told.

    None: it names nothing, and nothing waits there.

    Raises:
        ArgumentError: a target can't be used, or the queue is another spider's.
        StoreError: the store is out of reach.
    """
    given = await arguments_for(job, spider, store, now)
    if given is None:
        states = await store.queues(queue)
        left = any(one.counts.keys() & {"waiting", "walking"} for one in states)
        return worker_arguments(job, queue) if left else None
    try:
        await put_in(spider, queue, given, store, patience=patience)
    finally:
        remove_file(job, given)
    return worker_arguments(job, queue)


async def put_in(
    spider: type[DouyinSpider],
    queue: str,
    given: dict[str, str],
    store: Store,
    *,
    patience: float,
) -> None:
    """Put the targets of the arguments *given* into *queue*.

    Raises:
        ArgumentError: one can't be used, or the queue is another spider's.
        StoreError: the store is out of reach.
    """
    if not issubclass(spider, TargetSpider):
        raise ArgumentError(f"{spider.name} takes no targets that a queue could hold")
    named = given[target_argument(spider)]
    # Beside the event loop: a file may hold a million.
    targets = await asyncio.to_thread(checked_targets, spider, named)
    done = await fill(store, spider, queue, targets, patience)
    logger.info("Queue %s: %s", queue, said(done))


def worker_arguments(job: Job, queue: str) -> dict[str, str]:
    """Return the arguments of who walks what *job* put into *queue*."""
    return scalars(job) | {"queue": queue}


def own_queue(plan: Plan, job: Job) -> str:
    """Return the queue for targets that are too many for one job of Scrapyd."""
    return job.queue or f"{plan.name}.{job.name}"


def in_words(given: dict[str, str]) -> dict[str, str] | None:
    """Return *given* with what its files hold; None: that is too long for Scrapyd.

    Raises:
        ArgumentError: a file can't be read.
    """
    words = {}
    for name, value in given.items():
        text: str | None = value
        if value.startswith("@"):
            text = _targets_in(Path(value[1:]))
        if text is None or len(text.encode()) > LONGEST:
            return None
        words[name] = text
    return words


def _targets_in(path: Path) -> str | None:
    """Return the targets in a file; of a sentence around a link, the link."""
    try:
        if path.stat().st_size > _NOT_READ:
            return None
        lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError):
        raise ArgumentError(f"{path} can't be read as UTF-8") from None
    targets = [line for line in lines if line and not line.startswith("#")]
    return ",".join((find_links(target) or [target])[0] for target in targets)
