"""The breaker: after a run of refusals everything waits, then one request is tried."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from douyin_crawler.api.errors import ApiError
    from douyin_crawler.config import Config

logger = logging.getLogger(__name__)

MAX_PAUSE = 600.0
"""Seconds; the longest wait that is not the service's own wish (``Retry-After``)."""
_LOOK = 0.2
"""Seconds between two looks whether the request that is tried has come back."""
_SLOWEST = 8.0
_RECOVERY = 0.99
"""Of the slowness, an answer: seventy of them halve it."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Leave to send a request, as long as the breaker does not open anew."""

    opening: int
    tried: bool = False
    """Whether it is the one that is tried while all others wait."""


class Breaker:
    """Keeps a crawl from hammering a service that refuses.

    Closed, it lets every request pass. It opens after so many refusals in a row, or
    when one request has used up its retries: then all wait, and one is tried. Data
    closes it; another refusal makes all wait twice as long, for so many rounds.
    """

    def __init__(
        self,
        config: Config,
        pause: Callable[[float], Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._pause = pause
        self._clock = clock
        self._in_a_row = 0
        self._fruitless = 0
        self._open = False
        self._trying = False
        self._openings = 0
        self._until = 0.0
        self._held = 0.0
        self.slowness = 1.0
        """What the delay is multiplied by: each opening doubles it, answers mend it."""

    @property
    def open(self) -> bool:
        """Whether requests wait."""
        return self._open

    async def admit(self, *, beside: bool = False) -> Admission:
        """Wait until a request may be sent; while open, one may at a time.

        *beside*: it is not the one that is tried, but goes with it: a visit, which
        brings no data, or the same request once more.

        Raises:
            RunEnds: the run ends meanwhile.
        """
        while True:
            until = max(self._until, self._held)
            await self._pause(max(0.0, until - self._clock()))
            if max(self._until, self._held) > self._clock():
                continue
            if not self._open or beside:
                return Admission(self._openings)
            if not self._trying:
                self._trying = True
                return Admission(self._openings, tried=True)
            await self._pause(_LOOK)

    def still_admits(self, admission: Admission) -> bool:
        """Return whether *admission* holds; one that does not is given back.

        Others may have been refused, or told to wait, while a request stood in line.
        """
        waits = max(self._until, self._held) > self._clock()
        if admission.opening == self._openings and not waits:
            return True
        if admission.tried:
            self._trying = False
        return False

    def answered(self) -> None:
        """Close: the service gives data."""
        if self._open:
            logger.info("The service answers again: the crawl goes on")
        self._open = self._trying = False
        self._in_a_row = self._fruitless = 0
        self._until = 0.0
        self.slowness = max(1.0, self.slowness * _RECOVERY)

    def begin_anew(self) -> None:
        """Let all go on: what was refused will be asked for in another way."""
        self._open = self._trying = False
        self._in_a_row = self._fruitless = 0
        self._until = 0.0

    def hold(self, seconds: float) -> None:
        """Let all wait as long as the service asks; no answer ends such a wait."""
        self._held = max(self._held, self._clock() + seconds)

    def inconclusive(self) -> None:
        """Let another request be tried: what came back is neither data nor refusal."""
        self._trying = False

    def refused(
        self, error: ApiError, asked: float = 0.0, *, used_up: bool = False
    ) -> bool:
        """Return whether there is use in trying again, after what wait ever.

        Args:
            asked: seconds that the service asks to wait (``Retry-After``).
            used_up: the request has had all its retries.
        """
        self._in_a_row += 1
        if asked:
            self.hold(asked)
        if not self._config.breaker_rounds:
            return not used_up
        if self._open:
            return self._still_open(error, asked)
        if used_up or self._in_a_row >= self._config.breaker_refusals:
            self._open = True
            self._openings += 1
            self.slowness = min(_SLOWEST, self.slowness * 2)
            self._begin_round(error, asked)
        return True

    def _still_open(self, error: ApiError, asked: float) -> bool:
        if not self._trying:
            return True  # sent before it opened
        self._trying = False
        self._fruitless += 1
        if self._fruitless < self._config.breaker_rounds:
            self._begin_round(error, asked)
            return True
        logger.warning(
            "Refused in %d rounds, and %d times in a row: the run ends",
            self._fruitless,
            self._in_a_row,
        )
        return False

    def _begin_round(self, error: ApiError, asked: float) -> None:
        pause = self._config.breaker_pause * 2.0**self._fruitless
        pause = max(min(MAX_PAUSE, pause), asked)
        self._wait(pause)
        logger.warning(
            "Refused %d times in a row, now: %s (%s). All requests wait %.0f s, then "
            "one is tried (round %d of %d)",
            self._in_a_row,
            error.meaning,
            error.evidence,
            pause,
            self._fruitless + 1,
            self._config.breaker_rounds,
        )

    def _wait(self, seconds: float) -> None:
        if seconds:
            self._until = max(self._until, self._clock() + seconds)
