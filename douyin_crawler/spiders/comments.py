"""The comments of posts, and the replies to them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from douyin_crawler.items.comment import Comment
from douyin_crawler.spiders.comment_listing import CommentListing
from douyin_crawler.spiders.paged import PagedSpider
from douyin_crawler.spiders.posts import PostArguments, PostTargets
from douyin_crawler.spiders.ranges import range_text
from douyin_crawler.spiders.segment import WITNESSES
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from douyin_crawler.items.page import Page


class CommentsArguments(PostArguments, frozen=True, kw_only=True):
    """``scrapy crawl comments -a post=... [-a replies=true] [-a limit=]``."""

    replies: bool = False
    """Whether the replies to each comment are read too, with requests of their own."""
    limit: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """Comments to keep of each post, replies among them."""
    mode: Literal["full", "new"] = "full"
    """full: all of them; new: only where the number of comments differs from that of
    an earlier complete walk (the list has no order by which new ones could be told),
    and of replies only those whose number differs."""


class CommentsSpider(PostTargets, PagedSpider):
    """Walks the comments of posts, paged by ``cursor``, in the service's own order."""

    name = "comments"
    arguments_class = CommentsArguments
    item_class = Comment
    walk_kind = "comments"
    endpoints = CommentListing.endpoints

    arguments: CommentsArguments

    def new_walk(self, target: str) -> Walk:
        """Return the walk over the comments of the post *target*."""
        limit = self.arguments.limit
        written = range_text(limit=limit)
        return Walk(kind=self.walk_kind, id=target, range=written, limit=limit)

    @cached_property
    def _listing(self) -> CommentListing:
        return CommentListing(self, replies=self.arguments.replies)

    def listing(self, walk: Walk) -> CommentListing:
        """Return that of comments; replies are read alike."""
        return self._listing

    async def go_on(self, walk: Walk, page: Page) -> list[Any]:
        """End a walk for what is new on its first page, where nothing is."""
        if self._nothing_new(walk) and page.entries is not None:
            return self.end(walk, Verdict.COMPLETE, _UNCHANGED)
        return await super().go_on(walk, page)

    def _nothing_new(self, walk: Walk) -> bool:
        if self.arguments.mode == "full" or walk.parent or walk.resumed:
            return False
        known = walk.mark.total if walk.mark else None
        if walk.pages != 1 or known is None or walk.expected != known:
            return False
        walk.mode, walk.segment.known = "new", WITNESSES  # what is below is known
        return True

    async def wanted(self, child: Walk) -> bool:
        """Read replies again only where their number has changed, if that is asked."""
        if self.arguments.mode == "new":
            known = await self.run.store.progress(child.key)
            if known and known.final and known.announced == child.announced:
                return False
        return await super().wanted(child)


_UNCHANGED = "their number is that of an earlier complete walk"
