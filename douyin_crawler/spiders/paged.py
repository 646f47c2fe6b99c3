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
    from douyin_crawler.progress import Progress
    from douyin_crawler.spiders.segment import Mark
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

    restarts = False
    limit_argument: ClassVar[str] = "limit"
    """The argument that bounds the number of records."""

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

    async def kept_before(self, walk: Walk) -> set[str]:
        """Return the ids that count against the limit of a walk that goes on."""
        return set()

    async def seen_since(self, walk: Walk, kind: str, **whose: str) -> set[str]:
        """Return the stored records of *whose* that were seen since *walk* began."""
        born = walk.born.replace(microsecond=0)
        records = self.run.store.records(kind, **whose)  # type: ignore[arg-type]
        return {record.id async for record in records if record.last_seen >= born}

    async def restore(self, walk: Walk, progress: Progress) -> None:
        """Go on where an earlier run stopped; decide how far a new walk reads."""
        await super().restore(walk, progress)
        if not walk.resumed:
            return
        if walk.limit is not None:
            walk.kept = await self.kept_before(walk)
        if self.paging(walk).offset:
            _step_back(walk, self.paging(walk).count)

    def walk_request(self, walk: Walk, pause: float = 0.0) -> Request:
        """Return the request for the page at the walk's cursor."""
        walk.segment.cursors.add(walk.cursor)
        cursor = {self.paging(walk).parameter: walk.cursor}
        parameters = self.parameters(walk) | cursor
        return self.request(
            self.endpoint(walk), walk, self.parse_page, parameters, pause
        )

    async def parse_page(self, response: Response, walk: Walk) -> AsyncIterator[Any]:
        """Yield a page's records, what it opens, and how far the walk is with it."""
        if walk.lost:
            return
        observed_at = self.run.clock.read(response)
        paging = self.paging(walk)
        try:
            page = split_page(response.body, paging.list_key, paging.inside)
        except MalformedPage as error:
            yield self.page(walk, response.body, observed_at)
            for ending in self.finish(walk, Verdict.FAILED, str(error)):
                yield ending
        else:
            async for output in self.read_page(walk, page, observed_at):
                yield output
        async for output in self.more_children(walk):
            yield output

    async def read_page(
        self, walk: Walk, page: Page, observed_at: datetime
    ) -> AsyncIterator[Any]:
        """Yield one unit: records, openings, checkpoint; then what comes next."""
        walk.pages += 1
        walk.met.clear()
        walk.segment.seen += len(page.entries or ())
        self.note(walk, page)
        self.run.count("pages")
        yield self.page(walk, page.rest, observed_at)
        for entry in page.entries or ():
            for output in self.observe(walk, entry, observed_at):
                yield output
        children = await self._wanted_children(walk)
        for child in children:
            yield self.open_child(child)
        outputs = await self.go_on(walk, page)
        if walk in self.open_walks():
            yield self.checkpoint(walk)
        for child in children:
            for output in await self.enter(child):
                yield output
        for output in outputs:
            yield output

    async def _wanted_children(self, walk: Walk) -> list[Walk]:
        opening, walk.opening = walk.opening, []
        once = {child.key: child for child in opening}  # a page may show one twice
        return [child for child in once.values() if await self.wanted(child)]

    async def go_on(self, walk: Walk, page: Page) -> list[Any]:
        """Return the request for the next page, or the verdict."""
        paging = self.paging(walk)
        if page.entries is None:
            return self.end(walk, Verdict.RESTRICTED, _NO_LIST)
        if walk.full:
            reason = f"{self.limit_argument} of {walk.limiter.limit} reached"
            return self.end(walk, Verdict.COMPLETE, reason)
        if boolean(page.envelope.get(paging.more_key)) is False:
            return await self.end_of_list(walk)
        if self.past_range(walk, page):
            return self.end(walk, Verdict.COMPLETE)
        if walk.segment.met:
            return await self.meet_known(walk)
        return self.next_page(walk, _cursor(page.envelope.get(paging.cursor_key)), page)

    async def meet_known(self, walk: Walk) -> list[Any]:
        """Go on below a head that is read; a walk for what is new is complete there."""
        if len(walk.segments) == 1:
            walk.expected = await self.expected(walk)
            return self.end(walk, Verdict.COMPLETE, _KNOWN)
        walk.join()
        if walk.segment.met and len(walk.segments) == 1:
            return await self.meet_known(walk)
        return self.onward(walk, self.walk_request(walk))

    def next_page(self, walk: Walk, cursor: str | None, page: Page) -> list[Any]:
        """Return the request for the page at *cursor*, unless the walk stands still."""
        if cursor is None or cursor in walk.segment.cursors:
            return self._stalled(walk, cursor)
        walk.stalled = False
        walk.cursor = cursor
        walk.empty = 0 if page.entries else walk.empty + 1
        if walk.empty >= _EMPTY_PAGES:
            reason = f"{walk.empty} empty pages in a row, and has_more is still 1"
            return self.end(walk, Verdict.STALLED, reason)
        pause = min(_EMPTY_PAUSE * walk.empty, 60.0)
        return self.onward(walk, self.walk_request(walk, pause))

    async def end_of_list(self, walk: Walk) -> list[Any]:
        """Return the verdict of a list that has come to its end, by the service."""
        del walk.segments[:-1]  # it was read from its head to its end
        walk.expected = await self.expected(walk)
        got, expected = max(walk.total, walk.segment.accounted), walk.expected
        enough = walk.limiter.limit is not None and got >= walk.limiter.limit
        if walk.range or enough or expected is None or got >= expected:
            return self.end(walk, Verdict.COMPLETE)
        reason = f"the service says there are {expected}, its list ended after {got}"
        if not self.stopped_short(walk, got, expected):
            return self.end(walk, Verdict.COMPLETE, reason)
        return self.truncated(walk, expected - got, reason)

    def truncated(self, walk: Walk, gap: int, reason: str) -> list[Any]:
        """Return the verdict of a short list; final where it was as short before."""
        settled = walk.gap is not None and gap <= walk.gap
        walk.gap = gap
        if settled:
            reason += "; it ended alike before, so the gap is accepted"
        return list(self.finish(walk, Verdict.TRUNCATED, reason, settled=settled))

    def mark(self, walk: Walk, verdict: Verdict) -> Mark | None:
        """Return where a walk over the whole list began, if it is complete."""
        whole = not walk.range and walk.limiter.limit is None
        return walk.new_mark() if whole and verdict is Verdict.COMPLETE else None

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


_KNOWN = "from here on it is known from an earlier complete walk"
_NO_LIST = (
    "the answer has no list: the service wants a login here, or the session is "
    "restricted (see DOUYIN_COOKIE)"
)


def _step_back(walk: Walk, count: int) -> None:
    """Let the stretch that goes on begin one page earlier.

    An offset moves when entries above it come or go; an overlap loses none.
    """
    body = walk.segments[0]
    if body.cursor.isascii() and body.cursor.isdigit():
        body.cursor = str(max(0, int(body.cursor) - count))
    if body.cursor == walk.start:
        walk.begin_anew()


def _cursor(value: object) -> str | None:
    """Return a cursor as text; it comes as a number, at times as text.

    A text that is not printable ASCII without spaces, or endless, is none.
    """
    if isinstance(value, str):
        text = value.strip()
        return text if _printable(text) else None
    number = None if isinstance(value, bool) else integer(value)
    return None if number is None else str(number)


_printable = re.compile(r"[!-~]{1,1000}").fullmatch
