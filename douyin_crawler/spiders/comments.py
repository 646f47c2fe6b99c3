"""The comments of posts, and the replies to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from douyin_crawler.items.comment import Comment
from douyin_crawler.spiders.comment_walks import CommentWalks
from douyin_crawler.spiders.posts import PostArguments, PostTargets
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


class CommentsSpider(PostTargets, CommentWalks):
    """Walks the comments of posts, paged by ``cursor``, in the service's own order."""

    name = "comments"
    arguments_class = CommentsArguments
    item_class = Comment
    walk_kind = "comments"

    arguments: CommentsArguments

    def new_walk(self, target: str) -> Walk:
        """Return the walk over the comments of the post *target*."""
        return Walk(kind=self.walk_kind, id=target, limit=self.arguments.limit)

    async def kept_before(self, walk: Walk) -> set[str]:
        """Return the comments of this post that the walk has seen so far."""
        if walk.kind != self.walk_kind:
            return set()
        return await self.seen_since(walk, "comment", post=walk.id)

    async def go_on(self, walk: Walk, page: Page) -> list[Any]:
        """End a walk for what is new on its first page, where nothing is."""
        if self._nothing_new(walk) and page.entries is not None:
            return self.end(walk, Verdict.COMPLETE, _UNCHANGED)
        return await super().go_on(walk, page)

    def _nothing_new(self, walk: Walk) -> bool:
        if self.arguments.mode == "full" or walk.parent or walk.resumed:
            return False
        known = walk.mark.total if walk.mark else None
        return walk.pages == 1 and known is not None and walk.expected == known

    async def wanted(self, child: Walk) -> bool:
        """Read replies again only where their number has changed, if that is asked."""
        if self.arguments.mode == "new":
            known = await self.run.store.progress(child.key)
            if known and known.final and known.announced == child.announced:
                return False
        return await super().wanted(child)


_UNCHANGED = "their number is that of an earlier complete walk"
