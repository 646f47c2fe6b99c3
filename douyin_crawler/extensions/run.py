"""The run: owns the store and the session, writes verdicts, closes the store last."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.exceptions import CloseSpider, IgnoreRequest, NotConfigured

from douyin_crawler.api.requests import ENDPOINT
from douyin_crawler.browser.engine import BrowserEngine
from douyin_crawler.browser.visit import make_visits
from douyin_crawler.clock import AnswerClock
from douyin_crawler.config import Config
from douyin_crawler.extensions.closing import BUG, close_walks, log_summary
from douyin_crawler.extensions.figures import Endings
from douyin_crawler.extensions.history import History, NotBegun, run_id
from douyin_crawler.extensions.leases import Leases
from douyin_crawler.middlewares.breaker import Breaker
from douyin_crawler.middlewares.choice import SignerChoice
from douyin_crawler.progress import Checkpoint
from douyin_crawler.session.pace import Pace
from douyin_crawler.session.redact import redact_logs
from douyin_crawler.session.session import Session
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreError
from douyin_crawler.stores.buffer import WriteBuffer
from douyin_crawler.tickets import WALK as TICKET
from douyin_crawler.verdicts import ExitStatus, TargetVerdict, Verdict, exit_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

    from scrapy.crawler import Crawler

    from douyin_crawler.progress import WalkKey
    from douyin_crawler.spiders.base import DouyinSpider
    from douyin_crawler.stores.base import Entry

logger = logging.getLogger(__name__)

_LAST_WRITES = 30.0
"""Seconds for what the first signal has begun, after the second."""
_SLICE = 0.2
"""Seconds between two looks whether a pause should end early."""


class RunEnds(IgnoreRequest):
    """A request is given up because the run ends; its walk stays open."""


class RunExtension:
    """What all components of one crawl share, and how the crawl ends."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.config = Config.from_settings(crawler.settings)
        self.session = Session(
            self.config.cookies, self.config.secrets, self.config.browser
        )
        self.store = open_store(self.config.store)
        self.buffer = WriteBuffer(
            self.store,
            on_outcome=self.count_outcome,
            on_failure=self.store_failed,
            on_lost=self.lost,
            on_batch=self.batch_written,
            patience_seconds=self.config.store_patience,
        )
        self.clock = AnswerClock()
        self.breaker = Breaker(self.config, self.pause)
        self.signer = SignerChoice(self.config)
        self.pace = Pace(self, crawler)
        self.browser = BrowserEngine(crawler, self)
        timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self.first_visit = make_visits(self, timeout)
        self.id = run_id(crawler)
        self.leases = Leases(
            self.store,
            self.id,
            seconds=self.config.lease_seconds,
            patience=self.config.store_patience,
        )
        self._history = History(crawler, self.store, self.leases.holder)
        self.exit_status = ExitStatus.STOPPED
        self.endings = Endings()
        self.batch_observers: list[Callable[[int, float], None]] = []
        """Told the entries and the seconds of each batch that was written."""
        self.ended_with: tuple[Verdict, str] | None = None
        """What ended the run before its targets did, and why."""
        self.store_error: StoreError | None = None
        """What keeps anything from being stored."""
        self.refused: NotBegun | None = None
        self._closed = asyncio.Event()
        self._closing_began = False
        self._opened = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.bug = False
        """Whether an error of ours was found."""
        self.faulty = False
        """Whether something on this machine does not work, like its Chromium."""
        self.late: list[Any] = []
        """Entries that no callback can yield any more."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension and connect it.

        Raises:
            NotConfigured: the spider is none of ours (``scrapy fetch``, ``shell``).
        """
        if not hasattr(crawler.spidercls, "item_class"):
            raise NotConfigured("nothing is signed or stored for another spider")
        run = cls(crawler)
        crawler.signals.connect(run.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(run.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(run.spider_error, signal=signals.spider_error)
        crawler.signals.connect(run.found_bug, signal=signals.item_error)
        return run

    @classmethod
    def find(cls, crawler: Crawler) -> Self:
        """Return the run of *crawler*.

        Raises:
            NotConfigured: it has none, so the component that asks has no use.
        """
        run = crawler.get_extension(cls) if crawler._extensions else None
        if run is None:
            raise NotConfigured
        return run

    # -- what others report ------------------------------------------------------

    def count(self, name: str, by: int = 1) -> None:
        """Count in the stats, under ``douyin/``."""
        self._crawler.stats.inc_value(f"douyin/{name}", by)

    def answered(self, request: Request, outcome: str) -> None:
        """Count what became of a request: ``data``, or the slug of an error."""
        self.count(f"requests/{request.meta.get(ENDPOINT) or 'link'}/{outcome}")

    def batch_written(self, entries: int, seconds: float) -> None:
        """Tell who measures the store."""
        for observe in self.batch_observers:
            observe(entries, seconds)

    async def closed(self) -> None:
        """Wait until all is stored and the store is closed."""
        await self._closed.wait()

    def count_outcome(self, table: str, outcome: str) -> None:
        """Count what became of a record in the store."""
        self.count(f"{table}/{outcome}")
        if outcome == "too_large":
            self.count("dropped/too_large")
            logger.warning("A record of %s is larger than the store can hold", table)
        if outcome == "forgotten":
            self.count("dropped/forgotten")

    def lost(self, key: WalkKey) -> None:
        """Let the spider drop a walk whose lease another run took over."""
        self.endings.withdraw(key)
        spider: Any = self._crawler.spider
        spider.lose(key)

    def following(self, entry: Entry) -> Iterator[Entry]:
        """Take note that *entry* is in the buffer, behind what belongs before it.

        Yields what is to follow it, and sends the requests that waited for it.
        """
        spider: Any = self._crawler.spider
        outputs: Iterator[Any] = iter(())
        if spider is None:
            return  # nothing is walked without one
        if isinstance(entry, Checkpoint):
            outputs = spider.saved(entry)
        elif isinstance(entry, TargetVerdict):
            outputs = spider.ended_below(entry)
        for output in outputs:
            if isinstance(output, Request):
                self._crawler.engine.crawl(output)
            else:
                yield output

    def put_late(self, outputs: Iterator[Any]) -> None:
        """Keep verdicts for the end that no callback can yield; send requests now."""
        for output in outputs:
            if isinstance(output, TargetVerdict) and output.walk == TICKET:
                spider: Any = self._crawler.spider
                spider.given_back.append(output)  # it must not be given out again
            elif isinstance(output, TargetVerdict):
                self.late.append(output)
                self.put_late(self.following(output))
            elif isinstance(output, Request):
                self._crawler.engine.crawl(output)
            else:
                self.late.append(output)

    def ended(self, ending: TargetVerdict, *, child: bool) -> None:
        """Take note of how a walk ended; the spider yields it to the store."""
        self.note(ending, child=child)
        if ending.verdict.ends_run:
            self.end(ending.verdict, ending.reason)

    def note(self, ending: TargetVerdict, *, child: bool) -> None:
        """Count how a walk ended, and keep it for the summary."""
        self.count(f"verdict/{ending.verdict}")
        # Of a walk that another one opened, only what went wrong is said.
        told = not child or not (ending.final or self.ending)
        self.endings.note(ending, told=told)

    def end(self, verdict: Verdict, reason: str) -> None:
        """End the run: no target can fare better now."""
        if self.ended_with is None:
            self.ended_with = verdict, reason
            self._close(str(verdict))

    def store_failed(self, error: StoreError) -> None:
        """End the run because nothing can be stored any more."""
        if self.store_error is None and not self._closing_began:
            self.store_error = error
            logger.error("%s", error)
            self._close("store_unavailable")

    def found_bug(self) -> None:
        """Take note of an error of ours: whatever else, the run did not go well."""
        self.bug = True

    def refuse(self, why: NotBegun) -> None:
        """End the run, which has done nothing yet, as *why* says."""
        if self.refused is None:
            self.refused = why
            logger.error("%s", why)
            self._close("not_begun")

    @property
    def ending(self) -> bool:
        """Whether the run takes up nothing new."""
        return (
            self.ended_with is not None
            or self.store_error is not None
            or self.refused is not None
            or not self._crawler.crawling
        )

    async def pause(self, seconds: float) -> None:
        """Wait; a run that ends does not.

        Raises:
            RunEnds: the run ends.
        """
        until = time.monotonic() + seconds
        while not self.ending and (left := until - time.monotonic()) > 0:  # noqa: ASYNC110 - a stop by signal sets no event
            await asyncio.sleep(min(_SLICE, left))
        if self.ending:
            raise RunEnds

    # -- start and end ----------------------------------------------------------

    async def spider_opened(self) -> None:
        """Open the store.

        Raises:
            CloseSpider: it can't be opened; the reason is logged as one line.
        """
        self._loop = asyncio.get_running_loop()
        redact_logs(self.session)
        logger.info(
            "Asking %s as %s, storing in %s",
            self.config.base_url,
            "a login" if self.session.logged_in else "a visitor",
            self.store,
        )
        try:
            await self.store.open()
            await self._history.begin()
            self._opened = True
            self.leases.open()
        except NotBegun as error:
            self.refused = error
            logger.warning("Job %s: %s", self.id, error)
            raise CloseSpider("not_begun") from None
        except StoreError as error:
            self.store_error = error
            logger.error("%s", error)
            raise CloseSpider("store_unavailable") from None

    async def spider_closed(self, spider: DouyinSpider, reason: str) -> None:
        """Write the verdicts that are missing, then the run; close the store."""
        if self._closing_began:
            return
        self._closing_began = True
        if reason == "start_error":
            self.found_bug()
        try:
            if self._opened:
                await close_walks(self, spider, reason)
        except StoreError as error:
            if self.store_error is None:
                self.store_error = error
                logger.error("%s", error)
        self.count("dropped/store_failed", self.buffer.lost)
        causes = self.endings.causes()
        if self.ended_with:
            causes.append(self.ended_with[0])
        elif reason not in ("finished", "store_unavailable"):
            causes.append(Verdict.STOPPED)
        self.exit_status = self._status(causes)
        if self._opened:
            await self._history.end(self.exit_status, self.reason)
        await self.leases.close()
        await self.store.close()
        log_summary(self, self._crawler, reason, self._history.started_at)
        self._closed.set()

    def _status(self, causes: list[Verdict]) -> ExitStatus:
        if self.refused:
            return self.refused.status
        failed = self.store_error is not None
        status = exit_status(causes, store_failed=failed, bug=self.bug)
        if self.faulty and status is ExitStatus.STOPPED:
            return ExitStatus.USAGE
        return status

    def close_by_force(self) -> None:
        """Store what came, after a second signal has ended the event loop."""
        if self._loop is not None and not self._closed.is_set():
            self._loop.run_until_complete(self._close_now())

    async def _close_now(self) -> None:
        spider: Any = self._crawler.spider
        await self.spider_closed(spider, "forced")
        with contextlib.suppress(TimeoutError):  # the orderly end had begun already
            await asyncio.wait_for(self._closed.wait(), _LAST_WRITES)

    def spider_error(self, response: Any, spider: DouyinSpider) -> None:
        """End the walk whose callback raised; the others go on."""
        self.found_bug()
        walk = response.request.cb_kwargs.get("walk")
        if walk in spider.open_walks():
            self.put_late(spider.finish(walk, Verdict.FAILED, BUG, cut=True))

    @property
    def reason(self) -> str:
        """Why the run ended before its targets did; empty where it did not."""
        if error := self.store_error or self.refused:
            return str(error)
        return self.ended_with[1] if self.ended_with else ""

    def _close(self, reason: str) -> None:
        """Schedule the end: awaiting it inside a middleware would hang."""
        engine = self._crawler.engine
        loop = asyncio.get_running_loop()
        self._closing = loop.create_task(engine.close_spider_async(reason=reason))
