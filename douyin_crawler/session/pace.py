"""The session's pace and budget: every request waits for its turn, and counts."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from douyin_crawler.api.errors import BudgetSpent
from douyin_crawler.spiders.arguments import SHANGHAI
from douyin_crawler.stores.base import StoreError
from douyin_crawler.stores.patience import patiently

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from douyin_crawler.extensions.run import RunExtension
    from douyin_crawler.stores.base import Reservation

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

    async def turn(self, request: Request, *, visit: bool = False) -> None:
        """Wait until *request* may be sent, or the *visit* that it needs first.

        Raises:
            BudgetSpent: the day has no request left.
            RunEnds: the run ends meanwhile.
        """
        async with self._one_by_one:
            await self._run.breaker.admit(visit=visit)
            interval, limit = self._interval(request), self._run.config.request_budget
            key, day = self._run.session.key, today()
            for name, most in self._run.config.budgets.items():
                await self._reserve(f"plan {name}", day, most, 0.0)
            if not interval and not limit:
                return
            reserved = await self._reserve(key, day, limit, interval)
            await self._run.pause(reserved.wait)

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
        """Reserve in the store; wait for one that is away as long as the run lasts.

        Raises:
            BudgetSpent: the day has no request left for *key*.
        """
        store = self._run.store
        asked = asyncio.ensure_future(
            patiently(
                lambda: store.reserve(key, day, limit=limit, interval=interval),
                seconds=self._run.config.store_patience,
            )
        )
        try:
            while not (await asyncio.wait({asked}, timeout=_LOOK))[0]:
                await self._run.pause(0)
            reserved = await asked
        except StoreError as error:
            self._run.store_failed(error)
            await self._run.pause(0)  # raises: the run ends
            raise
        finally:
            asked.cancel()
        self.left[key] = limit - reserved.spent
        if not reserved.granted:
            raise spent_error(key, day, reserved.spent, limit)
        return reserved


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
