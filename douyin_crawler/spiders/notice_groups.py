"""The notices of a group: its list says which there are, then the details."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.notice_targets import NoticeTarget
from douyin_crawler.items.coerce import integer
from douyin_crawler.items.notice import Notice
from douyin_crawler.items.observe_notices import observe_notice
from douyin_crawler.items.page import MalformedPage, split_page
from douyin_crawler.spiders.batches import BatchSpider
from douyin_crawler.spiders.paged import ListSpider
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from datetime import datetime

    from scrapy import Request
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from douyin_crawler.items.observation import Observation, Source
    from douyin_crawler.items.page import Entry, Page
    from douyin_crawler.progress import Progress
    from douyin_crawler.spiders.walk import Walk

_PAGE = "page"
_LISTED = "listed"
"""Arguments of a callback: the page whose details are asked for, and its copies."""


class NoticeGroups(BatchSpider, ListSpider):
    """Walks a group's list, and asks for the details of each page before the next.

    The list's copies are kept too, below the details.
    """

    def __init__(self, name: str | None = None, **arguments: Any) -> None:
        super().__init__(name, **arguments)
        self._listed: list[Observation] = []

    def walk_request(self, walk: Walk, pause: float = 0.0) -> Request:
        """Return the next request of *walk*."""
        if walk.kind == self.walk_kind:
            return BatchSpider.walk_request(self, walk)
        return ListSpider.walk_request(self, walk, pause)

    def observe_entry(
        self, entry: Entry, source: Source, observed_at: datetime
    ) -> list[Observation]:
        """Return the notice, and what it is about."""
        return observe_notice(entry, observed_at, source)

    async def restore(self, walk: Walk, progress: Progress) -> None:
        """Go on where a group's walk stopped; a named notice is asked for anew."""
        if walk.kind != self.walk_kind:
            await super().restore(walk, progress)

    async def kept_before(self, walk: Walk) -> set[str]:
        """Return the notices that the walk has seen so far."""
        return await self.seen_since(walk, "notice")

    def observe(self, walk: Walk, entry: Entry, observed_at: datetime) -> Iterator[Any]:
        """Keep the list's copies back until the details are there."""
        observed = self.observed(walk, entry, "list", observed_at)
        if not observed:
            return
        notice = observed[0].item
        assert isinstance(notice, Notice)
        walk.meet(notice.nid, notice.create_time)
        if walk.admit(notice.nid):
            walk.count(notice.nid, notice.create_time)
            self._listed += observed
        else:
            self.drop("beyond_limit", f"notice {notice.nid}")
        yield from ()

    async def go_on(self, walk: Walk, page: Page) -> list[Any]:
        """Return the request for the details, before the next page's."""
        listed, self._listed = self._listed, []
        targets = [
            NoticeTarget(o.id, o.item.type or 0)
            for o in listed
            if isinstance(o.item, Notice)
        ]
        if not targets:
            return await super().go_on(walk, _with_cursor(page))
        endpoint = ENDPOINTS[self.endpoints[self.walk_kind]]
        parameters = {"id_list": id_list(targets)}
        request = self.request(endpoint, walk, self.parse_details, parameters)
        request.cb_kwargs.update({_PAGE: page, _LISTED: listed})
        return [request]

    async def parse_details(
        self, response: Response, walk: Walk, page: Page, listed: list[Observation]
    ) -> AsyncIterator[Any]:
        """Yield the notices of a page in detail, then its copies, then go on."""
        if walk.lost:
            return
        observed_at = self.run.clock.read(response)
        of_details = self.new_walk(listed[0].id)
        try:
            details = split_page(response.body, "notice_list_v2")
        except MalformedPage as error:
            yield self.page(of_details, response.body, observed_at)
            for output in (*listed, *self.finish(walk, Verdict.FAILED, str(error))):
                yield output
            return
        yield self.page(of_details, details.rest, observed_at)
        for entry in details.entries or ():
            for output in self.observed(walk, entry, "own", observed_at):
                yield output
        for output in listed:
            yield output
        outputs = await super().go_on(walk, _with_cursor(page))
        if walk in self.open_walks():
            yield self.checkpoint(walk)
        for output in outputs:
            yield output

    async def failed(self, failure: Failure) -> AsyncIterator[Any]:
        """Keep what a list showed though its details can't be had."""
        request: Request = failure.request  # type: ignore[attr-defined]
        for listed in request.cb_kwargs.get(_LISTED, ()):
            yield listed
        async for output in super().failed(failure):
            yield output


def id_list(targets: Iterable[NoticeTarget]) -> str:
    """Return the parameter that names *targets*."""
    ids = [{"notice_id_str": one.nid, "type": one.type} for one in targets]
    return json.dumps(ids, separators=(",", ":"))


def _with_cursor(page: Page) -> Page:
    """Let *page* go on from the smaller of its two times.

    Which of them it is the service does not say; behind the smaller nothing is lost.
    """
    times = (integer(page.envelope.get(name)) for name in ("min_time", "max_time"))
    page.envelope["max_time"] = min(filter(None, times), default=None)
    return page
