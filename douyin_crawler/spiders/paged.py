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
from douyin_crawler.spiders.listing import Listing
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from scrapy import Request
    from scrapy.http import Response

    from douyin_crawler.api.endpoints import Endpoint, Paging
    from douyin_crawler.progress import Progress
    from douyin_crawler.spiders.segment import Mark, Segment
    from douyin_crawler.spiders.walk import Walk

logger = logging.getLogger(__name__)

_EMPTY_PAGES = 100
"""Empty pages in a row after which a list is taken to stand still."""
_IDLE_PAGES = 20
"""Pages without anything new in a row after which a list is taken to go in circles."""
_ALIKE = 0.02
"""Share of a list by which two gaps may differ and be alike."""
_LONGEST_PAUSE = 60.0
"""Seconds between empty pages; each one in a row adds DOUYIN_RETRY_PAUSE."""


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
    def listing(self, walk: Walk) -> Listing:
        """Return what kind of list *walk* reads."""

    async def seen_since(self, walk: Walk, kind: str, **whose: str) -> set[str]:
        """Return the stored records of *whose* that were seen since *walk* began."""
        records = self.run.store.records(kind, **whose)  # type: ignore[arg-type]
        first = walk.first
        return {r.id async for r in records if first and r.last_seen >= first}

    async def restore(self, walk: Walk, progress: Progress) -> None:
        """Go on where an earlier run stopped; decide how far a new walk reads."""
        await super().restore(walk, progress)
        if walk.latest:
            self.run.clock.not_before(walk.latest)
        if not walk.resumed:
            return
        if walk.limit is not None:
            walk.kept = await self.listing(walk).kept_before(walk)
        if self.paging(walk).offset:
            _overlap(walk, self.paging(walk).count)

    def walk_request(self, walk: Walk, pause: float = 0.0) -> Request:
        """Return the request for the page at the walk's cursor."""
        walk.segment.cursors.add(walk.cursor)
        cursor = {self.paging(walk).parameter: walk.cursor}
        parameters = self.listing(walk).parameters(walk) | cursor
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
        walk.answered(observed_at)
        walk.reading = True
        walk.segment.seen += len(page.entries or ())
        listing = self.listing(walk)
        listing.note(walk, page)
        self.run.count("pages")
        yield self.page(walk, page.rest, observed_at)
        for entry in page.entries or ():
            for output in listing.observe(walk, entry, observed_at):
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

    def nameless(self, walk: Walk) -> None:
        """Count an entry that shows no id."""
        walk.segment.nameless += 1
        self.drop("no_id", f"an entry of {walk.kind} {walk.id}")

    async def go_on(self, walk: Walk, page: Page) -> list[Any]:
        """Return the request for the next page, or the verdict."""
        if page.entries is None:
            return self.end(walk, Verdict.RESTRICTED, _NO_LIST)
        if page.entries and walk.segment.nameless == len(page.entries):
            return self.end(walk, Verdict.FAILED, _NAMELESS)
        if walk.full:
            reason = f"{self.limit_argument} of {walk.limiter.limit} reached"
            return self.end(walk, Verdict.COMPLETE, reason)
        if walk.segment.seam and (request := self._find_seam(walk, page)):
            return [request]
        return await self._go_down(walk, page)

    async def _go_down(self, walk: Walk, page: Page) -> list[Any]:
        paging = self.paging(walk)
        if boolean(page.envelope.get(paging.more_key)) is False:
            return await self.end_of_list(walk)
        if self.listing(walk).past_range(walk, page):
            return self.end(walk, Verdict.COMPLETE)
        if walk.segment.met:
            return await self.meet_known(walk)
        return self.next_page(walk, _cursor(page.envelope.get(paging.cursor_key)), page)

    async def meet_known(self, walk: Walk) -> list[Any]:
        """Go on below a head that is read; a walk for what is new is complete there."""
        if len(walk.segments) == 1:
            walk.expected = await self.listing(walk).expected(walk)
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
        walk.idle = walk.idle + 1 if page.entries and not walk.segment.news else 0
        if walk.empty >= _EMPTY_PAGES:
            reason = f"{walk.empty} empty pages in a row, and has_more is still 1"
            return self.end(walk, Verdict.STALLED, reason)
        if walk.idle >= _IDLE_PAGES:
            reason = f"{walk.idle} pages in a row held nothing that was not met before"
            return self.end(walk, Verdict.STALLED, reason)
        pause = min(self.run.config.retry_pause * walk.empty, _LONGEST_PAUSE)
        return self.onward(walk, self.walk_request(walk, pause))

    async def end_of_list(self, walk: Walk) -> list[Any]:
        """Return the verdict of a list that has come to its end, by the service."""
        listing = self.listing(walk)
        if not walk.segment.seen and (request := listing.check_empty(walk)):
            return [request]
        del walk.segments[:-1]  # it was read from its head to its end
        walk.expected = await listing.expected(walk)
        listed = walk.total + len(walk.segment.outside)
        got, expected = max(listed, walk.segment.accounted), walk.expected
        if expected is None or got >= expected:
            walk.gap = None
            return self.end(walk, Verdict.COMPLETE)
        reason = f"the service says there are {expected}, its list ended after {got}"
        if listing.stopped_short(walk, got, expected):
            return self.truncated(walk, expected - got, reason)
        walk.sure = _alike(walk, expected - got)
        walk.gap = expected - got
        return self.end(walk, Verdict.COMPLETE, reason)

    def truncated(self, walk: Walk, gap: int, reason: str) -> list[Any]:
        """Return the verdict of a short list; final where it was as short before.

        A list without anything is never taken for all there is.
        """
        settled = bool(walk.total) and _alike(walk, gap)
        walk.gap = gap
        if settled:
            reason += "; it ended alike before, so the gap is accepted"
        return list(self.finish(walk, Verdict.TRUNCATED, reason, settled=settled))

    def mark(self, walk: Walk, verdict: Verdict) -> Mark | None:
        """Return where a walk over the whole list began, if it is complete."""
        whole = not walk.range and walk.limiter.limit is None
        return walk.new_mark() if whole and verdict is Verdict.COMPLETE else None

    def _find_seam(self, walk: Walk, page: Page) -> Request | None:
        """Return the request for an earlier page, where this one knows no entry.

        More entries above the offset went than the step back allowed for, so the
        list is to be taken up further up; None once the place is found.
        """
        segment = walk.segment
        overlaps = len(page.entries or ()) > segment.news
        if overlaps or walk.cursor == walk.start:
            segment.seam = 0
            segment.cursors.clear()
            return None
        segment.frontier = None  # what lies between is not what was read
        _step_back(segment, walk.start)
        return self.walk_request(walk)

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


class ListSpider(Listing, PagedSpider):
    """Reads one kind of list, and says itself what that is."""

    def listing(self, walk: Walk) -> Listing:
        """Return the spider."""
        return self


_KNOWN = "from here on it is known from an earlier complete walk"
_NAMELESS = "the page's entries show no ids: their shape is not the known one"
_NO_LIST = (
    "the answer has no list: the service wants a login here, or the session is "
    "restricted (see DOUYIN_COOKIE)"
)


def _overlap(walk: Walk, count: int) -> None:
    """Let the stretch that goes on begin one page earlier.

    An offset moves when entries above it come or go; an overlap loses none. Heads
    that were not read to their end are read again from the first page.
    """
    body = walk.segments[0]
    del walk.segments[1:-1]
    if not (body.cursor.isascii() and body.cursor.isdigit()):
        return
    body.frontier = int(body.cursor)
    body.seam = count * (1 + walk.empty)  # no entry is known again on an empty page
    walk.empty = 0
    _step_back(body, walk.start)
    if body.cursor == walk.start:
        walk.begin_anew()


def _step_back(segment: Segment, start: str) -> None:
    """Move the cursor back, each time twice as far."""
    segment.cursor = str(max(int(start), int(segment.cursor) - segment.seam))
    segment.seam *= 2


def _alike(walk: Walk, gap: int) -> bool:
    """Return whether as many records are missing as when the list last ended short."""
    if walk.gap is None:
        return False
    return abs(gap - walk.gap) <= max(1, _ALIKE * (walk.expected or 0))


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
