"""What a person sees while a crawl runs: a line now and then, or a live one."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.log import get_scrapy_root_handler

from douyin_crawler.config import Config
from douyin_crawler.extensions.figures import Figures, figures_of

if TYPE_CHECKING:
    from typing import Self

    from rich.live import Live
    from rich.text import Text
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


_SELDOM = 60.0
"""Seconds between two lines of a run that is old."""
_AGE = 10
"""By which part of a run's age its lines are apart."""
_WINDOW = 60.0
"""Seconds that the rate is of."""


def pause_at(age: float, interval: float) -> float:
    """Return the seconds to the next line of a run of that *age*.

    That is *interval* at first, and a minute for a run of ten minutes or more.
    """
    return max(interval, min(age / _AGE, _SELDOM))


class Rate:
    """Records a second, over the last minute."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque([(0.0, 0)])

    def at(self, seconds: float, records: int) -> float:
        """Return the rate of a run that has met *records* after *seconds*."""
        while len(self._seen) > 1 and self._seen[1][0] <= seconds - _WINDOW:
            self._seen.popleft()
        began, before = self._seen[0]
        self._seen.append((seconds, records))
        return (records - before) / max(seconds - began, 1.0)


class ProgressExtension:
    """Logs progress, ever more seldom; a live line in a terminal."""

    def __init__(self, crawler: Crawler, interval: float) -> None:
        self._crawler = crawler
        self._interval = interval
        self._task: asyncio.Task[None] | None = None
        self._live: Live | None = None
        self._started = time.monotonic()
        self._rate = Rate()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension, unless it is switched off.

        Raises:
            NotConfigured: ``DOUYIN_PROGRESS_SECONDS`` is 0, or the spider is none
                of ours.
        """
        if not hasattr(crawler.spidercls, "item_class"):
            raise NotConfigured
        interval = Config.from_settings(crawler.settings).progress_seconds
        if not interval:
            raise NotConfigured("DOUYIN_PROGRESS_SECONDS is 0")
        progress = cls(crawler, interval)
        crawler.signals.connect(progress.start, signal=signals.spider_opened)
        crawler.signals.connect(progress.stop, signal=signals.spider_closed)
        return progress

    def start(self) -> None:
        """Begin with the crawl."""
        self._started = time.monotonic()
        if _on_terminal(self._crawler):
            self._live = _live_line()
        self._task = asyncio.get_running_loop().create_task(self._report())

    async def stop(self) -> None:
        """End; the run says the last figures when all is stored."""
        if self._task:
            self._task.cancel()
        if self._live:
            self._live.stop()
            _log_to(sys.stderr)

    async def _report(self) -> None:
        while True:
            if self._live:
                self._live.update(_as_it_is(str(self._now())))
                await asyncio.sleep(min(0.5, self._interval))
            else:
                age = time.monotonic() - self._started
                await asyncio.sleep(pause_at(age, self._interval))
                logger.info("%s", self._now())

    def _now(self) -> Figures:
        figures = figures_of(self._crawler, time.monotonic() - self._started)
        return replace(figures, rate=self._rate.at(figures.seconds, figures.records))


def _on_terminal(crawler: Crawler) -> bool:
    """Return whether somebody watches: the log goes to a terminal, or nowhere."""
    return sys.stderr.isatty() and not crawler.settings["LOG_FILE"]


def _live_line() -> Live:
    """Return a line that stays below the log lines."""
    from rich.console import Console  # noqa: PLC0415 - few crawls have a terminal
    from rich.live import Live  # noqa: PLC0415

    live = Live(console=Console(stderr=True), redirect_stderr=True)
    live.start()
    _log_to(sys.stderr)
    return live


def _as_it_is(line: str) -> Text:
    """Return a text whose brackets are no markup."""
    from rich.text import Text  # noqa: PLC0415 - as above

    return Text(line)


def _log_to(stream: Any) -> None:
    handler = get_scrapy_root_handler()
    if isinstance(handler, logging.StreamHandler):
        handler.setStream(stream)
