"""The session's pace and budget: every request waits for its turn, and counts."""

from __future__ import annotations

import asyncio
import logging
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from douyin_crawler.api.errors import BudgetSpent, HeldOff
from douyin_crawler.spiders.arguments import SHANGHAI
from douyin_crawler.stores.base import StoreError
from douyin_crawler.stores.patience import patiently

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy import Request
    from scrapy.crawler import Crawler

    from douyin_crawler.extensions.run import RunExtension
    from douyin_crawler.stores.base import Reservation

logger = logging.getLogger(__name__)

T = TypeVar("T")

LONGEST = 3_600.0
"""Seconds of a wait that a run sits out; for a longer one it ends."""
_TURNS = 10
"""Intervals until one's turn that processes can make of each other; what is longer is
the service's own wish."""
_TOLD = 60.0
_LOOK = 0.2
"""Seconds between two looks whether the run ends while the store is waited for."""


class Pace:
    """Gives requests their turns, behind Scrapy's slot and before they are signed.

    What is spent and when the next request may go lies in the store, so that all
    processes with one session send, together, no faster than one of them. The slot
    still decides how long the delay is (AutoThrottle), and how many are under way.
    """

    def __init__(self, run: RunExtension, crawler: Crawler) -> None:
        self._run = run
        self._crawler = crawler
        self.left: dict[str, int] = {}
        """Requests that the day has left, by whose budget it is, as known last."""
        self._jitter = 0.0
        self._random = random.Random()
        self._one_by_one = asyncio.Lock()

    async def turn(self, request: Request, *, beside: bool = False) -> None:
        """Wait until *request* may be sent.

        *beside*: it is the visit that it needs first, or itself once more while it has
        its turn of the breaker.

        Raises:
            BudgetSpent: the day has no request left.
            HeldOff: the service has asked the session to wait for more than an hour.
            RunEnds: the run ends meanwhile.
        """
        while True:
            admission = await self._run.breaker.admit(beside=beside)
            async with self._one_by_one:
                if self._run.breaker.still_admits(admission):
                    return await self._take(request)

    async def _take(self, request: Request) -> None:
        """Reserve what a request costs, and wait until it is due."""
        interval, limit = self._interval(request), self._run.config.request_budget
        key, day = self._run.session.key, today()
        for name, most in self._run.config.budgets.items():
            await self._reserve(f"plan {name}", day, most, 0.0)
        if not interval and not limit:
            return
        wait = (await self._reserve(key, day, limit, interval)).wait
        if wait > max(_TOLD, _TURNS * interval):
            _say_held(wait)
        await self._run.pause(wait)

    async def hold(self, seconds: float) -> None:
        """Let no process of the session take a turn for so long.

        Raises:
            RunEnds: the run ends meanwhile.
        """
        store, key = self._run.store, self._run.session.key
        await self._ask(lambda: store.hold(key, today(), seconds))

    def _interval(self, request: Request) -> float:
        """Return the seconds from this turn to the next, by the request's slot.

        The jitter is taken over from the slot, and only lengthens: two that shorten,
        one behind the other, would let one process fall behind what several may.
        """
        slots = self._crawler.engine.downloader.slots
        slot = slots.get(request.meta.get("download_slot", ""))
        if slot is None or not slot.delay:
            return 0.0
        if slot.jitter:
            self._jitter, slot.jitter = slot.jitter, 0.0
        noise = 1 + self._random.uniform(0, self._jitter)
        return float(slot.delay * noise * self._run.breaker.slowness)

    async def _reserve(
        self, key: str, day: str, limit: int, interval: float
    ) -> Reservation:
        """Reserve in the store.

        Raises:
            BudgetSpent: the day has no request left for *key*.
        """
        store = self._run.store
        reserved = await self._ask(
            lambda: store.reserve(key, day, limit=limit, interval=interval)
        )
        if limit:
            left = self.left[key] = max(0, limit - reserved.spent)
            self._crawler.stats.set_value(f"douyin/left/{key}", left)
        if not reserved.granted:
            raise spent_error(key, day, reserved.spent, limit)
        return reserved

    async def _ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Ask the store; wait for one that is away as long as the run lasts."""
        asked = asyncio.ensure_future(
            patiently(call, seconds=self._run.config.store_patience)
        )
        try:
            while not (await asyncio.wait({asked}, timeout=_LOOK))[0]:
                await self._run.pause(0)
            return await asked
        except StoreError as error:
            self._run.store_failed(error)
            await self._run.pause(0)  # raises: the run ends
            raise
        finally:
            asked.cancel()


def _say_held(seconds: float) -> None:
    """Say that the session waits.

    Raises:
        HeldOff: for too long.
    """
    if seconds > LONGEST:
        raise held_off(seconds)
    logger.info("The service has asked this session to wait: %.0f s from now", seconds)


def held_off(seconds: float, evidence: str = "") -> HeldOff:
    """Return the error that says until when the service asks to wait."""
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    said = f"not before {until:%Y-%m-%d %H:%M} UTC"
    return HeldOff(f"{said}, {evidence}" if evidence else said)


def today() -> str:
    """Return the day in Asia/Shanghai, for which a budget is."""
    return datetime.now(SHANGHAI).date().isoformat()


def spent_error(session: str, day: str, spent: int, limit: int) -> BudgetSpent:
    """Return the error that says what is spent, and until when."""
    end = datetime.fromisoformat(day) + timedelta(days=1)
    return BudgetSpent(
        f"{spent} requests of {session} on {day}, {limit} are allowed; that day ends "
        f"in Shanghai at {end:%Y-%m-%d %H:%M} (UTC+8)"
    )
