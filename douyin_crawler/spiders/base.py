"""What all spiders share: targets one by one, and the end of each."""

from __future__ import annotations

import asyncio
import logging
from abc import abstractmethod
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy import Spider

from douyin_crawler.api.classify import classify_exception
from douyin_crawler.api.errors import ApiError
from douyin_crawler.api.requests import api_request
from douyin_crawler.extensions.run import LOST, RunEnds, RunExtension
from douyin_crawler.items.observation import Observation
from douyin_crawler.middlewares.retry import RetryPolicy
from douyin_crawler.spiders.arguments import Arguments, read_arguments
from douyin_crawler.verdicts import TargetVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from douyin_crawler.api.endpoints import Endpoint
    from douyin_crawler.spiders.walk import Walk

logger = logging.getLogger(__name__)

_MOST = 2**63
"""What no store can count to."""
_LOOK = 5.0
"""Seconds of waiting for a walk to end, after which one looks whether it still can."""


class DouyinSpider(Spider):
    """A spider holds facts about an endpoint and yields; the mechanics live here.

    It yields :class:`Observation` and, when a walk has ended, its
    :class:`TargetVerdict`; the pipelines keep that order.
    """

    arguments_class: ClassVar[type[Arguments]]
    """What ``-a`` takes."""
    item_class: ClassVar[type]
    """The kind of item that feeds get."""
    login_hint: ClassVar[str] = ""
    """What a visitor is told at the start."""
    walk_kind: ClassVar[str]
    """The kind of list that is read, as the store names it."""

    def __init__(self, name: str | None = None, **arguments: Any) -> None:
        super().__init__(name)
        self.arguments = self.read_arguments(arguments)
        self._given = {k: str(v) for k, v in arguments.items()}
        self._walks: dict[str, Walk] = {}
        self._met: set[str] = set()

    @classmethod
    def read_arguments(cls, given: dict[str, Any]) -> Arguments:
        """Check and type the arguments, before there is a crawler.

        Raises:
            ArgumentError: one of them can't be used.
        """
        return read_arguments(cls.arguments_class, given)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build the spider for *crawler*."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        width = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") or 1
        spider._window = asyncio.Semaphore(width)
        return spider

    _window: asyncio.Semaphore

    @cached_property
    def run(self) -> RunExtension:
        """What all components of the crawl share."""
        return RunExtension.find(self.crawler)

    @cached_property
    def policy(self) -> RetryPolicy:
        """What is tried again."""
        return RetryPolicy(self.crawler, self.run.config)

    def recorded_arguments(self) -> dict[str, str]:
        """Return the arguments as they were written."""
        return dict(self._given)

    def open_walks(self) -> list[Walk]:
        """Return the walks that have no verdict yet."""
        return list(self._walks.values())

    # -- targets -----------------------------------------------------------------

    @abstractmethod
    def new_walk(self, target: str) -> Walk:
        """Return the walk over *target* that the arguments ask for."""

    @abstractmethod
    def walk_request(self, walk: Walk) -> Request:
        """Return the request that *walk* goes on with."""

    @abstractmethod
    def first_requests(self) -> Iterator[Request]:
        """Yield the first request of each target, when it is asked for the next."""

    def unreached(self) -> Iterator[Walk]:
        """Yield a walk for each target that the run did not come to."""
        return iter(())

    async def start(self) -> AsyncIterator[Any]:
        """Take up targets one by one, in a small window, as walks end."""
        if self.login_hint and not self.run.session.logged_in:
            logger.warning("%s", self.login_hint)
        requests = self.first_requests()
        while True:
            while not await self._turn():
                if self._nothing_under_way():
                    for walk in self.open_walks():
                        for ending in self.finish(walk, Verdict.FAILED, LOST):
                            yield ending
            request = None if self.run.ending else next(requests, None)
            if request is None:
                return
            yield request

    async def _turn(self) -> bool:
        """Wait for room in the window; return False when it takes long."""
        try:
            await asyncio.wait_for(self._window.acquire(), _LOOK)
        except TimeoutError:
            return False
        return True

    def _nothing_under_way(self) -> bool:
        """Return whether no request is left that could bring a walk to its end."""
        engine = self.crawler.engine
        idle = engine.scraper.slot is None or engine.scraper.slot.is_idle()
        queued = engine.scheduler and engine.scheduler.has_pending_requests()
        return idle and not engine.downloader.active and not queued

    def begin(self, walk: Walk) -> bool:
        """Take note of *walk*; return False for one that this run has met before."""
        if walk.key in self._met:
            self.run.count("targets/repeated")
            logger.info("%s %s stands twice among the targets", walk.kind, walk.id)
            return False
        self._met.add(walk.key)
        self._walks[walk.key] = walk
        return True

    def open_child(self, walk: Walk) -> None:
        """Take note of a walk that another one opened; that one waits for it."""
        assert walk.parent is not None
        walk.parent.children += 1
        self._walks[walk.key] = walk

    def forget(self, walk: Walk) -> None:
        """Drop *walk* without a verdict: another one takes its place."""
        self._walks.pop(walk.key, None)

    def next_target(self) -> None:
        """Let the next target begin."""
        self._window.release()

    def verdict(self, walk: Walk, verdict: Verdict, reason: str = "") -> TargetVerdict:
        """Return the row that says how *walk* ended."""
        return TargetVerdict(
            walk=walk.kind,
            id=walk.id,
            range=walk.range,
            spider=self.name,
            verdict=verdict,
            reason=reason,
            expected=walk.expected if (walk.expected or 0) < _MOST else None,
            got=len(walk.got),
            pages=walk.pages,
            cursor=walk.cursor,
            run_id=self.run.id,
            at=datetime.now(UTC).replace(microsecond=0),
        )

    def finish(
        self, walk: Walk, verdict: Verdict, reason: str = ""
    ) -> Iterator[TargetVerdict]:
        """End *walk*: its verdict follows its items, and the next target may begin.

        A walk that opened others has its verdict when each of them has one that ends
        a target; where one ends the run instead, it stays open.
        """
        if walk.children and not verdict.ends_run:
            walk.awaiting = verdict, reason
            return
        self.forget(walk)
        ending = self.verdict(walk, verdict, reason)
        self.run.ended(ending, child=walk.parent is not None)
        yield ending
        if walk.parent is None:
            self.run.count("targets/done")
            self.next_target()
            return
        walk.parent.children -= 1
        if walk.parent.awaiting and not walk.parent.children and not verdict.ends_run:
            yield from self.finish(walk.parent, *walk.parent.awaiting)

    # -- requests ----------------------------------------------------------------

    def request(
        self,
        endpoint: Endpoint,
        walk: Walk,
        callback: Callable[..., Any],
        parameters: Mapping[str, str] | None = None,
        pause: float = 0.0,
    ) -> Request:
        """Return an unsigned request of *walk* to *endpoint*."""
        return api_request(
            endpoint,
            parameters or {},
            base_url=self.run.config.base_url,
            browser=self.run.config.browser,
            callback=callback,
            errback=self.failed,
            cb_kwargs={"walk": walk},
            pause=pause,
        )

    def failed(self, failure: Failure) -> Iterator[Any]:
        """End the walk whose request came to nothing, by the name of the error."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value or Exception("no cause given")
        if isinstance(error, RunEnds):
            return  # the run's extension writes the verdict
        if not isinstance(error, ApiError):
            # What other middlewares raise (broken gzip) comes here directly.
            error = classify_exception(error)
            self.run.count(f"refused/{error.slug}")
            if again := self.policy.retry(request, error):
                yield again
                return
        walk = request.cb_kwargs["walk"]
        if error.body and error.verdict is Verdict.FAILED:
            yield self.page(walk, error.body, datetime.now(UTC).replace(microsecond=0))
        yield from self.finish(walk, error.verdict, str(error))

    def page(self, walk: Walk, text: bytes, observed_at: datetime) -> Observation:
        """Return what an answer holds beside its records, as a payload."""
        return Observation(
            kind="page",
            id=f"{walk.kind}:{walk.id}:{walk.cursor}",
            item=None,
            payload=text,
            source="own",
            observed_at=observed_at,
        )

    def drop(self, reason: str, what: str) -> None:
        """Count a record that is not kept; nothing is dropped silently."""
        self.run.count(f"dropped/{reason}")
        logger.debug("Not kept (%s): %s", reason, what)
