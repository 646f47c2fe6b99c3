"""The paging, once: from a list's first page to its last, and what ends it."""

from __future__ import annotations

import logging
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.items.coerce import boolean
from douyin_crawler.items.page import MalformedPage, Page, split_page
from douyin_crawler.spiders.base import DouyinSpider
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import datetime

    from scrapy import Request
    from scrapy.http import Response

    from douyin_crawler.api.endpoints import Endpoint, Paging
    from douyin_crawler.items.observation import Observation
    from douyin_crawler.items.page import Entry
    from douyin_crawler.spiders.walk import Walk

logger = logging.getLogger(__name__)

_EMPTY_PAUSE = 2.0
"""Seconds more to wait after each empty page in a row."""
_TOLERANCE = 0.95
"""The service's own count includes what it does not list (up to one in twenty)."""


class PagedSpider(DouyinSpider):
    """Reads a list page by page until ``has_more`` is 0, or the range is read.

    ``has_more`` alone ends a list: pages may be short or empty in the middle.
    """

    endpoint_name: ClassVar[str]

    @property
    def endpoint(self) -> Endpoint:
        """The row of the endpoint table."""
        return ENDPOINTS[self.endpoint_name]

    @property
    def paging(self) -> Paging:
        """How the endpoint pages."""
        paging = self.endpoint.paging
        assert paging is not None
        return paging

    @abstractmethod
    def parameters(self, walk: Walk) -> dict[str, str]:
        """Return the parameters that name the target of *walk*."""

    @abstractmethod
    def observe(
        self, walk: Walk, entry: Entry, observed_at: datetime
    ) -> Iterator[Observation]:
        """Yield what one entry of a page shows; note in *walk* what it counts."""

    def past_range(self, walk: Walk, page: Page) -> bool:
        """Return whether everything behind *page* lies before the range."""
        return False

    async def expected(self, walk: Walk) -> int | None:
        """Return how many records the service says there are, if it does."""
        return walk.expected

    def walk_request(self, walk: Walk, pause: float = 0.0) -> Request:
        """Return the request for the page at the walk's cursor."""
        walk.cursors.add(walk.cursor)
        parameters = self.parameters(walk) | {self.paging.parameter: walk.cursor}
        return self.request(
            self.endpoint, walk, self.parse_page, pause=pause, **parameters
        )

    async def parse_page(self, response: Response, walk: Walk) -> AsyncIterator[Any]:
        """Yield a page's records, then the next request or the verdict."""
        observed_at = self.run.observed_at(response)
        try:
            page = split_page(response.body, self.paging.list_key)
        except MalformedPage as error:
            yield self.page(walk, response.body, observed_at)
            for ending in self.finish(walk, Verdict.FAILED, str(error)):
                yield ending
            return
        walk.pages += 1
        walk.seen += len(page.entries or ())
        self.run.count("pages")
        yield self.page(walk, page.rest, observed_at)
        for entry in page.entries or ():
            for observation in self.observe(walk, entry, observed_at):
                yield observation
        for output in await self.go_on(walk, page):
            yield output

    async def go_on(self, walk: Walk, page: Page) -> list[Any]:
        """Return the request for the next page, or the verdict."""
        if page.entries is None:
            return self.end(walk, Verdict.RESTRICTED, _NO_LIST)
        if walk.full:
            return self.end(walk, Verdict.COMPLETE, f"limit of {walk.limit} reached")
        if self.past_range(walk, page):
            return self.end(walk, Verdict.COMPLETE)
        more = boolean(page.envelope.get(self.paging.more_key))
        if more is False:
            return await self.end_of_list(walk)
        cursor = _cursor(page.envelope.get(self.paging.cursor_key))
        if cursor is None or cursor in walk.cursors:
            return self._stalled(walk, cursor)
        walk.stalled = False
        walk.cursor = cursor
        walk.empty = 0 if page.entries else walk.empty + 1
        return [self.walk_request(walk, pause=_EMPTY_PAUSE * walk.empty)]

    async def end_of_list(self, walk: Walk) -> list[Any]:
        """Return the verdict of a list that has come to its end, by the service."""
        if walk.partial:
            return self.end(walk, Verdict.COMPLETE)
        walk.expected = await self.expected(walk)
        got = len(walk.got)
        if walk.expected is None or got >= walk.expected * _TOLERANCE:
            return self.end(walk, Verdict.COMPLETE)
        return self.end(
            walk,
            Verdict.TRUNCATED,
            f"the service says there are {walk.expected}, its list ended after {got}",
        )

    def _stalled(self, walk: Walk, cursor: str | None) -> list[Any]:
        if not walk.stalled:
            walk.stalled = True
            self.run.count("stalls")
            return [self.walk_request(walk, pause=self.run.config.retry_pause)]
        what = "no cursor" if cursor is None else f"the cursor {cursor} again"
        return self.end(walk, Verdict.STALLED, f"has_more is 1, but there was {what}")

    def end(self, walk: Walk, verdict: Verdict, reason: str = "") -> list[Any]:
        """Return what ends *walk*."""
        return list(self.finish(walk, verdict, reason))


_NO_LIST = (
    "the answer has no list: the service wants a login here, or the session is "
    "restricted (see DOUYIN_COOKIE)"
)


def _cursor(value: object) -> str | None:
    """Return a cursor as text; it comes as a number, at times as text."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return str(value).strip() or None
