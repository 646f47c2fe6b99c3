"""What a person sees while a crawl runs: a line every few seconds, or a live one."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.text import Text
from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.log import get_scrapy_root_handler

from douyin_crawler.config import Config
from douyin_crawler.items.kinds import KINDS

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """The figures of one moment of a run."""

    done: int
    new: int
    known: int
    pages: int
    refusals: int
    seconds: float

    @classmethod
    def of(cls, stats: dict[str, Any], table: str, seconds: float) -> Progress:
        """Read the figures of the records of one table from Scrapy's stats."""
        changed = stats.get(f"douyin/{table}/changed", 0)
        return cls(
            done=_total(stats, "douyin/verdict/"),
            new=stats.get(f"douyin/{table}/new", 0),
            known=changed + stats.get(f"douyin/{table}/unchanged", 0),
            pages=stats.get("douyin/pages", 0),
            refusals=_total(stats, "douyin/refused/"),
            seconds=seconds,
        )

    def __str__(self) -> str:
        """Return one line."""
        rate = (self.new + self.known) / self.seconds if self.seconds else 0.0
        return (
            f"targets done {self.done} | records new {self.new}, known {self.known} | "
            f"pages {self.pages} | refusals {self.refusals} | {rate:.1f} records/s"
        )


def _total(stats: dict[str, Any], prefix: str) -> int:
    return sum(value for name, value in stats.items() if name.startswith(prefix))


class ProgressExtension:
    """Logs progress every ``DOUYIN_PROGRESS_SECONDS``; a live line in a terminal."""

    def __init__(self, crawler: Crawler, interval: float) -> None:
        self._crawler = crawler
        self._interval = interval
        self._task: asyncio.Task[None] | None = None
        self._live: Live | None = None
        self._started = time.monotonic()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension, unless it is switched off.

        Raises:
            NotConfigured: ``DOUYIN_PROGRESS_SECONDS`` is 0.
        """
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
        """Say the last figures and end."""
        if self._task:
            self._task.cancel()
        if self._live:
            self._live.update(Text(str(self._now())))
            self._live.stop()
            _log_to(sys.stderr)
        logger.info("%s", self._now())

    async def _report(self) -> None:
        while True:
            if self._live:
                self._live.update(Text(str(self._now())))
                await asyncio.sleep(min(0.5, self._interval))
            else:
                await asyncio.sleep(self._interval)
                logger.info("%s", self._now())

    def _now(self) -> Progress:
        seconds = time.monotonic() - self._started
        stats = self._crawler.stats.get_stats()
        return Progress.of(stats, _own_table(self._crawler), seconds)


def _own_table(crawler: Crawler) -> str:
    item = getattr(crawler.spidercls, "item_class", None)
    return next((kind.table for kind in KINDS.values() if kind.item is item), "")


def _on_terminal(crawler: Crawler) -> bool:
    """Return whether somebody watches: the log goes to a terminal, or nowhere."""
    return sys.stderr.isatty() and not crawler.settings["LOG_FILE"]


def _live_line() -> Live:
    """Return a line that stays below the log lines."""
    live = Live(console=Console(stderr=True), redirect_stderr=True)
    live.start()
    _log_to(sys.stderr)
    return live


def _log_to(stream: Any) -> None:
    handler = get_scrapy_root_handler()
    if isinstance(handler, logging.StreamHandler):
        handler.setStream(stream)
