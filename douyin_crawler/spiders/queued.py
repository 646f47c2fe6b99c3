"""Targets that workers share: taken from a queue of the store one by one."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from douyin_crawler.extensions.closing import LOST
from douyin_crawler.extensions.history import NotBegun
from douyin_crawler.extensions.run import RunEnds
from douyin_crawler.spiders.arguments import ArgumentError
from douyin_crawler.stores.base import StoreError
from douyin_crawler.stores.walks import key_of
from douyin_crawler.tickets import ASIDE, Ticket
from douyin_crawler.verdicts import ExitStatus, TargetVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy import Request

    from douyin_crawler.progress import WalkKey
    from douyin_crawler.spiders.targets import Target, TargetArguments, TargetSpider
    from douyin_crawler.spiders.walk import Walk
    from douyin_crawler.tickets import Turn

logger = logging.getLogger(__name__)

ELSEWHERE = "this run walks the same target for another ticket"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}", re.ASCII)
_LOOK = 0.5
"""Seconds between two looks at a queue that has nothing to give now."""
_LONGEST_LOOK = 8.0
"""Seconds of the pause after a target that had to be put off again and again."""
_REMEMBERED = 10_000
"""Targets that were put off, of which the number of times is kept."""
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
        self._exists = self._told = False
        self._put_off: dict[WalkKey, int] = {}
        self._under_way: Ticket | None = None
        self._next_look = 0.0
        self._stuck_since: float | None = None

    async def requests(self) -> AsyncIterator[Request]:
        """Yield the first request of each target, when it is asked for the next."""
        try:
            if not await self._is_there():
                return
            while (ticket := await self._next()) is not None:
                begun = self._begin(ticket)
                while begun and self._has_room(begun):
                    if not (more := await self._one_more()):
                        break
                    begun += more
                for request in self._spider.requests_of(begun):
                    yield request
        except RunEnds:
            return
        except StoreError as error:
            self._run.store_failed(error)

    async def _is_there(self) -> bool:
        """Return whether the queue has targets of this spider, or is waited for."""
        name, spider = self._queue, self._spider.name
        for state in await self._run.store.queues(name):
            if state.spider != spider:
                return self._refuse(
                    f"the queue {name} holds targets of {state.spider}: "
                    f"scrapy crawl {state.spider} -a queue={name}"
                )
            self._exists = True
        fill = f"scrapy enqueue {spider} TARGETS --queue {name}"
        if not (self._exists or self._waits):
            return self._refuse(
                f"there is no queue {name}: fill it ({fill}), or wait for it with "
                "-a wait=true; scrapy queue names those that exist"
            )
        if not (self._exists or self._told):
            self._told = True
            logger.warning("There is no queue %s yet; waiting for: %s", name, fill)
        return True

    def _refuse(self, reason: str) -> bool:
        self._run.refuse(NotBegun(reason, ExitStatus.USAGE))
        return False

    def _begin(self, ticket: Ticket) -> list[tuple[Target, Walk]]:
        """Return the walk for *ticket*; none where this run has it under way."""
        spider = self._spider
        target = spider.target_of(ticket)
        walk = spider.walk_over(target)
        walk.ticket = self._under_way = ticket
        if spider.begin(walk):
            return [(target, walk)]
        spider.give_back(walk, ELSEWHERE)
        return []

    def _has_room(self, begun: list[tuple[Target, Walk]]) -> bool:
        """Return whether a request may be of more than *begun*; no look-up is."""
        _, last = begun[-1]
        return len(begun) < self._spider.at_once and last.named and not self._at_risk()

    async def _one_more(self) -> list[tuple[Target, Walk]]:
        turn = await self._take(alone=False)
        return self._begin(turn.ticket) if turn.ticket else []

    async def _take(self, *, alone: bool) -> Turn:
        """Return the answer of the queue; without a ticket unless it is granted."""
        turn = await self._run.leases.next_ticket(
            self._queue, spider=self._spider.name, alone=alone
        )
        if turn.outcome == "granted":
            return turn
        if turn.outcome == "aside" and turn.ticket:
            self._set_aside(turn.ticket)
        return replace(turn, ticket=None)

    async def _next(self) -> Ticket | None:
        """Return the next ticket; None when the queue is done."""
        quiet = 0
        while True:
            if pause := await self._write_given_back():
                await self._run.pause(pause)
            await self._look_for_dead()
            if self._at_risk():
                await self._wait()
                continue
            turn = await self._take(alone=not self._spider.open_walks())
            if turn.ticket:
                return turn.ticket
            if turn.outcome == "aside":
                continue
            if turn.outcome == "none":
                if not (self._exists or await self._is_there()):
                    return None
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

    async def _write_given_back(self) -> float:
        """Write which tickets wait again; return the seconds to pause for them."""
        given, self._spider.given_back = self._spider.given_back, []
        for ending in given:
            await self._run.buffer.put(ending)
        if given:
            await self._run.buffer.flush()
        return max(map(self._pause_after, given), default=0.0)

    def _pause_after(self, ending: TargetVerdict) -> float:
        """Return how long to leave alone what another run walks: ever longer."""
        if ending.verdict is not Verdict.LEASED:
            return 0.0
        if len(self._put_off) >= _REMEMBERED:
            self._put_off.clear()
        times = self._put_off[key_of(ending)] = self._put_off.get(key_of(ending), 0) + 1
        return min(_LOOK * 2.0 ** min(times - 1, 9), _LONGEST_LOOK)

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
