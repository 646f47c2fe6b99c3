"""Putting targets into a queue of the store: all are checked before one is written."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from douyin_crawler.api.targets import TargetError, read_targets
from douyin_crawler.spiders.arguments import ArgumentError
from douyin_crawler.stores.patience import patiently
from douyin_crawler.tickets import Enqueued

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.spiders.targets import Target, TargetSpider
    from douyin_crawler.stores.base import Store

_BATCH = 1_000


def checked_targets(spider: type[TargetSpider], named: str) -> Iterator[Target]:
    """Return the targets of an argument or a file, all of which have been checked.

    Raises:
        ArgumentError: one of them can't be used; a line of a file is named by its
            number.
    """

    def parse(text: str) -> Target:
        target: Target = spider.parse_target(text)
        if target.kind == "self":
            raise TargetError("'self' is whoever walks it: name the user")
        return target

    try:
        return read_targets(named, parse)
    except TargetError as error:
        raise ArgumentError(str(error)) from None


async def fill(
    store: Store,
    spider: type[TargetSpider],
    queue: str,
    targets: Iterator[Target],
    patience: float,
) -> Enqueued:
    """Put *targets* into *queue*, in batches; *patience* is in seconds.

    Raises:
        ArgumentError: the queue holds another spider's targets.
        StoreError: the store can't be reached for longer than that.
    """
    await check_spider(store, spider, queue)
    done = Enqueued()
    while batch := [(t.value, t.kind) for t in islice(targets, _BATCH)]:
        done += await patiently(
            lambda batch=batch: store.enqueue(queue, spider.name, batch),  # type: ignore[misc]
            seconds=patience,
        )
    return done


async def check_spider(store: Store, spider: type[TargetSpider], queue: str) -> None:
    """Let a queue hold the targets of one spider only.

    Raises:
        ArgumentError: *queue* holds another one's.
    """
    for state in await store.queues(queue):
        if state.spider != spider.name:
            raise ArgumentError(
                f"the queue {queue} holds targets of {state.spider}, not of "
                f"{spider.name}; give another name"
            )


def said(done: Enqueued) -> str:
    """Return what became of targets that were put in."""
    parts = [f"{done.new:,} new"]
    more = {"again": done.again, "there already": done.there}
    more |= {"never to be stored": done.forgotten}
    parts += [f"{number:,} {name}" for name, number in more.items() if number]
    return ", ".join(parts)
