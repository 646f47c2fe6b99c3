"""The recommendations of the home page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from douyin_crawler.spiders.arguments import Arguments
from douyin_crawler.spiders.post_list import PostListSpider
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy import Request

    from douyin_crawler.items.page import Page

_FIRST = "1"
_PATIENCE = 5
"""Answers in a row without a new post, after which the stream is taken to be dry."""


class FeedArguments(Arguments, frozen=True, kw_only=True):
    """``scrapy crawl feed [-a count=50]``."""

    count: Annotated[int, msgspec.Meta(ge=1)] = 50
    """Different posts to see."""


class FeedSpider(PostListSpider):
    """Asks again and again: the feed has no cursor and never ends by itself.

    Advertisements and live rooms stand among the posts; they are counted, not kept.
    """

    name = "feed"
    arguments_class = FeedArguments
    walk_kind = "feed"
    endpoints: ClassVar[dict[str, str]] = {"feed": "tab_feed"}
    source = "feed"
    restarts = True
    limit_argument = "count"
    login_hint = "the feed refuses visitors: set DOUYIN_COOKIE to a login's cookies"

    arguments: FeedArguments

    def new_walk(self, target: str) -> Walk:
        """Return the walk over the stream; its cursor is ``refresh_index``."""
        limit = self.arguments.count
        return Walk(kind=self.walk_kind, id=target, limit=limit, start=_FIRST)

    def first_requests(self) -> Iterator[Request]:
        """Yield the first request."""
        walk = self.new_walk("recommended")
        self.begin(walk)
        yield self.walk_request(walk)

    def parameters(self, walk: Walk) -> dict[str, str]:
        """Say what has been seen; the first request is no refresh."""
        pull_type = "0" if walk.cursor == _FIRST else "2"
        return {"pull_type": pull_type, "view_count": str(len(walk.got))}

    async def go_on(self, walk: Walk, page: Page) -> list[Any]:
        """Return the next request, until enough is seen or nothing new comes."""
        if page.entries is None or walk.full:
            return await super().go_on(walk, page)
        met = walk.segment
        walk.empty = walk.empty + 1 if len(walk.got) == met.accounted else 0
        met.accounted = len(walk.got)
        if walk.empty >= _PATIENCE:
            reason = f"{_PATIENCE} answers in a row brought no new post"
            verdict = Verdict.COMPLETE if walk.got else Verdict.RESTRICTED
            return self.end(walk, verdict, reason)
        walk.cursor = str(int(walk.cursor) + 1)
        return [self.walk_request(walk)]
