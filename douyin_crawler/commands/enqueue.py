"""``scrapy enqueue``: put targets into a queue that workers share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.spiderloader import get_spider_loader

from douyin_crawler.commands.errors import refuse, refusing, terse
from douyin_crawler.config import Config
from douyin_crawler.enqueue import check_spider, checked_targets, fill, said
from douyin_crawler.stores import open_store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from douyin_crawler.spiders.targets import Target, TargetSpider
    from douyin_crawler.stores.base import Store
    from douyin_crawler.tickets import Enqueued

_USAGE = (
    "usage: scrapy enqueue SPIDER TARGETS|@FILE [--queue NAME], or "
    "scrapy enqueue SPIDER --retry-failed [--queue NAME]"
)


class Command(ScrapyCommand):
    """Check all targets, then put them in, in batches."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """Return what stands behind the command's name."""
        return "SPIDER TARGETS|@FILE [--queue NAME]"

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Put targets into a queue that any number of workers share"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ``--queue`` and ``--retry-failed``."""
        super().add_options(parser)
        terse(parser)
        parser.add_argument(
            "--queue", metavar="NAME", help="name of the queue (default: the spider's)"
        )
        parser.add_argument(
            "--retry-failed",
            action="store_true",
            help="put in again those without a final verdict, and those set aside",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the targets in, and say how many."""
        if len(args) != (1 if opts.retry_failed else 2):
            refuse(_USAGE)
        with refusing():
            assert self.settings is not None
            spider = target_spider(args[0], self.settings)
            queue = opts.queue or spider.name
            from douyin_crawler.spiders.queued import (  # noqa: PLC0415 - heavy
                check_queue_name,
            )

            check_queue_name(queue)
            config = Config.from_settings(self.settings)
            if opts.retry_failed:
                print(asyncio.run(_retry(config, spider, queue)))
            else:
                targets = checked_targets(spider, args[1])
                done = asyncio.run(enqueue(config, spider, queue, targets))
                print(_said(done, spider, queue))


def target_spider(name: str, settings: Any) -> type[TargetSpider]:
    """Return the spider *name*.

    Raises:
        UsageError: there is none, or it has no targets.
    """
    from douyin_crawler.spiders.targets import (  # noqa: PLC0415 - heavy
        TargetSpider,
    )

    loader = get_spider_loader(settings)
    known = {one: loader.load(one) for one in loader.list()}
    taking = [one for one, spider in known.items() if issubclass(spider, TargetSpider)]
    if name not in taking:
        what = "takes no targets" if name in known else "is no spider"
        raise UsageError(f"{name!r} {what}; those that do: {', '.join(taking)}")
    spider = known[name]
    assert issubclass(spider, TargetSpider)
    return spider


async def enqueue(
    config: Config, spider: type[TargetSpider], queue: str, targets: Iterator[Target]
) -> Enqueued:
    """Put *targets* into *queue* of the store, which is made where there is none.

    Raises:
        ArgumentError: the queue holds another spider's targets.
        StoreError: the store can't be reached.
    """
    store = open_store(config.store)
    await store.open()
    try:
        return await fill(store, spider, queue, targets, config.store_patience)
    finally:
        await store.close()


async def _retry(config: Config, spider: type[TargetSpider], queue: str) -> str:
    store = open_store(config.store)
    await store.open(create=False)
    try:
        await check_spider(store, spider, queue)
        await _check_exists(store, queue)
        number = await store.requeue_failed(queue)
    finally:
        await store.close()
    return f"{number:,} targets of the queue {queue} were put in again"


async def _check_exists(store: Store, queue: str) -> None:
    states = await store.queues()
    names = [state.queue for state in states]
    if queue not in names:
        known = ", ".join(names) or "none yet"
        raise UsageError(f"there is no queue {queue}; those that exist: {known}")


def _said(done: Enqueued, spider: type[TargetSpider], queue: str) -> str:
    return (
        f"Queue {queue}: {said(done)}. Walk them: "
        f"scrapy crawl {spider.name} -a queue={queue}"
    )
