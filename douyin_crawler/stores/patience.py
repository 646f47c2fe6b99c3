"""Waiting for a store that is away for a while: restarted, failed over, locked."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, TypeVar

from douyin_crawler.stores.base import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE = 120.0
"""Seconds, where nothing else is said."""
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0


class _Outage:
    """What was said of the present one, by whichever call met it first."""

    told = False

    def begin(self, error: StoreUnavailable, seconds: float) -> None:
        if not self.told:
            self.told = True
            logger.warning("%s; waiting for it, %.0f s at most", error, seconds)

    def end(self) -> None:
        if self.told:
            self.told = False
            logger.info("The store is back")


_outage = _Outage()


async def patiently(call: Callable[[], Awaitable[T]], *, seconds: float) -> T:
    """Return what *call* does, called again while the store is away, so long at most.

    Whatever *call* does must do no harm twice: it may have been done though its
    answer was lost. What nobody has to wait for is raised at once.

    Raises:
        StoreUnavailable: it is still away, or for another reason.
    """
    until, pause = time.monotonic() + seconds, _FIRST_PAUSE
    while True:
        try:
            done = await call()
        except StoreUnavailable as error:
            left = until - time.monotonic()
            if not error.transient or left <= 0:
                _outage.told = False
                raise
            _outage.begin(error, seconds)
            await asyncio.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST_PAUSE)
        else:
            _outage.end()
            return done
