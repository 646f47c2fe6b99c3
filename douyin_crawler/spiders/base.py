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
from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.errors import ApiError, LoginMissing
from douyin_crawler.api.requests import api_request
from douyin_crawler.extensions.closing import LOST
from douyin_crawler.extensions.run import RunEnds, RunExtension
from douyin_crawler.items.observation import Observation
from douyin_crawler.middlewares.retry import RetryPolicy
from douyin_crawler.spiders.arguments import Arguments, read_arguments
from douyin_crawler.spiders.walking import Walking
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from douyin_crawler.api.endpoints import Endpoint
    from douyin_crawler.spiders.walk import Walk

logger = logging.getLogger(__name__)

_LOOK = 5.0
"""Seconds of waiting for a walk to end, after which one looks whether it still can."""


class DouyinSpider(Walking, Spider):
    """A spider holds facts about an endpoint and yields; the mechanics live here.

    It yields :class:`Observation`, what a page opens, a checkpoint, and, when a walk
    has ended, its verdict; the pipelines keep that order.
    """

    arguments_class: ClassVar[type[Arguments]]
    """What ``-a`` takes."""
    item_class: ClassVar[type]
    """The kind of item that feeds get."""
    login_hint: ClassVar[str] = ""
    """What a visitor is told at the start."""
    walk_kind: ClassVar[str]
    """The kind of list that is read, as the store names it."""
    endpoints: ClassVar[dict[str, str]] = {}
    """The endpoint that each kind of walk reads."""
    recorded: ClassVar[bool] = True
    """Whether the store keeps that there was a run."""

    def __init__(self, name: str | None = None, **arguments: Any) -> None:
        super().__init__(name)
        self.arguments = self.read_arguments(arguments)
        self._given = {k: str(v) for k, v in arguments.items()}

    @classmethod
    def read_arguments(cls, given: dict[str, Any]) -> Arguments:
        """Check and type the arguments, before there is a crawler.

        Raises:
            ArgumentError: one of them can't be used.
        """
        return read_arguments(cls.arguments_class, given)

    @classmethod
    def named_targets(cls, arguments: Arguments) -> Iterator[tuple[str, str]]:
        """Yield what a run is asked for, before there is one.

        Each is its name, and what that is as long as it is no id: a request has to
        find the id first.
        """
        yield "", cls.name

    @classmethod
    def needs_login(cls, arguments: Arguments) -> bool:
        """Return whether nothing of what is asked for can be had without a login."""
        return any(ENDPOINTS[e].login == "needed" for e in cls.endpoints.values())

    @classmethod
    def check_login(cls, arguments: Arguments, *, logged_in: bool) -> None:
        """Let nothing begin that has to fail.

        Raises:
            LoginMissing: a login is needed, and there is none.
        """
        if not logged_in and cls.needs_login(arguments):
            raise LoginMissing(cls.name)

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

    # -- targets -----------------------------------------------------------------

    @abstractmethod
    def new_walk(self, target: str) -> Walk:
        """Return the walk over *target* that the arguments ask for."""

    @abstractmethod
    def first_requests(self) -> Iterator[Request]:
        """Yield the first request of each target, when it is asked for the next."""

    async def requests(self) -> AsyncIterator[Request]:
        """Yield the first request of each target, where finding it takes time."""
        for request in self.first_requests():
            yield request

    def unreached(self) -> Iterator[Walk]:
        """Yield a walk for each target that the run did not come to."""
        return iter(())

    async def start(self) -> AsyncIterator[Any]:
        """Take up targets one by one, in a small window, as walks end."""
        if not self._admitted():
            return
        requests = self.requests()
        while True:
            while not await self._turn():
                if self.is_idle():
                    for walk in self.open_walks():
                        for ending in self.finish(walk, Verdict.FAILED, LOST):
                            yield ending
            request = None if self.run.ending else await anext(requests, None)
            if request is None:
                return
            for output in await self._take_up(request):
                yield output

    async def _take_up(self, request: Request) -> list[Any]:
        """Return *request*, once the walks that it begins are this run's."""
        walks = walks_of(request)
        if len(walks) == 1 and walks[0].named:
            return await self.enter(walks[0], request)
        outputs: list[Any] = [request]
        for walk in walks:
            if walk.named:
                entered = await self.enter(walk, request)
                outputs += [output for output in entered if output is not request]
        return outputs

    def _admitted(self) -> bool:
        """Return whether to begin; tell a visitor what only a login gets."""
        logged_in = self.run.session.logged_in
        try:
            self.check_login(self.arguments, logged_in=logged_in)
        except LoginMissing as error:
            self.run.end(error.verdict, str(error))
            return False
        if self.login_hint and not logged_in:
            logger.warning("%s", self.login_hint)
        return True

    async def _turn(self) -> bool:
        """Wait for room in the window; return False when it takes long."""
        try:
            await asyncio.wait_for(self._window.acquire(), _LOOK)
        except TimeoutError:
            return False
        return True

    def is_idle(self) -> bool:
        """Return whether no request is left that could bring a walk to its end."""
        engine = self.crawler.engine
        idle = engine.scraper.slot is None or engine.scraper.slot.is_idle()
        queued = engine.scheduler and engine.scheduler.has_pending_requests()
        return idle and not engine.downloader.active and not queued

    def next_target(self) -> None:
        """Let the next target begin."""
        self._window.release()

    # -- requests ----------------------------------------------------------------

    def request(
        self,
        endpoint: Endpoint,
        walk: Walk,
        callback: Callable[..., Any],
        parameters: Mapping[str, str] | None = None,
        pause: float = 0.0,
    ) -> Request:
        """Return an unsigned request of *walk* to *endpoint*.

        What a page opened is asked for before the next page, so that little is open
        at once.
        """
        request = api_request(
            endpoint,
            parameters or {},
            base_url=self.run.config.base_url,
            browser=self.run.config.browser,
            callback=callback,
            errback=self.failed,
            cb_kwargs={"walk": walk},
            pause=pause,
        )
        request.priority = walk.depth
        return request

    async def failed(self, failure: Failure) -> AsyncIterator[Any]:
        """End the walk whose request came to nothing, by the name of the error."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value or Exception("no cause given")
        if isinstance(error, RunEnds):
            return  # the run's extension writes the verdict
        if not isinstance(error, ApiError):
            # What other middlewares raise (broken gzip) comes here directly.
            error = classify_exception(error)
            self.run.count(f"refused/{error.slug}")
            self.run.answered(request, error.slug)
            if again := self.policy.retry(request, error):
                yield again
                return
        self.run.faulty = self.run.faulty or error.of_machine
        for walk in walks_of(request):
            if walk.lost:
                continue
            if error.body and error.verdict is Verdict.FAILED:
                now = datetime.now(UTC).replace(microsecond=0)
                yield self.page(walk, error.body, now)
            for ending in self.finish(walk, error.verdict, str(error)):
                yield ending
            async for output in self.more_children(walk):
                yield output

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


def walks_of(request: Request) -> list[Walk]:
    """Return the walks that *request* is of."""
    if batch := request.cb_kwargs.get("batch"):
        return list(batch)
    walk = request.cb_kwargs.get("walk")
    return [walk] if walk else []
