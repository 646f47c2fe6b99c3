"""Targets that workers share: taken from a queue of the store one by one."""

from __future__ import annotations

import logging
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from douyin_crawler.extensions.run import LOST, RunEnds
from douyin_crawler.spiders.arguments import ArgumentError
from douyin_crawler.stores.base import StoreError
from douyin_crawler.tickets import ASIDE, Ticket
from douyin_crawler.verdicts import TargetVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy import Request

    from douyin_crawler.spiders.targets import TargetArguments, TargetSpider
    from douyin_crawler.spiders.walk import Walk

logger = logging.getLogger(__name__)

ELSEWHERE = "this run walks the same target for another ticket"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}", re.ASCII)
_LOOK = 0.5
"""Seconds between two looks at a queue that has nothing to give now."""
_DEAD_LOOK = 1.0
"""Seconds between two looks whether other workers of this machine are gone."""
_STUCK = 5.0
"""Seconds after which walks that nothing is under way for are lost."""


def check_queue_name(name: str) -> None:
    """Let only names be used that every tool can show.

    Raises:
        ArgumentError: *name* is none.
    """
    if not _NAME.fullmatch(name):
        raise ArgumentError(
            f"{name[:60]!r} is no name of a queue: letters, digits, '_', '.', '-', "
            "100 at most"
        )


def check_queue(given: TargetArguments, target_argument: str) -> None:
    """Let only arguments go together that can.

    Raises:
        ArgumentError: some can't.
    """
    if not given.queue:
        if given.wait:
            raise ArgumentError("-a wait=true needs -a queue=NAME")
        return
    check_queue_name(given.queue)
    if getattr(given, target_argument):
        raise ArgumentError(
            f"-a queue=... takes the place of -a {target_argument}=...; put targets "
            "into the queue with scrapy enqueue"
        )
    if given.resume == "only":
        raise ArgumentError(
            "-a queue=... goes on with unfinished targets anyway; leave resume=only "
            "out (scrapy enqueue --retry-failed puts in again what failed)"
        )


class QueueWorker:
    """Takes the tickets of a queue for one spider, each when there is room for it."""

    def __init__(self, spider: TargetSpider, queue: str) -> None:
        self._spider = spider
        self._run = spider.run
        self._queue = queue
        self._waits = bool(getattr(spider.arguments, "wait", False))
        self._under_way: Ticket | None = None
        self._next_look = 0.0
        self._stuck_since: float | None = None

    async def requests(self) -> AsyncIterator[Request]:
        """Yield the first request of each target, when it is asked for the next."""
        try:
            if not await self._fits():
                return
            while (ticket := await self._next()) is not None:
                request = self._begin(ticket)
                if request is not None:
                    yield request
        except RunEnds:
            return
        except StoreError as error:
            self._run.store_failed(error)

    async def _fits(self) -> bool:
        """Return whether the queue has targets of this spider, or nothing yet."""
        for state in await self._run.store.queues(self._queue):
            if state.spider != self._spider.name:
                reason = (
                    f"the queue {self._queue} holds targets of {state.spider}: "
                    f"scrapy crawl {state.spider} -a queue={self._queue}"
                )
                logger.error("%s", reason)
                self._run.end(Verdict.FAILED, reason)
                return False
        return True

    def _begin(self, ticket: Ticket) -> Request | None:
        """Return the first request for *ticket*; None where its walk is under way."""
        spider = self._spider
        target = spider.target_class(ticket.kind, ticket.target)  # type: ignore[arg-type]
        walk = spider.walk_over(target)
        walk.ticket = self._under_way = ticket
        if spider.begin(walk):
            return spider.first_request(target, walk)
        spider.give_back(walk, ELSEWHERE)
        return None

    async def _next(self) -> Ticket | None:
        """Return the next ticket; None when the queue is done."""
        quiet = 0
        while True:
            if await self._write_given_back():
                await self._run.pause(_LOOK)
            await self._look_for_dead()
            if self._at_risk():
                await self._wait()
                continue
            turn = await self._run.leases.next_ticket(
                self._queue,
                spider=self._spider.name,
                alone=not self._spider.open_walks(),
            )
            if turn.outcome == "granted":
                return turn.ticket
            if turn.outcome == "aside" and turn.ticket:
                self._set_aside(turn.ticket)
                continue
            if turn.outcome == "none":
                quiet = quiet + 1 if await self._is_quiet() else 0
                if quiet > 1 and not self._waits:
                    return None
            await self._wait()

    def _at_risk(self) -> bool:
        """Return whether a ticket is under way over which a worker ended before."""
        ticket = self._under_way
        if ticket is None or not ticket.suspect:
            return False
        return any(walk.ticket is ticket for walk in self._spider.open_walks())

    async def _is_quiet(self) -> bool:
        """Return whether nothing is being walked, by this worker or another."""
        await self._run.buffer.flush()
        workers = await self._run.leases.workers(self._queue)
        if self._spider.open_walks() or self._spider.given_back:
            return False
        others = [one for one in workers if one.run_id != self._run.id]
        if len(others) < len(workers):  # a grant whose answer was lost on the way
            await self._run.store.release(self._run.id)
        return not others

    async def _look_for_dead(self) -> None:
        """Let go of what dead workers of this machine had, so that it is next."""
        if time.monotonic() >= self._next_look:
            await self._run.leases.workers(self._queue)
            self._next_look = time.monotonic() + _DEAD_LOOK

    async def _write_given_back(self) -> bool:
        """Write which tickets wait again; return whether there were any."""
        given, self._spider.given_back = self._spider.given_back, []
        for ending in given:
            await self._run.buffer.put(ending)
        if given:
            await self._run.buffer.flush()
        return bool(given)

    async def _wait(self) -> None:
        """Pause; end walks that have nothing under way and never will."""
        await self._run.pause(_LOOK)
        spider = self._spider
        if not spider.open_walks() or not spider.is_idle():
            self._stuck_since = None
            return
        now = time.monotonic()
        self._stuck_since = self._stuck_since or now
        if now - self._stuck_since >= _STUCK:
            for walk in spider.open_walks():
                await self._put(spider.finish(walk, Verdict.FAILED, LOST))

    async def _put(self, outputs: Any) -> None:
        for output in outputs:
            if isinstance(output, TargetVerdict):
                await self._run.buffer.put(output)

    def _set_aside(self, ticket: Ticket) -> None:
        """Name a target that ends its workers; the run is not complete without it."""
        logger.error("%s of the queue %s: %s", ticket.target, self._queue, ASIDE)
        self._run.count("targets/set_aside")
        walk: Walk = self._spider.new_walk(ticket.target)
        ending = self._spider.verdict(walk, Verdict.FAILED, ASIDE)
        ending.at = datetime.now(UTC).replace(microsecond=0)
        self._run.ended(ending, child=False)
