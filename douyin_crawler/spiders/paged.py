"""The paging, once: from a list's first page to its last, and what ends it."""

from __future__ import annotations

import logging
import re
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.items.coerce import boolean, integer
from douyin_crawler.items.page import MalformedPage, Page, split_page
from douyin_crawler.spiders.base import DouyinSpider
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import datetime

    from scrapy import Request
    from scrapy.http import Response

    from douyin_crawler.api.endpoints import Endpoint, Paging
    from douyin_crawler.items.page import Entry
    from douyin_crawler.spiders.walk import Walk

logger = logging.getLogger(__name__)

_LISTED = 0.95
_EMPTY_PAGES = 100
"""Empty pages in a row after which a list is taken to stand still."""
_EMPTY_PAUSE = 2.0
"""Seconds more to wait after each empty page in a row."""


class PagedSpider(DouyinSpider):
    """Reads a list page by page until ``has_more`` is 0, or the range is read.

    ``has_more`` alone ends a list: pages may be short or empty in the middle.
    """

    limit_argument: ClassVar[str] = "limit"
    """The argument that bounds the number of records."""
    endpoints: ClassVar[dict[str, str]]
    """The endpoint that each kind of walk reads."""

    def endpoint(self, walk: Walk) -> Endpoint:
        """Return the endpoint table's row for *walk*."""
        return ENDPOINTS[self.endpoints[walk.kind]]

    def paging(self, walk: Walk) -> Paging:
        """Return how that endpoint pages."""
        paging = self.endpoint(walk).paging
        assert paging is not None
        return paging

    @abstractmethod
    def parameters(self, walk: Walk) -> dict[str, str]:
        """Return the parameters that name the target of *walk*."""

    @abstractmethod
    def observe(self, walk: Walk, entry: Entry, observed_at: datetime) -> Iterator[Any]:
        """Yield what one entry of a page shows, and requests for what it opens.

        Note in *walk* the records that count.
        """

    def note(self, walk: Walk, page: Page) -> None:
        """Note in *walk* what stands beside the entries."""

    def past_range(self, walk: Walk, page: Page) -> bool:
        """Return whether everything behind *page* lies before the range."""
        return False

    async def expected(self, walk: Walk) -> int | None:
        """Return how many records the service says there are, if it does."""
        return walk.expected

    def walk_request(self, walk: Walk, pause: float = 0.0) -> Request:
        """Return the request for the page at the walk's cursor."""
        walk.cursors.add(walk.cursor)
        cursor = {self.paging(walk).parameter: walk.cursor}
        parameters = self.parameters(walk) | cursor
        return self.request(
            self.endpoint(walk), walk, self.parse_page, parameters, pause
        )

    async def parse_page(self, response: Response, walk: Walk) -> AsyncIterator[Any]:
        """Yield a page's records, then the next request or the verdict."""
        observed_at = self.run.clock.read(response)
        try:
            page = split_page(response.body, self.paging(walk).list_key)
        except MalformedPage as error:
            yield self.page(walk, response.body, observed_at)
            for ending in self.finish(walk, Verdict.FAILED, str(error)):
                yield ending
            return
        walk.pages += 1
        walk.met.clear()
        walk.seen += len(page.entries or ())
        self.note(walk, page)
        self.run.count("pages")
        yield self.page(walk, page.rest, observed_at)
        for entry in page.entries or ():
            for output in self.observe(walk, entry, observed_at):
                yield output
        for output in await self.go_on(walk, page):
            yield output

    async def go_on(self, walk: Walk, page: Page) -> list[Any]:
        """Return the request for the next page, or the verdict."""
        paging = self.paging(walk)
        if page.entries is None:
            return self.end(walk, Verdict.RESTRICTED, _NO_LIST)
        if walk.full:
            reason = f"{self.limit_argument} of {walk.root.limit} reached"
            return self.end(walk, Verdict.COMPLETE, reason)
        if boolean(page.envelope.get(paging.more_key)) is False:
            return await self.end_of_list(walk)
        if self.past_range(walk, page):
            return self.end(walk, Verdict.COMPLETE)
        return self.next_page(walk, _cursor(page.envelope.get(paging.cursor_key)), page)

    def next_page(self, walk: Walk, cursor: str | None, page: Page) -> list[Any]:
        """Return the request for the page at *cursor*, unless the walk stands still."""
        if cursor is None or cursor in walk.cursors:
            return self._stalled(walk, cursor)
        walk.stalled = False
        walk.cursor = cursor
        walk.empty = 0 if page.entries else walk.empty + 1
        if walk.empty >= _EMPTY_PAGES:
            reason = f"{walk.empty} empty pages in a row, and has_more is still 1"
            return self.end(walk, Verdict.STALLED, reason)
        return [self.walk_request(walk, pause=min(_EMPTY_PAUSE * walk.empty, 60.0))]

    async def end_of_list(self, walk: Walk) -> list[Any]:
        """Return the verdict of a list that has come to its end, by the service."""
        walk.expected = await self.expected(walk)
        got, expected = max(len(walk.got), walk.accounted), walk.expected
        enough = walk.root.limit is not None and got >= walk.root.limit
        if walk.range or enough or expected is None or got >= expected:
            return self.end(walk, Verdict.COMPLETE)
        reason = f"the service says there are {expected}, its list ended after {got}"
        short = self.stopped_short(walk, got, expected)
        return self.end(walk, Verdict.TRUNCATED if short else Verdict.COMPLETE, reason)

    def stopped_short(self, walk: Walk, got: int, expected: int) -> bool:
        """Return whether a list of *got* records ended before its time.

        The service's own number includes what it does not list: up to one in twenty.
        """
        return got < expected * _LISTED

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
    """Return a cursor as text; it comes as a number, at times as text.

    A text that is not printable ASCII without spaces is none.
    """
    if isinstance(value, str):
        text = value.strip()
        return text if _printable(text) else None
    number = None if isinstance(value, bool) else integer(value)
    return None if number is None else str(number)


_printable = re.compile(r"[!-~]+").fullmatch
